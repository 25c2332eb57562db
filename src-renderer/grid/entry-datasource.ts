import type { IDatasource } from 'ag-grid-community';
import type { EntryBlocks } from '#renderer/grid/entry-blocks.ts';
import { isCancelled } from '#shared/contract/errors.ts';

interface Options {
  readonly blocks: EntryBlocks;
  /** Null as long as the end is not known. */
  readonly rowCount: () => number | null;
  /** Resolves when the rows are not being scrolled, at once if they are not. */
  readonly atRest: () => Promise<void>;
  /** Whether the block that begins at a position is in sight or next to it. */
  readonly isNear: (start: number) => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Feeds AG Grid’s infinite row model from the blocks of one view. What is here is given at once; what has to be fetched
 * waits until the scrolling rests, and is left out when it was scrolled past meanwhile.
 */
export const createEntryDatasource = ({ blocks, rowCount, atRest, isNear, onError }: Options): IDatasource => ({
  getRows: ({ startRow, successCallback, failCallback }) => {
    const answer = (rows: Awaited<ReturnType<EntryBlocks['load']>>): void => {
      const end = rows.length < blocks.blockSize ? startRow + rows.length : rowCount();
      successCallback([...rows], end ?? undefined);
    };
    // Rows that are here already must not wait a turn: they would flash.
    const known = blocks.peek(startRow);
    if (known !== undefined) {
      answer(known);
      return;
    }
    const fetch = async (): Promise<void> => {
      await atRest();
      if (isNear(startRow)) answer(await blocks.load(startRow));
      else {
        blocks.skip();
        failCallback();
      }
    };
    fetch().catch((error: unknown) => {
      failCallback();
      if (!isCancelled(error)) onError(error);
    });
  },
  destroy: () => blocks.close(),
});

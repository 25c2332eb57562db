import type { IDatasource } from 'ag-grid-community';
import type { EntryBlocks } from '#renderer/grid/entry-blocks.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import { isCancelled } from '#shared/contract/errors.ts';

interface Options {
  readonly blocks: EntryBlocks;
  /** The position of the first row of the grid’s window. */
  readonly base: () => number;
  /** How many rows the window has; null as long as the end is not known. */
  readonly rowCount: () => number | null;
  /** Whether a block that begins at an index is near what is in sight. */
  readonly isNear: (index: number) => boolean;
  /** Resolves at once unless the rows are being scrolled; then when they had a moment to be scrolled past. */
  readonly atRest: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Hears of rows that were passed over: what is in sight by now may be among them. */
  readonly onMissed: () => void;
}

export interface EntryDatasource extends IDatasource {
  /** Whether rows were passed over or failed since this was last asked: those in sight may have to be asked for again. */
  missed(): boolean;
  /** Rows that the grid was given, in the order of the view. */
  inOrder(rows: readonly EntryRow[]): readonly EntryRow[];
}

/**
 * Feeds AG Grid’s infinite row model from the blocks of one view. What is here is given at once; what has to be fetched
 * waits a moment while the rows are being scrolled, and is left out when it was scrolled past meanwhile.
 */
export const createEntryDatasource = ({
  blocks,
  base,
  rowCount,
  isNear,
  atRest,
  onError,
  onMissed,
}: Options): EntryDatasource => {
  let missed = false;
  let open = true;
  // The grid numbers its rows from where its window begins, which moves.
  const positions = new WeakMap<EntryRow, number>();
  const positionOf = (row: EntryRow): number => positions.get(row) ?? 0;
  return {
    getRows: ({ startRow, successCallback, failCallback }) => {
      const position = base() + startRow;
      const answer = (rows: readonly EntryRow[]): void => {
        for (const [index, row] of rows.entries()) positions.set(row, position + index);
        const end = rows.length < blocks.blockSize ? startRow + rows.length : rowCount();
        successCallback([...rows], end ?? undefined);
      };
      const fail = (): void => {
        missed = true;
        failCallback();
      };
      // Rows that are here already must not wait a turn: they would flash.
      const known = blocks.peek(position);
      if (known !== undefined) {
        answer(known);
        return;
      }
      const fetch = async (): Promise<void> => {
        await atRest();
        if (open && base() + startRow === position && isNear(startRow)) answer(await blocks.load(position));
        else {
          fail();
          onMissed();
        }
      };
      fetch().catch((error: unknown) => {
        fail();
        if (isCancelled(error)) onMissed();
        else onError(error);
      });
    },
    missed: () => {
      const was = missed;
      missed = false;
      return was;
    },
    inOrder: (rows) => [...rows].sort((a, b) => positionOf(a) - positionOf(b)),
    destroy: () => {
      open = false;
      blocks.close();
    },
  };
};

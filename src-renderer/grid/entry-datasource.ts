import type { IDatasource } from 'ag-grid-community';
import type { EntryBlocks } from '#renderer/grid/entry-blocks.ts';
import { isCancelled } from '#shared/contract/errors.ts';

/** Feeds AG Grid’s infinite row model from the blocks of one view. `rowCount` is null as long as the end is not known. */
export const createEntryDatasource = (
  blocks: EntryBlocks,
  rowCount: () => number | null,
  onError: (error: unknown) => void,
): IDatasource => ({
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
    blocks.load(startRow).then(answer, (error: unknown) => {
      failCallback();
      if (!isCancelled(error)) onError(error);
    });
  },
  destroy: () => blocks.close(),
});

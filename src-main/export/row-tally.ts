import type { ExportedEntry, RowFigures } from './document.ts';

/** Counts rows as they are written. */
export const rowTally = () => {
  let rows = 0;
  let firstRow: number | null = null;
  let lastRow: number | null = null;
  return {
    count: (batch: readonly ExportedEntry[]): void => {
      firstRow ??= batch[0]?.id ?? null;
      lastRow = batch.at(-1)?.id ?? lastRow;
      rows += batch.length;
    },
    figures: (): RowFigures => ({ rows, firstRow, lastRow }),
  };
};

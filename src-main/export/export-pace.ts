import type { ExportProgress } from '#shared/contract/export.ts';

/** How often a person is told, in milliseconds. */
const interval = 200;
/** How far back “recent” goes. */
const recent = 3000;

/** Tells how far an export is, at most five times a second. `clock`: milliseconds of any steady clock. */
export const createExportPace = (
  tell: (progress: ExportProgress) => void,
  clock: () => number = () => performance.now(),
) => {
  let marks: { readonly at: number; readonly rows: number }[] = [];
  const begin = (phase: ExportProgress['phase'], totalRows: number | null, rows: number): void => {
    marks = [{ at: clock(), rows }];
    tell({ phase, rows, totalRows, rowsPerSecond: 0, remainingSeconds: null });
  };
  return {
    /** A phase begins, which is always told. */
    begin,
    wrote: (rows: number, totalRows: number): void => {
      const at = clock();
      const last = marks.at(-1);
      if (last !== undefined && at - last.at < interval) return;
      marks.push({ at, rows });
      while (marks.length > 2 && (marks[0]?.at ?? at) < at - recent) marks.shift();
      const from = marks[0] ?? { at, rows };
      const seconds = (at - from.at) / 1000;
      const rowsPerSecond = seconds > 0 ? (rows - from.rows) / seconds : 0;
      tell({
        phase: 'writing',
        rows,
        totalRows,
        rowsPerSecond: Math.round(rowsPerSecond),
        remainingSeconds: rowsPerSecond > 0 ? Math.max(0, totalRows - rows) / rowsPerSecond : null,
      });
    },
  };
};

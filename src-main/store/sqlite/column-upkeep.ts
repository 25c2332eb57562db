import { type Columns, chunkRows } from './columns.ts';
import type { Upkeep } from './upkeep.ts';

/** Keeps a file for each full chunk of the columns. */
export const createColumnUpkeep = (columns: Columns, newestAtOpening: number): Upkeep => {
  columns.dropForeignChunks(newestAtOpening);
  const saved = new Set(columns.savedChunks());
  return {
    step: (newest, pace) => {
      if (pace === 'yielding') return null;
      for (let first = 1; first + chunkRows - 1 <= newest; first += chunkRows) {
        if (saved.has(first)) continue;
        columns.upTo(first + chunkRows - 1);
        columns.saveChunk(first);
        saved.add(first);
        return 'chunk';
      }
      return null;
    },
    checks: [...saved].map((first) => () => {
      if (columns.dropDamagedChunk(first)) saved.delete(first);
    }),
  };
};

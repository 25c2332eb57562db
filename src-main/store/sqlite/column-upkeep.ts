import { chunkRows } from './columns/chunk.ts';
import { openChunkFiles } from './columns/columns.ts';
import type { SqliteDatabase } from './database.ts';
import type { Upkeep } from './upkeep.ts';

/** Keeps a file for each full chunk of the columns; at every pace, since all reading of a ledger leans on them. */
export const createColumnUpkeep = (
  db: SqliteDatabase,
  folder: string,
  newestAtOpening: number,
  shouldStop: () => boolean,
): Upkeep => {
  const files = openChunkFiles(db, folder, shouldStop);
  const made = new Set(files.clean(newestAtOpening));
  let next = 0;
  return {
    step: (newest) => {
      const full = Math.floor(newest / chunkRows);
      while (next < full && made.has(next)) next += 1;
      if (next >= full) return null;
      files.make(next);
      made.add(next);
      return 'chunk';
    },
    checks: [...made].map((number) => () => {
      if (!files.dropDamaged(number)) return;
      made.delete(number);
      next = Math.min(next, number);
    }),
  };
};

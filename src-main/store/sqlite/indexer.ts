import { createColumnUpkeep } from './column-upkeep.ts';
import type { SqliteDatabase } from './database.ts';
import { createOrderUpkeep } from './order-upkeep.ts';
import { createSearchUpkeep } from './search/search-upkeep.ts';
import type { IndexPace, UpkeepWork } from './upkeep.ts';

export interface IndexerStep {
  /** What was done; `idle` when there is nothing to do now. */
  readonly did: UpkeepWork | 'check' | 'idle';
  /** Entries that the search index covers. */
  readonly indexed: number;
}

/**
 * Brings the side indexes after the ledger in bounded steps. It reads the ledger and writes only files of its own, so
 * that it never stands in the way of the writer.
 */
export const createIndexer = (options: {
  readonly db: SqliteDatabase;
  readonly folder: string;
  readonly searchState: SharedArrayBuffer;
  readonly shouldStop: () => boolean;
}) => {
  const { db, folder, shouldStop } = options;
  const maxId = db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck();
  const newest = (): number => Number(maxId.get());
  const search = createSearchUpkeep(db, folder, options.searchState, shouldStop);
  const upkeeps = [
    search,
    createColumnUpkeep(db, folder, newest(), shouldStop),
    createOrderUpkeep(db, folder, shouldStop),
  ];
  const checks = upkeeps.flatMap((upkeep) => upkeep.checks);

  return {
    indexed: search.indexed,
    newest,
    /** Does one bounded piece of work. */
    step: (pace: IndexPace): IndexerStep => {
      const through = newest();
      for (const upkeep of upkeeps) {
        const did = upkeep.step(through, pace);
        if (did) return { did, indexed: search.indexed() };
      }
      const check = pace === 'quiet' ? checks.shift() : undefined;
      check?.();
      return { did: check ? 'check' : 'idle', indexed: search.indexed() };
    },
  };
};

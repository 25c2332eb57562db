import { createColumnUpkeep } from './column-upkeep.ts';
import { chunkRows } from './columns/chunk.ts';
import type { SqliteDatabase } from './database.ts';
import { createOrderUpkeep } from './order-upkeep.ts';
import { createSearchUpkeep } from './search/search-upkeep.ts';
import type { IndexPace, Upkeep, UpkeepWork } from './upkeep.ts';

/** What people call the side indexes by. */
export type IndexKind = 'search' | 'columns' | 'orders';

/** What the thread that indexes is asked. */
export interface IndexerCall {
  readonly pace: IndexPace;
  readonly mayCheck: boolean;
}

export interface IndexerStep {
  /** What was done; `idle` when there is nothing to do now. */
  readonly did: UpkeepWork | 'check' | 'idle';
  /** Entries that the search index covers. */
  readonly indexed: number;
  /** Files of before that are not read through yet. */
  readonly unchecked: number;
  /** How far the kind is that was worked on, in entries of `total`. */
  readonly progress: { readonly kind: IndexKind; readonly done: number; readonly total: number } | null;
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
  const orders = createOrderUpkeep(db, folder, shouldStop);
  // What is asked of any view comes first; each is behind for a moment only.
  const upkeeps: readonly Upkeep[] = [
    createColumnUpkeep(db, folder, newest(), shouldStop),
    { step: orders.followTime, checks: [] },
    search,
    orders,
  ];
  const checks = upkeeps.flatMap((upkeep) => upkeep.checks);
  let chunks = 0;

  const progressOf = (did: UpkeepWork, total: number): IndexerStep['progress'] => {
    switch (did) {
      case 'segment':
      case 'part':
        return { kind: 'search', done: search.indexed(), total };
      case 'chunk':
        return { kind: 'columns', done: Math.min(total, ++chunks * chunkRows), total };
      case 'order':
        return { kind: 'orders', done: orders.covered(total), total };
      default:
        return did satisfies never;
    }
  };

  return {
    indexed: search.indexed,
    newest,
    /** Does one bounded piece of work; reads files of before through only if it may. */
    step: (pace: IndexPace, mayCheck: boolean): IndexerStep => {
      const through = newest();
      for (const upkeep of upkeeps) {
        const did = upkeep.step(through, pace);
        if (did) {
          const progress = progressOf(did, through);
          return { did, indexed: search.indexed(), unchecked: checks.length, progress };
        }
      }
      const check = mayCheck && pace === 'quiet' ? checks.shift() : undefined;
      check?.();
      return { did: check ? 'check' : 'idle', indexed: search.indexed(), unchecked: checks.length, progress: null };
    },
    close: orders.close,
  };
};

import { statSync } from 'node:fs';
import path from 'node:path';
import type { SqliteDatabase } from '../database.ts';
import { indexFilePath, removeIndexFile } from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import {
  additionsOf,
  copyPlaces,
  createPlaceInHeld,
  emptyOrder,
  extendOrder,
  filledOf,
  type HeldOrder,
  isIdOrder,
  mayContinue,
  throughOf,
} from './held-order.ts';
import { createKeptOrder, ordersFolder } from './kept-orders.ts';
import { blocksOf } from './order-blocks.ts';
import { createTextBuild, createTimeBuild } from './order-build.ts';
import { blockRows, createBlockCache, DamagedOrder, type OrderBase, openOrderFile, orderEnding } from './order-file.ts';
import { type OrderLimits, orderLimits } from './order-limits.ts';
import { type OrderedColumn, openKeyReader, orderedColumns } from './ordered-columns.ts';
import { openScratch } from './scratch-folder.ts';

/**
 * The entries 1 … length by one column, as places to read. It never changes, however many entries come. Entries without a
 * value come last in both directions.
 */
export interface StoredOrder {
  /** Entries 1 … length are in it. A view that was frozen at an older entry skips those after it. */
  readonly length: number;
  /** Places [0, filled) have a value, ascending by (sort key, id); places [filled, length) have none, ascending by id. */
  readonly filled: number;
  /** The rows (entry − 1) at the places [from, to), valid until the next call. Throws `cancelled`. */
  read(from: number, to: number): Uint32Array;
  /** The first places of its blocks, ascending, with `length` at the end. `filled` is one of them. */
  readonly blockStarts: Uint32Array;
  /** The place of each of some rows, ascending; null when that is not known without walking. Throws `cancelled`. */
  placesOf(rows: Uint32Array): Uint32Array | null;
  /** In which block each row stands; null when that is not known without walking. Throws `cancelled`. */
  rowBlocks(): RowBlocks | null;
}

/** The blocks of an order's rows, by their numbers. */
export interface RowBlocks {
  /** Of the rows of the kept order. */
  readonly kept: Uint8Array | Uint16Array;
  /** Of those that came since. */
  readonly later: ReadonlyMap<number, number>;
}

/** Blocks of orders in a thread's memory; each is 256 KiB. */
const keptBlocks = 16;

interface OrderSources {
  readonly db: SqliteDatabase;
  /** The ledger's folder of side indexes. */
  readonly folder: string;
  /** Whoever only reads leaves damaged files where they are; otherwise they go, and the indexer makes them again. */
  readonly access: 'write' | 'read';
  readonly shouldStop: () => boolean;
  readonly limits?: OrderLimits;
}

/** One thread's view of the orders of long texts and of time. */
export const openStoredOrders = (sources: OrderSources) => {
  const { db, folder, access, shouldStop, limits = orderLimits } = sources;
  const scratch = openScratch(folder, access);
  const cache = createBlockCache(keptBlocks);
  /** Damaged files that can't be removed, and when they were written: one that is put in its place is looked at. */
  const damaged = new Set<string>();
  const stampOf = (file: string): string => `${file} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? ''}`;

  const columns = new Map<OrderedColumn, ReturnType<typeof openColumn>>();
  const openColumn = (column: OrderedColumn) => ({
    kept: createKeptOrder(db, ordersFolder(folder), column, cache),
    keys: openKeyReader(db, column),
    held: null as HeldOrder | null,
    /** Additions of `held` that came from a file. */
    keptAdditions: 0,
    /** The blocks of a kept order's rows: a byte or two for each entry. */
    rowBlocks: null as { readonly base: OrderBase; readonly of: RowBlocks['kept'] } | null,
  });
  const stateOf = (column: OrderedColumn): ReturnType<typeof openColumn> => {
    const known = columns.get(column) ?? openColumn(column);
    columns.set(column, known);
    return known;
  };

  /** Leaves a damaged file aside; any other failure goes on. */
  const leaveAside = (column: OrderedColumn, error: unknown): void => {
    if (!(error instanceof DamagedOrder)) throw error;
    damaged.add(stampOf(error.path));
    if (access === 'write') removeIndexFile(error.path);
    const state = stateOf(column);
    state.kept.forget();
    state.held = null;
  };

  /** Runs `work`, and again without the file that it found damaged. */
  const aroundDamage = <Value>(column: OrderedColumn, work: () => Value): Value => {
    for (;;) {
      try {
        return work();
      } catch (error) {
        leaveAside(column, error);
      }
    }
  };

  const currentlyKept = (column: OrderedColumn): HeldOrder | null => {
    const found = stateOf(column).kept.current();
    const file = found?.base.path;
    return found && !(file && damaged.size > 0 && damaged.has(stampOf(file))) ? found : null;
  };

  /** Makes the order of the entries 1 … length anew in this thread's own folder, or gives `instead` once there is something. */
  const makeAnew = (column: OrderedColumn, length: number, instead: () => HeldOrder | null): HeldOrder => {
    if (length <= limits.mostNewer) return extendOrder(emptyOrder, stateOf(column).keys, length, shouldStop);
    const options = { db, folder: scratch.folder(), target: length, limits, shouldStop };
    const build = column === 'occurredAt' ? createTimeBuild(options) : createTextBuild([column], options);
    try {
      while (build.step()) {
        throwIfStopped(shouldStop);
        const found = instead();
        if (!found) continue;
        build.abort();
        return found;
      }
    } catch (error) {
      build.abort();
      throw error;
    }
    const file = indexFilePath(path.join(options.folder, column), 1, length, orderEnding);
    const base = openOrderFile(db, { path: file, first: 1, last: length }, column, cache);
    if (!base) throw new DamagedOrder(file);
    // It stays readable for as long as somebody holds it.
    removeIndexFile(file);
    return { ...emptyOrder, base };
  };

  /** What is kept, if it takes little to bring it to an entry. */
  const nearby = (column: OrderedColumn, newestId: number): HeldOrder | null => {
    const kept = currentlyKept(column);
    return kept && newestId - throughOf(kept) <= limits.mostNewer ? kept : null;
  };

  const upTo = (column: OrderedColumn, newestId: number): HeldOrder => {
    const state = stateOf(column);
    let held = state.held;
    if (held && throughOf(held) >= newestId) return held;
    const kept = currentlyKept(column);
    const better = (than: HeldOrder, found: HeldOrder): boolean =>
      throughOf(found) >= throughOf(than) ||
      (found.base.length > than.base.length && newestId - throughOf(found) <= limits.mostNewer);
    if (kept && (!held || better(held, kept))) {
      held = kept;
      state.keptAdditions = additionsOf(kept);
    }
    held ??= emptyOrder;
    while (throughOf(held) < newestId) {
      const through = throughOf(held);
      const continues = mayContinue(held) && (column === 'occurredAt' || through > 0);
      const newer = additionsOf(held) - state.keptAdditions + newestId - through;
      if (!continues && newer > limits.mostNewer) {
        held = makeAnew(column, newestId, () => nearby(column, newestId));
        state.keptAdditions = additionsOf(held);
      } else {
        const to = continues ? Math.min(newestId, through + limits.timeRows) : newestId;
        held = extendOrder(held, state.keys, to, shouldStop);
      }
      // What was found so far is kept, also when the rest is cancelled.
      state.held = held;
    }
    state.held = held;
    return held;
  };

  /** Finds the blocks of a kept order's rows, a piece at each step. Throws `DamagedOrder`. */
  const readRowBlocks = function* (column: OrderedColumn, base: OrderBase, places: OrderBase): Generator<void, void> {
    const state = stateOf(column);
    if (state.rowBlocks?.base === base) return;
    const { starts, ofBasePlace } = blocksOf({ ...emptyOrder, base }, limits.blockPlaces);
    const of = starts.length <= 256 ? new Uint8Array(places.length) : new Uint16Array(places.length);
    const block = new Uint32Array(blockRows);
    for (let first = 0; first < places.length; first += blockRows) {
      yield;
      const end = Math.min(places.length, first + blockRows);
      places.copy(first, end, block, 0);
      for (let row = first; row < end; row++) of[row] = ofBasePlace(block[row - first] as number);
    }
    state.rowBlocks = { base, of };
  };

  const storedOrder = (column: OrderedColumn, found: HeldOrder): StoredOrder => {
    let held = found;
    const length = throughOf(held);
    const blocks = blocksOf(found, limits.blockPlaces);
    const laterBlocks = (): RowBlocks['later'] => {
      const { places, rows, empties } = found.additions;
      const later = new Map<number, number>();
      for (const [i, row] of rows.entries()) later.set(row, blocks.ofPlace((places[i] as number) + i));
      for (const [i, row] of empties.entries()) later.set(row, blocks.ofPlace(found.base.length + rows.length + i));
      return later;
    };
    /** What `work` makes of the kept places of the order; null when they are not kept, or damaged. */
    const byKeptPlaces = <Value>(work: (places: OrderBase) => Value): Value | null => {
      const places = stateOf(column).kept.placesOf(held.base);
      if (places === null || damaged.has(stampOf(places.path ?? ''))) return null;
      try {
        return work(places);
      } catch (error) {
        leaveAside(column, error);
        return null;
      }
    };
    let rows = new Uint32Array(256);
    const readPlaces = (places: OrderBase, wanted: Uint32Array): Uint32Array => {
      const found = new Uint32Array(wanted.length);
      const placeOf = createPlaceInHeld(held);
      const block = new Uint32Array(blockRows);
      let first = -1;
      for (let i = 0; i < wanted.length; i++) {
        const row = wanted[i] as number;
        if (row < places.length && Math.floor(row / blockRows) * blockRows !== first) {
          throwIfStopped(shouldStop);
          first = Math.floor(row / blockRows) * blockRows;
          places.copy(first, Math.min(places.length, first + blockRows), block, 0);
        }
        found[i] = placeOf(row, row < places.length ? (block[row - first] as number) : null);
      }
      return found;
    };
    return {
      blockStarts: blocks.starts,
      placesOf: (wanted) => byKeptPlaces((places) => readPlaces(places, wanted)),
      rowBlocks: () => {
        // Made anew around damage, an order has other blocks; its places are the same.
        if (held !== found) return null;
        return byKeptPlaces((places) => {
          for (const _ of readRowBlocks(column, found.base, places)) throwIfStopped(shouldStop);
          const kept = stateOf(column).rowBlocks?.of;
          return kept ? { kept, later: laterBlocks() } : null;
        });
      },
      length,
      filled: filledOf(held),
      read: (from, to) => {
        if (to - from > rows.length) rows = new Uint32Array(Math.max(to - from, rows.length * 2));
        const part = rows.subarray(0, to - from);
        for (;;) {
          try {
            copyPlaces(held, from, to, part);
            return part;
          } catch (error) {
            leaveAside(column, error);
            // The same entries have one order only: made anew, every place holds what it held.
            held = aroundDamage(column, () => makeAnew(column, length, () => null));
          }
        }
      },
    };
  };

  return {
    /** The order of a column that holds the entries 1 … newestId at least; `id` stands for the order of ids. Throws `cancelled`. */
    orderOf: (column: OrderedColumn, newestId: number): StoredOrder | 'id' => {
      if (newestId === 0) return 'id';
      const held = aroundDamage(column, () => upTo(column, newestId));
      return isIdOrder(held, newestId) ? 'id' : storedOrder(column, held);
    },
    /** Reads what a page anywhere in an order needs, a short piece at each step: a byte or two an entry for each order. */
    readAhead: function* (): Generator<void, void> {
      for (const column of orderedColumns) {
        const base = currentlyKept(column)?.base;
        const places = base && stateOf(column).kept.placesOf(base);
        if (places) yield* readRowBlocks(column, base, places);
      }
    },
    close: scratch.remove,
  };
};
export type StoredOrders = ReturnType<typeof openStoredOrders>;

import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { SqliteDatabase } from './database.ts';
import { eventIdAt, indexFilePath, removeIndexFile } from './index-folder.ts';
import { saveAdditions } from './order/additions.ts';
import { createFold } from './order/fold-order.ts';
import { additionsOf, emptyOrder, extendOrder, type HeldOrder, mayContinue, throughOf } from './order/held-order.ts';
import { createKeptOrder, ordersFolder } from './order/kept-orders.ts';
import { createTextBuild, createTimeBuild, type SteppedWork } from './order/order-build.ts';
import {
  blockRows,
  createBlockCache,
  DamagedOrder,
  type OrderBase,
  orderEnding,
  writeIdentityOrder,
} from './order/order-file.ts';
import { type OrderLimits, orderLimits } from './order/order-limits.ts';
import { openKeyReader, orderedColumns } from './order/ordered-columns.ts';
import { createPlaceBuild } from './order/place-build.ts';
import { removeOldScratch } from './order/scratch-folder.ts';
import type { IndexPace, Upkeep, UpkeepWork } from './upkeep.ts';

/** Blocks that the upkeep keeps in memory: it goes through an order from its beginning to its end. */
const keptBlocks = 4;
/** Blocks that one check reads. */
const checkedBlocks = 32;
/** Additions are saved after so many steps, and when there are no more to come. */
const stepsPerSaving = 8;

interface OrderUpkeep extends Upkeep {
  /** Looks whether entries still come in the order of time: cheap, at every pace, and what a window asks first. */
  followTime(newest: number, pace: IndexPace): UpkeepWork | null;
  /** How far the orders of all columns are, in entries, to be shown. */
  covered(newest: number): number;
  /** Gives up what is half-made. */
  close(): void;
}

/** Keeps the orders of long texts and of time as files, and brings them after the ledger. */
export const createOrderUpkeep = (
  db: SqliteDatabase,
  indexFolder: string,
  shouldStop: () => boolean,
  limits: OrderLimits = orderLimits,
): OrderUpkeep => {
  const folder = ordersFolder(indexFolder);
  const cache = createBlockCache(keptBlocks);
  removeOldScratch(indexFolder);
  const columns = orderedColumns.map((column) => ({
    column,
    kept: createKeptOrder(db, folder, column, cache),
    keys: openKeyReader(db, column),
    /** Ahead of what is kept, as long as it is not saved. */
    ahead: null as HeldOrder | null,
    unsaved: 0,
  }));
  type Column = (typeof columns)[number];

  for (const { kept } of columns) {
    kept.current();
    kept.tidy();
    // Left by somebody who ended in the middle.
    for (const name of listNames(kept.directory)) {
      if (name.endsWith('.new')) removeIndexFile(path.join(kept.directory, name));
    }
  }

  let work: { readonly stepped: SteppedWork; readonly columns: readonly Column[] } | null = null;

  const heldOf = (column: Column): HeldOrder => {
    const kept = column.kept.current();
    const { ahead } = column;
    // What the kept order was taken from may have been removed meanwhile as damaged.
    const follows = ahead !== null && (kept === null ? ahead.base.path === null : throughOf(ahead) > throughOf(kept));
    if (!follows) column.ahead = null;
    return column.ahead ?? kept ?? emptyOrder;
  };

  const save = (column: Column, held: HeldOrder): void => {
    const { base, additions } = held;
    const { kept } = column;
    const { directory } = kept;
    if (base.path === null && base.length > 0) {
      const mark = markOf(base.length);
      writeIdentityOrder(indexFilePath(directory, 1, base.length, orderEnding), column.column, base, mark);
    }
    if (additionsOf(held) > 0) saveAdditions(db, directory, column.column, base, throughOf(held), additions);
    column.ahead = null;
    column.unsaved = 0;
    kept.current();
    kept.tidy();
  };

  const markOf = (id: number): Buffer => {
    const mark = eventIdAt(db, id);
    if (mark === null) throw new Error(`entry ${id} is gone`);
    return mark;
  };

  /** Sorts some new entries in; they are saved now and then. */
  const extend = (column: Column, held: HeldOrder, newest: number, rows: number, worth: number): void => {
    const to = Math.min(newest, throughOf(held) + rows);
    const longer = extendOrder(held, column.keys, to, shouldStop);
    column.ahead = longer;
    column.unsaved += 1;
    if (newest - to < worth || column.unsaved >= stepsPerSaving) save(column, longer);
  };

  const begin = (stepped: SteppedWork, some: readonly Column[]): void => {
    work = { stepped, columns: some };
    // What they hold is about to be replaced.
    for (const column of some) column.ahead = null;
  };

  /** A step of what was begun. */
  const goOn = (): void => {
    if (!work) return;
    const { stepped, columns: some } = work;
    try {
      if (stepped.step()) return;
      work = null;
      for (const { kept } of some) {
        kept.current();
        kept.tidy();
      }
    } catch (error) {
      if (shouldStop()) throw error;
      stepped.abort();
      work = null;
      throw error;
    }
  };

  const beginSomething = (newest: number, pace: 'quiet' | 'steady'): boolean => {
    const worth = pace === 'quiet' ? limits.worthQuiet : limits.worthSteady;
    const behind = columns.flatMap((column) => {
      const held = heldOf(column);
      const rows = newest - throughOf(held);
      return rows >= worth ? [{ column, held, rows }] : [];
    });
    const anew = behind.filter(
      ({ held, rows }) => held.base.length === 0 || (!mayContinue(held) && rows > limits.worthAnew(held.base.length)),
    );
    const options = { db, folder, target: newest, limits, shouldStop };
    if (anew.some(({ column }) => column.column === 'occurredAt')) {
      begin(
        createTimeBuild(options),
        columns.filter(({ column }) => column === 'occurredAt'),
      );
      return true;
    }
    if (anew.length > 0) {
      const texts = anew.map(({ column }) => column);
      begin(
        createTextBuild(
          texts.map(({ column }) => column),
          options,
        ),
        texts,
      );
      return true;
    }
    const [next] = behind;
    if (next) {
      const rows = mayContinue(next.held) ? limits.timeRows : limits.stepRows / 2;
      extend(next.column, next.held, newest, rows, worth);
      return true;
    }
    for (const column of columns) {
      const held = heldOf(column);
      if (column.ahead || additionsOf(held) <= limits.worthFolding(held.base.length)) continue;
      const length = throughOf(held);
      const to = {
        file: indexFilePath(column.kept.directory, 1, length, orderEnding),
        column: column.column,
        mark: markOf(length),
        stride: limits.stride(length),
        stepPlaces: limits.stepRows * 8,
      };
      begin(createFold(held, column.keys, to, shouldStop), [column]);
      return true;
    }
    for (const { column, kept } of columns) {
      const base = kept.current()?.base;
      if (!base || base.path === null || base.identity || kept.placesOf(base) !== null) continue;
      const to = { file: kept.placeFile(base).path, column, mark: markOf(base.length) };
      begin(createPlaceBuild(base, to, shouldStop), []);
      return true;
    }
    return false;
  };

  const followTime = (newest: number, pace: IndexPace): boolean => {
    const column = columns.find((some) => some.column === 'occurredAt');
    if (!column || work?.columns.includes(column)) return false;
    const held = heldOf(column);
    const worth = pace === 'quiet' ? limits.worthQuiet : limits.timeRows;
    if (!mayContinue(held) || newest - throughOf(held) < worth) return false;
    extend(column, held, newest, limits.timeRows, worth);
    return true;
  };

  const step = (newest: number, pace: IndexPace): boolean => {
    if (pace === 'yielding') return false;
    if (!work) return beginSomething(newest, pace);
    goOn();
    return true;
  };

  /** Removes a file that turned out damaged, and what was derived from it. */
  const dropDamaged = (error: unknown): void => {
    if (!(error instanceof DamagedOrder)) throw error;
    removeIndexFile(error.path);
    for (const column of columns) {
      if (path.dirname(error.path) !== column.kept.directory) continue;
      column.kept.forget();
      column.ahead = null;
    }
  };

  /** Reads a kept file piece by piece; `isKept`: false once another one has taken its place. */
  const checksOf = (file: OrderBase, isKept: () => boolean): readonly (() => void)[] => {
    const pieces = Math.max(1, Math.ceil(file.length / (checkedBlocks * blockRows)));
    return Array.from({ length: pieces }, (_, piece) => () => {
      if (!isKept()) return;
      const one = new Uint32Array(1);
      const end = Math.min(file.length, (piece + 1) * checkedBlocks * blockRows);
      try {
        for (let place = piece * checkedBlocks * blockRows; place < end; place += blockRows) {
          file.copy(place, place + 1, one, 0);
        }
        if (piece === 0) file.fences();
      } catch (error) {
        dropDamaged(error);
      }
    });
  };
  const checks = columns.flatMap(({ kept }) => {
    const base = kept.current()?.base;
    if (!base || base.path === null) return [];
    const places = kept.placesOf(base);
    return [
      ...checksOf(base, () => kept.current()?.base === base),
      // What it says of the order holds for whatever file has the same entries.
      ...(places ? checksOf(places, () => true) : []),
    ];
  });

  const unlessDamaged = (does: (newest: number, pace: IndexPace) => boolean) => (newest: number, pace: IndexPace) => {
    try {
      return does(newest, pace) ? 'order' : null;
    } catch (error) {
      dropDamaged(error);
      return 'order';
    }
  };

  return {
    step: unlessDamaged(step),
    followTime: unlessDamaged(followTime),
    checks,
    close: () => {
      work?.stepped.abort();
      work = null;
    },
    covered: (newest) => {
      if (newest === 0) return 0;
      const part = (column: Column): number =>
        work?.columns.includes(column) ? work.stepped.done() : throughOf(heldOf(column)) / newest;
      return Math.floor((newest * columns.reduce((sum, column) => sum + part(column), 0)) / columns.length);
    },
  };
};

const listNames = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

import path from 'node:path';
import type { SqliteDatabase } from '../database.ts';
import {
  coveringFiles,
  eventIdAt,
  type IndexFile,
  indexFilePath,
  listIndexFiles,
  removeIndexFile,
} from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import { createFenceMaker } from './fence-maker.ts';
import { createMerge } from './merge-runs.ts';
import { createOrderWriter, orderEnding } from './order-file.ts';
import type { OrderLimits } from './order-limits.ts';
import { keyExpression, type OrderedColumn, readEntries, timeKey } from './ordered-columns.ts';
import { createRunCollector, openRun, type RunCollector, type RunCursor, runEnding, writeRun } from './run-file.ts';

/** Something long that is done in bounded steps. */
export interface SteppedWork {
  /** Does a bounded piece; false when all is done. May throw `cancelled` between two rows; the next step goes on. */
  step(): boolean;
  /** The part that is done, 0 … 1. */
  done(): number;
  /** Drops what is half-made; what can be of use to the next build stays. */
  abort(): void;
}

interface BuildOptions {
  readonly db: SqliteDatabase;
  /** Where the columns' folders with runs and orders are. */
  readonly folder: string;
  /** The newest entry that the orders are to hold. */
  readonly target: number;
  readonly limits: OrderLimits;
  readonly shouldStop: () => boolean;
}

const lastMark = (db: SqliteDatabase, id: number): Buffer => {
  const mark = eventIdAt(db, id);
  if (mark === null) throw new Error(`entry ${id} is gone`);
  return mark;
};

/** The order of time, read from the index that carries the entries' identity: it only has to be put in the order of ids within an instant. */
export const createTimeBuild = ({ db, folder, target, limits, shouldStop }: BuildOptions): SteppedWork => {
  const some = db
    .prepare(
      `SELECT occurred_at, id FROM entry INDEXED BY entry_identity
       WHERE (occurred_at, event_id) > (?, ?) ORDER BY occurred_at, event_id LIMIT ?`,
    )
    .raw();
  const eventIdOf = db.prepare('SELECT event_id FROM entry WHERE id = ?').pluck();
  const writer = createOrderWriter(
    indexFilePath(path.join(folder, 'occurredAt'), 1, target, orderEnding),
    'occurredAt',
  );
  const fences = createFenceMaker(writer, limits.stride(target));
  let instant = Number.MIN_SAFE_INTEGER;
  let after: Uint8Array = new Uint8Array(0);
  let same: number[] = [];
  const writeInstant = (): void => {
    if (same.length > 1) same.sort((a, b) => a - b);
    fences.begin(timeKey(instant));
    for (const row of same) writer.put(row);
    same = [];
  };
  return {
    step: () => {
      const rows = some.all(instant, after, limits.stepRows) as [number, number][];
      throwIfStopped(shouldStop);
      for (const [occurredAt, id] of rows) {
        if (occurredAt !== instant && same.length > 0) writeInstant();
        instant = occurredAt;
        if (id <= target) same.push(id - 1);
      }
      const last = rows.at(-1);
      if (last) {
        after = eventIdOf.get(last[1]) as Uint8Array;
        return true;
      }
      if (same.length > 0) writeInstant();
      fences.end();
      writer.finish(writer.place, lastMark(db, target));
      return false;
    },
    done: () => writer.place / target,
    abort: () => writer.abort(),
  };
};

/** Runs that lead from the first entry towards the last one of a build. */
const runsOf = ({ folder, target }: BuildOptions, column: OrderedColumn): readonly IndexFile[] =>
  coveringFiles(listIndexFiles(path.join(folder, column), runEnding).filter(({ last }) => last <= target));

/** One pass over the ledger that makes a sorted run of every so many entries, for all columns that lack it. */
const createRunPass = (columns: readonly OrderedColumn[], options: BuildOptions) => {
  const { db, folder, target, limits, shouldStop } = options;
  const parts = columns.map((column) => ({
    column,
    through: runsOf(options, column).at(-1)?.last ?? 0,
    collector: null as RunCollector | null,
  }));
  const some = db
    .prepare(`SELECT ${columns.map(keyExpression).join(', ')} FROM entry WHERE id > ? AND id <= ? ORDER BY id`)
    .raw();
  /** The runs that are being made hold the entries `from + 1 … end` at most, and so far those up to `read`. */
  let from = 0;
  let end = 0;
  let read = 0;
  let ended = true;

  /** Begins where the columns that are furthest behind go on. A column that is ahead joins in again where it is. */
  const begin = (): void => {
    from = Math.min(...parts.map(({ through }) => through));
    const ahead = parts.flatMap(({ through }) => (through > from ? [through] : []));
    end = Math.min(target, from + limits.runRows, ...ahead);
    read = from;
    ended = from === target;
    for (const part of parts) {
      part.collector = !ended && part.through === from ? createRunCollector(part.column) : null;
    }
  };
  begin();

  const collect = (): void => {
    const to = Math.min(end, read + limits.stepRows);
    const visit = (id: number, cells: readonly (string | number | null)[]): void => {
      for (let i = 0; i < parts.length; i++) {
        const cell = cells[i] as string | number | null;
        if (cell !== null) parts[i]?.collector?.add(id - from - 1, cell);
      }
      read = id;
    };
    readEntries(some, read, to, visit, shouldStop);
    ended = read === end || parts.some(({ collector }) => collector?.full());
  };

  return {
    read: (): number => read,
    /** Reads some entries on, or writes one column's run; false when every column has all its runs. */
    step: (): boolean => {
      if (!ended) {
        collect();
        return true;
      }
      const part = parts.find(({ collector }) => collector !== null);
      if (part?.collector) {
        const file = indexFilePath(path.join(folder, part.column), from + 1, read, runEnding);
        writeRun(file, part.collector.finish(lastMark(db, read)));
        part.collector = null;
        part.through = read;
        return true;
      }
      if (parts.every(({ through }) => through === target)) return false;
      begin();
      return true;
    },
  };
};

/** Runs that are opened and checked in one step. */
const openedAtOnce = 16;

/** The merging of one column's runs. Null from `step` when a run is not sound: it is gone then, and to be made again. */
const createColumnMerge = (column: OrderedColumn, options: BuildOptions) => {
  const { db, folder, target, limits, shouldStop } = options;
  const files = runsOf(options, column);
  const runs: RunCursor[] = [];
  const writer = createOrderWriter(indexFilePath(path.join(folder, column), 1, target, orderEnding), column);
  let merge: ReturnType<typeof createMerge> | null = null;
  const closeRuns = (): void => {
    for (const run of runs.splice(0)) run.close();
  };
  const abort = (): void => {
    closeRuns();
    writer.abort();
  };
  return {
    done: (): number => writer.place / target,
    abort,
    step: (): 'more' | 'finished' | 'unsound' => {
      for (const file of files.slice(runs.length, runs.length + openedAtOnce)) {
        const run = openRun(db, file, column);
        if (!run) {
          abort();
          removeIndexFile(file.path);
          return 'unsound';
        }
        runs.push(run);
      }
      if (runs.length < files.length) return 'more';
      merge ??= createMerge(runs, writer, limits.stride(target));
      const more = merge.step(limits.stepRows * 8, shouldStop);
      throwIfStopped(shouldStop);
      if (more) return 'more';
      closeRuns();
      writer.finish(merge.filled(), lastMark(db, target));
      for (const file of listIndexFiles(path.join(folder, column), runEnding)) removeIndexFile(file.path);
      return 'finished';
    },
  };
};

/** The orders of text columns: sorted runs in one pass over the ledger, and then one column after the other merged. */
export const createTextBuild = (columns: readonly OrderedColumn[], options: BuildOptions): SteppedWork => {
  const left = [...columns];
  let pass = createRunPass(columns, options);
  let passing = true;
  let merging: ReturnType<typeof createColumnMerge> | null = null;
  return {
    step: () => {
      if (passing) {
        passing = pass.step();
        return true;
      }
      const [column] = left;
      if (column === undefined) return false;
      merging ??= createColumnMerge(column, options);
      const result = merging.step();
      if (result === 'more') return true;
      merging = null;
      if (result === 'finished') left.shift();
      else {
        pass = createRunPass([column], options);
        passing = true;
      }
      return true;
    },
    done: () => {
      const merged = columns.length - left.length + (merging?.done() ?? 0);
      return (pass.read() / options.target + merged / columns.length) / 2;
    },
    abort: () => {
      merging?.abort();
      merging = null;
    },
  };
};

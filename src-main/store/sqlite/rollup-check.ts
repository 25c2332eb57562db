import type { SqliteDatabase } from './database.ts';
import { createKinds } from './rollup-kinds.ts';
import { dayOfSql, monthOf, numberOf, timeOf, withTime } from './rollup-time.ts';
import { throwIfStopped } from './stop.ts';

export type RollupTable = 'rollup_day' | 'rollup_actor_day' | 'rollup_actor_month';

/** A row of a rollup that does not say what the entries say. Codes, 0 for none. */
export interface RollupDifference {
  readonly table: RollupTable;
  /** Days or, in `rollup_actor_month`, months since 1970. */
  readonly time: number;
  /** Null in `rollup_day`, which has no users. */
  readonly actor: number | null;
  readonly event: number;
  readonly module: number;
  /** How many entries the rollup has too many; below 0: too few. */
  readonly excess: number;
}

const windowRows = 65_536;

/** The rows of all tables as one number each, and what they have more than was counted so far. */
const createTally = (actors: number) => {
  const kinds = createKinds();
  const excess = {
    rollup_day: new Map<number, number>(),
    rollup_actor_day: new Map<number, number>(),
    rollup_actor_month: new Map<number, number>(),
  };
  return {
    // Kinds and users are so few that the product stays far below 2^53.
    add: (table: RollupTable, time: number, actor: number, event: number, module: number, entries: number): void => {
      const key = withTime(kinds.placeOf(event, module) * actors + actor, time);
      const left = (excess[table].get(key) ?? 0) + entries;
      if (left === 0) excess[table].delete(key);
      else excess[table].set(key, left);
    },
    differences: (): RollupDifference[] =>
      Object.entries(excess).flatMap(([name, rows]) => {
        const table = name as RollupTable;
        return [...rows].map(([key, left]) => {
          const number = numberOf(key);
          const actor = table === 'rollup_day' ? null : number % actors;
          return { table, time: timeOf(key), actor, ...kinds.at(Math.floor(number / actors)), excess: left };
        });
      }),
  };
};

/**
 * Compares the rollups with a count of the entries themselves: the rows that differ, none when all is well. The rollups
 * are read at one moment, the entries up to that moment in windows afterwards (they never change), so that no long
 * reading keeps the write-ahead log from being folded. Throws `cancelled`.
 */
export const checkRollups = (
  db: SqliteDatabase,
  shouldStop: () => boolean,
  onProgress: (done: number, entries: number) => void,
): { readonly entries: number; readonly differences: readonly RollupDifference[] } => {
  const numbers = (sql: string): IterableIterator<number[]> => db.prepare(sql).raw().iterate() as never;
  let entries = 0;
  let tally = createTally(1);
  db.exec('BEGIN');
  try {
    entries = Number(db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck().get());
    tally = createTally(Number(db.prepare('SELECT coalesce(max(id), 0) + 1 FROM actor').pluck().get()));
    let seen = 0;
    const look = (): void => {
      seen += 1;
      if (seen % 4096 === 0) throwIfStopped(shouldStop);
    };
    for (const [day = 0, event = 0, module = 0, count = 0] of numbers('SELECT * FROM rollup_day')) {
      tally.add('rollup_day', day, 0, event, module, count);
      look();
    }
    for (const table of ['rollup_actor_day', 'rollup_actor_month'] as const) {
      for (const [time = 0, actor = 0, event = 0, module = 0, count = 0] of numbers(`SELECT * FROM ${table}`)) {
        tally.add(table, time, actor, event, module, count);
        look();
      }
    }
  } finally {
    db.exec('COMMIT');
  }
  const countWindow = db
    .prepare(
      `SELECT ${dayOfSql}, coalesce(actor, 0), coalesce(event, 0), coalesce(module, 0), count(*)
       FROM entry WHERE id > ? AND id <= ? GROUP BY 1, 2, 3, 4`,
    )
    .raw();
  for (let from = 0; from < entries; from += windowRows) {
    throwIfStopped(shouldStop);
    const to = Math.min(entries, from + windowRows);
    for (const [day = 0, actor = 0, event = 0, module = 0, count = 0] of countWindow.all(from, to) as number[][]) {
      tally.add('rollup_day', day, 0, event, module, -count);
      tally.add('rollup_actor_day', day, actor, event, module, -count);
      tally.add('rollup_actor_month', monthOf(day), actor, event, module, -count);
    }
    onProgress(to, entries);
  }
  return { entries, differences: tally.differences() };
};

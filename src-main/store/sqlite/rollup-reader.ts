import type { SqliteDatabase } from './database.ts';
import { firstDayOf, monthOf } from './rollup-time.ts';

/** What the rollups are asked. Codes are those of the entries, 0 for none; null: all of them. */
export interface RollupQuestion {
  /** Days since 1970, both included; null: open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly actors: readonly number[] | null;
  readonly events: readonly number[] | null;
  readonly modules: readonly number[] | null;
  /** What the sums are wanted by. */
  readonly by: ReadonlySet<RollupKey>;
}

export type RollupKey = 'day' | 'month' | 'actor' | 'event' | 'module';

/** A sum with its keys; a key that was not asked for is 0. Several may have the same keys: they are to be added up. */
export interface RollupSum {
  readonly day: number;
  readonly month: number;
  readonly actor: number;
  readonly event: number;
  readonly module: number;
  readonly entries: number;
}

type Table = 'rollup_day' | 'rollup_actor_day' | 'rollup_actor_month';

const openFrom = -1e6;
const openTo = 1e6;

/** One statement over one of the tables, for a span of its days or months. */
export interface RollupStep {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
  readonly table: Table;
}

const stepOf = (table: Table, from: number, to: number, question: RollupQuestion): RollupStep => {
  const { by, actors, events, modules } = question;
  const time = table === 'rollup_actor_month' ? 'month' : 'day';
  const conditions: string[] = [];
  const parameters: (string | number)[] = [];
  if (actors) {
    // Each day of a few users is looked up in the key; else every day’s users would be passed over.
    conditions.push(
      `${time} IN (SELECT DISTINCT ${time === 'day' ? 'day FROM rollup_day WHERE day' : 'month FROM rollup_actor_month WHERE month'} BETWEEN ? AND ?)`,
    );
    conditions.push('actor IN (SELECT value FROM json_each(?))');
    parameters.push(from, to, JSON.stringify(actors));
  } else {
    conditions.push(`${time} BETWEEN ? AND ?`);
    parameters.push(from, to);
  }
  for (const [column, codes] of [
    ['event', events],
    ['module', modules],
  ] as const) {
    if (!codes) continue;
    conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
    parameters.push(JSON.stringify(codes));
  }
  const wantsTime = by.has('month') || (time === 'day' && by.has('day'));
  const keys = [
    wantsTime ? time : null,
    ...(['actor', 'event', 'module'] as const).map((key) => (by.has(key) ? key : null)),
  ];
  const grouped = keys.filter((key) => key !== null);
  const columns = [...keys.map((key) => key ?? '0'), 'sum(entries)'];
  return {
    table,
    sql: `SELECT ${columns.join(', ')} FROM ${table} WHERE ${conditions.join(' AND ')}${
      grouped.length > 0 ? ` GROUP BY ${grouped.join(', ')}` : ''
    }`,
    parameters,
  };
};

/**
 * Which tables answer a question: without users, the small one by day; by days of users, the large one; else whole months
 * from the table by month, and the days at the ends of the period from the large one.
 */
export const planRollups = (question: RollupQuestion): readonly RollupStep[] => {
  const { by, actors } = question;
  const from = question.from ?? openFrom;
  const to = question.to ?? openTo;
  if (from > to) return [];
  if (!by.has('actor') && !actors) return [stepOf('rollup_day', from, to, question)];
  if (by.has('day')) return [stepOf('rollup_actor_day', from, to, question)];
  const firstMonth = question.from === null ? openFrom : monthOf(from - 1) + 1;
  const lastMonth = question.to === null ? openTo : monthOf(to + 1) - 1;
  if (firstMonth > lastMonth) return [stepOf('rollup_actor_day', from, to, question)];
  const steps = [stepOf('rollup_actor_month', firstMonth, lastMonth, question)];
  if (question.from !== null && from < firstDayOf(firstMonth)) {
    steps.push(stepOf('rollup_actor_day', from, firstDayOf(firstMonth) - 1, question));
  }
  if (question.to !== null && to >= firstDayOf(lastMonth + 1)) {
    steps.push(stepOf('rollup_actor_day', firstDayOf(lastMonth + 1), to, question));
  }
  return steps;
};

/** The sums of the rollups for a question. */
export function* readRollups(db: SqliteDatabase, question: RollupQuestion): Generator<RollupSum> {
  for (const { table, sql, parameters } of planRollups(question)) {
    const rows = db
      .prepare(sql)
      .raw()
      .iterate(...parameters) as IterableIterator<(number | null)[]>;
    for (const [time, actor, event, module, entries] of rows) {
      // A sum over nothing.
      if (entries == null) continue;
      const isMonth = table === 'rollup_actor_month';
      yield {
        day: isMonth ? 0 : (time ?? 0),
        month: isMonth ? (time ?? 0) : monthOf(time ?? 0),
        actor: actor ?? 0,
        event: event ?? 0,
        module: module ?? 0,
        entries,
      };
    }
  }
}

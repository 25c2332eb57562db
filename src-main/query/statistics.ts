import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import { checkRollups, type RollupDifference } from '#main/store/sqlite/rollup-check.ts';
import { type RollupKey, type RollupSum, readRollups } from '#main/store/sqlite/rollup-reader.ts';
import { dayText, monthText } from '#main/store/sqlite/rollup-time.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import {
  maxStatisticsDifferences,
  type Statistics,
  type StatisticsCheck,
  type StatisticsKey,
  type StatisticsQuestion,
} from '#shared/contract/statistics.ts';
import { facetValue } from './facets.ts';

type NameKey = Exclude<StatisticsKey, 'day' | 'month'>;
type Value = Statistics['rows'][number]['keys'][number];

const dayMillis = 86_400_000;
const dayOfText = (text: string | null): number | null => (text === null ? null : Date.parse(text) / dayMillis);

const rollupKeyOf = {
  day: 'day',
  month: 'month',
  user: 'actor',
  event: 'event',
  module: 'module',
} as const satisfies Record<StatisticsKey, RollupKey>;

/** Several codes may stand for one value: a login under two names is one user. */
const codesOf = (dictionaries: Dictionaries, key: NameKey, wanted: readonly string[] | null): number[] | null => {
  if (wanted === null) return null;
  const values = new Set(wanted);
  const codes: number[] = [];
  for (let code = 1; code < dictionaries.size(rollupKeyOf[key]); code++) {
    const value = facetValue(dictionaries, key, code)?.value;
    if (value !== undefined && values.has(value)) codes.push(code);
  }
  return codes;
};

/** Gives each key of a sum what it is called; what was looked up is kept. */
const createNamer = (dictionaries: Dictionaries) => {
  const known = new Map<StatisticsKey, Map<number, Value>>();
  const nameOf = (key: StatisticsKey, number: number): Value => {
    if (key === 'day') return { value: dayText(number), label: dayText(number) };
    if (key === 'month') return { value: monthText(number), label: monthText(number) };
    return number === 0 ? null : facetValue(dictionaries, key, number);
  };
  return (key: StatisticsKey, sum: RollupSum): Value => {
    let names = known.get(key);
    if (!names) {
      names = new Map();
      known.set(key, names);
    }
    const number = sum[rollupKeyOf[key]];
    let name = names.get(number);
    if (name === undefined) {
      name = nameOf(key, number);
      names.set(number, name);
    }
    return name;
  };
};

/** Reads at one moment: the sums and the newest entry belong together. */
const atOneMoment = <T>(db: SqliteDatabase, read: () => T): T => {
  db.exec('BEGIN');
  try {
    return read();
  } finally {
    db.exec('COMMIT');
  }
};

const newestIdOf = (db: SqliteDatabase): number =>
  Number(db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck().get());

/** Sums of entries from the rollups; the ledger itself is not read. Throws `cancelled`. */
export const readStatistics = (
  db: SqliteDatabase,
  dictionaries: Dictionaries,
  asked: StatisticsQuestion,
  shouldStop: () => boolean,
): Statistics =>
  atOneMoment(db, () => {
    const newestId = newestIdOf(db);
    dictionaries.refresh();
    const nameOf = createNamer(dictionaries);
    const groups = new Map<string, { readonly keys: Value[]; entries: number }>();
    let entries = 0;
    let read = 0;
    const sums = readRollups(db, {
      from: dayOfText(asked.from),
      to: dayOfText(asked.to),
      actors: codesOf(dictionaries, 'user', asked.users),
      events: codesOf(dictionaries, 'event', asked.events),
      modules: codesOf(dictionaries, 'module', asked.modules),
      by: new Set(asked.by.map((key) => rollupKeyOf[key])),
    });
    for (const sum of sums) {
      read += 1;
      if (read % 4096 === 0) throwIfStopped(shouldStop);
      entries += sum.entries;
      const keys = asked.by.map((key) => nameOf(key, sum));
      const name = JSON.stringify(keys.map((key) => key?.value ?? null));
      const group = groups.get(name);
      if (group) group.entries += sum.entries;
      else groups.set(name, { keys, entries: sum.entries });
    }
    const timePlace = asked.by.findIndex((key) => key === 'day' || key === 'month');
    const timeOf = (keys: readonly Value[]): string => keys[timePlace]?.value ?? '';
    const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    const rows = [...groups]
      .sort(
        ([aName, a], [bName, b]) =>
          compare(timeOf(a.keys), timeOf(b.keys)) || b.entries - a.entries || compare(aName, bName),
      )
      .slice(0, asked.limit)
      .map(([, row]) => row);
    return { entries, groups: groups.size, newestId, rows };
  });

const sumNames = {
  rollup_day: 'day',
  rollup_actor_day: 'userDay',
  rollup_actor_month: 'userMonth',
} as const;

/** Compares the rollups with the entries; see `checkRollups`. Throws `cancelled`. */
export const checkStatistics = (
  db: SqliteDatabase,
  dictionaries: Dictionaries,
  shouldStop: () => boolean,
  onProgress: (progress: { done: number; total: number }) => void,
): StatisticsCheck => {
  const { entries, differences } = checkRollups(db, shouldStop, (done, total) => onProgress({ done, total }));
  dictionaries.refresh();
  const labelOf = (key: NameKey, code: number | null): string | null =>
    code === null || code === 0 ? null : (facetValue(dictionaries, key, code)?.label ?? `#${code}`);
  const named = ({ table, time, actor, event, module, excess }: RollupDifference) => ({
    sum: sumNames[table],
    period: table === 'rollup_actor_month' ? monthText(time) : dayText(time),
    user: labelOf('user', actor),
    event: labelOf('event', event),
    module: labelOf('module', module),
    excess,
  });
  const first = [...differences].sort((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : a.time - b.time));
  return {
    entries,
    differences: differences.length,
    first: first.slice(0, maxStatisticsDifferences).map(named),
  };
};

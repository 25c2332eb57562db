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

/** What a key of a sum is called, and a number that those of the same name share. */
interface Named {
  readonly value: Value;
  readonly id: number;
}

/** Gives each key of a sum its name; what was looked up is kept. */
const createNamer = (dictionaries: Dictionaries, key: StatisticsKey) => {
  const known = new Map<number, Named>();
  const ids = new Map<string | null, number>();
  const lookUp = (number: number): Value => {
    if (key === 'day') return { value: dayText(number), label: dayText(number) };
    if (key === 'month') return { value: monthText(number), label: monthText(number) };
    return number === 0 ? null : facetValue(dictionaries, key, number);
  };
  const column = rollupKeyOf[key];
  return (sum: RollupSum): Named => {
    const number = sum[column];
    let named = known.get(number);
    if (!named) {
      const value = lookUp(number);
      const text = value?.value ?? null;
      const id = ids.get(text) ?? ids.size;
      ids.set(text, id);
      named = { value, id };
      known.set(number, named);
    }
    return named;
  };
};

interface Group {
  readonly keys: readonly Value[];
  entries: number;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const nameOf = ({ keys }: Group): string => JSON.stringify(keys.map((key) => key?.value ?? null));

/** The groups by their time: there can be many, and each time is sorted by itself, only as far as they are shown. */
const createGroups = (dictionaries: Dictionaries, by: readonly StatisticsKey[]) => {
  const namers = by.map((key) => createNamer(dictionaries, key));
  const timePlace = by.findIndex((key) => key === 'day' || key === 'month');
  const times = new Map<string, Map<string, Group>>();
  return {
    add: (sum: RollupSum): void => {
      const named = namers.map((namer) => namer(sum));
      const time = named[timePlace]?.value?.value ?? '';
      let ofTime = times.get(time);
      if (!ofTime) {
        ofTime = new Map();
        times.set(time, ofTime);
      }
      const name = named.map(({ id }) => id).join();
      const group = ofTime.get(name);
      if (group) group.entries += sum.entries;
      else ofTime.set(name, { keys: named.map(({ value }) => value), entries: sum.entries });
    },
    count: (): number => [...times.values()].reduce((count, groups) => count + groups.size, 0),
    first: (limit: number): Statistics['rows'] => {
      const rows: Statistics['rows'] = [];
      for (const [, groups] of [...times].sort(([a], [b]) => compare(a, b))) {
        if (rows.length >= limit) break;
        const sorted = [...groups.values()].sort((a, b) => b.entries - a.entries || compare(nameOf(a), nameOf(b)));
        for (const { keys, entries } of sorted.slice(0, limit - rows.length)) rows.push({ keys: [...keys], entries });
      }
      return rows;
    },
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
    const groups = createGroups(dictionaries, asked.by);
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
      groups.add(sum);
    }
    return { entries, groups: groups.count(), newestId, rows: groups.first(asked.limit) };
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

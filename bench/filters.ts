import type Database from 'better-sqlite3';
import type { Clause, ValueKey } from '#shared/contract/query.ts';
import { foldCase } from '#shared/text/fold.ts';
import { busiestPeriod, type CountedColumn, likeAnywhere, usualValues } from './flat-table.ts';

/** A filter as the engine takes it and as the flat table does. */
export interface Filter {
  readonly name: string;
  readonly clauses: readonly Clause[];
  readonly where: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** True when texts have to be looked at. */
  readonly bySearch: boolean;
  /** What it includes by; null when it is of another kind. */
  readonly key: FilterKey | 'time' | null;
  /** What it was put together from. */
  readonly parts: readonly Filter[];
}

/** The flat table's column in which a value of a key is looked for. */
const columnOf = {
  event: 'event',
  module: 'module_name',
  user: 'actor_login',
  target: 'target',
  field: 'field',
  source: 'source',
  record: 'record_id',
} as const satisfies Partial<Record<ValueKey, CountedColumn>>;
type FilterKey = keyof typeof columnOf;

export const everything: Filter = {
  name: 'everything',
  clauses: [],
  where: '1',
  values: {},
  bySearch: false,
  key: null,
  parts: [],
};

const by = (key: FilterKey, text: string, exclude = false): Filter => {
  const parameter = `${key}_is`;
  const column = columnOf[key];
  return {
    name: `${exclude ? '-' : ''}${key}:${text}`,
    clauses: [{ kind: 'value', key, exclude, values: [{ text, prefix: false }] }],
    where: exclude ? `(${column} IS NULL OR ${column} <> :${parameter})` : `${column} = :${parameter}`,
    values: { [parameter]: text },
    bySearch: false,
    key: exclude ? null : key,
    parts: [],
  };
};

/** A year, a month or a day, in UTC. */
const during = (period: string): Filter => {
  const [year = 0, month, day] = period.split('-').map(Number);
  const from = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  const to =
    month === undefined ? Date.UTC(year + 1, 0) : day === undefined ? Date.UTC(year, month) : from + 86_400_000;
  return {
    name: `date:${period}`,
    clauses: [{ kind: 'time', key: 'date', exclude: false, start: period, end: period }],
    where: 'occurred_at >= :from AND occurred_at < :to',
    values: { from: from * 1000, to: to * 1000 },
    bySearch: false,
    key: 'time',
    parts: [],
  };
};

export const having = (text: string, exclude = false): Filter => ({
  name: `${exclude ? '-' : ''}«${text}»`,
  clauses: [{ kind: 'word', exclude, value: { text, prefix: false } }],
  where: `${exclude ? 'NOT ' : ''}coalesce(${likeAnywhere('word')}, 0)`,
  values: { word: `%${text}%` },
  bySearch: true,
  key: null,
  parts: [],
});

const both = (...filters: readonly Filter[]): Filter => ({
  name: filters.map(({ name }) => name).join(' '),
  clauses: filters.flatMap(({ clauses }) => clauses),
  where: filters.map(({ where }) => where).join(' AND '),
  values: Object.assign({}, ...filters.map(({ values }) => values)),
  bySearch: filters.some(({ bySearch }) => bySearch),
  key: null,
  parts: filters,
});

/** A filter without what it includes by one key. */
export const withoutKey = (filter: Filter, key: string): Filter => {
  const parts = filter.parts.length > 0 ? filter.parts : [filter];
  const left = parts.filter((part) => part.key !== key);
  return left.length === 0 ? everything : left.length === parts.length ? filter : both(...left);
};

/**
 * Values that mean the same in both ways: one spelling each (the engine does not mind case), and logins that nobody has as
 * another name.
 */
const plainValues = (db: Database.Database, key: FilterKey): readonly string[] => {
  const spellings = new Map<string, number>();
  const values = usualValues(db, columnOf[key]);
  for (const value of values) spellings.set(foldCase(value), (spellings.get(foldCase(value)) ?? 0) + 1);
  if (key === 'user') {
    const people = db.prepare('SELECT login, email, name, actor_id FROM person').raw().all() as (string | null)[][];
    for (const [login, ...others] of people) {
      for (const name of others) if (name !== null && name !== login) spellings.set(foldCase(name), 2);
    }
  }
  return values.filter((value) => spellings.get(foldCase(value)) === 1);
};

/** Filters of many kinds, made of the trail's own values by a fixed rule. `words`: a rare one and frequent ones. */
export const chooseFilters = (
  db: Database.Database,
  words: { readonly rare: string | undefined; readonly frequent: readonly string[] },
): readonly Filter[] => {
  const filters: Filter[] = [everything];
  const add = (key: FilterKey, places: readonly number[]): readonly string[] => {
    const values = plainValues(db, key);
    const chosen = new Set(places.map((place) => values.at(place)).filter((value) => value !== undefined));
    for (const value of chosen) filters.push(by(key, value));
    return values;
  };
  const [event] = add('event', [0, 1, 2, -1]);
  const [module] = add('module', [0, 2, -1]);
  const [user, secondUser] = add('user', [0, 2, 10, -1]);
  add('target', [1]);
  add('field', [0, 5, 50]);
  add('record', [0, 500]);
  add('source', [0]);
  if (event && module) filters.push(both(by('event', event), by('module', module)));
  if (event && user) filters.push(both(by('event', event), by('user', user)));
  if (event) filters.push(by('event', event, true));
  if (user) filters.push(by('user', user, true));
  const [year, month, day] = ([4, 7, 10] as const).map((characters) => busiestPeriod(db, characters));
  for (const period of [year, month, day]) if (period) filters.push(during(period));
  if (month && secondUser) filters.push(both(during(month), by('user', secondUser)));
  if (words.rare) filters.push(having(words.rare));
  for (const word of words.frequent) filters.push(having(word));
  const [frequent] = words.frequent;
  if (frequent) filters.push(having(frequent, true));
  if (frequent && user) filters.push(both(having(frequent), by('user', user)));
  return filters;
};

/** Event, module, user and time alone (a frequent value and a middling one) and together. */
export const chooseColumnFilters = (db: Database.Database): readonly Filter[] => {
  const valuesOf = (key: FilterKey): readonly Filter[] => {
    const values = plainValues(db, key);
    return [...new Set([values[0], values[Math.min(5, values.length - 1)]])].flatMap((value) =>
      value === undefined ? [] : [by(key, value)],
    );
  };
  const events = valuesOf('event');
  const modules = valuesOf('module');
  const users = valuesOf('user');
  const times = ([4, 7, 10] as const).flatMap((characters) => {
    const period = busiestPeriod(db, characters);
    return period === undefined ? [] : [during(period)];
  });
  const [[event], [module], [user], [year, month]] = [events, modules, users, times];
  const together = [
    [event, module],
    [event, user],
    [module, user],
    [event, year],
    [module, month],
    [user, year],
    [event, module, user],
    [event, module, user, year],
  ].flatMap((parts) => (parts.includes(undefined) ? [] : [both(...parts.filter((part) => part !== undefined))]));
  return [...events, ...modules, ...users, ...times, ...together];
};

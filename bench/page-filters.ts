import type Database from 'better-sqlite3';
import type { Clause, ValueKey } from '#shared/contract/query.ts';
import { likeAnywhere } from './flat-table.ts';

/** A filter as the engine takes it and as the flat table does. */
export interface Filter {
  readonly name: string;
  readonly clauses: readonly Clause[];
  readonly where: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** The flat table's columns in which a value of a key is looked for. */
const columnsOf = {
  event: ['event'],
  module: ['module_name'],
  user: ['actor_login', 'actor_email', 'actor_name', 'actor_id'],
  target: ['target'],
  field: ['field'],
  source: ['source'],
  record: ['record_id'],
} as const satisfies Partial<Record<ValueKey, readonly string[]>>;
type FilterKey = keyof typeof columnsOf;

const everything: Filter = { name: 'everything', clauses: [], where: '1', values: {} };

const by = (key: FilterKey, text: string, exclude = false): Filter => {
  const parameter = `${key}_is`;
  const test = columnsOf[key].map((column) => `${column} = :${parameter} COLLATE NOCASE`).join(' OR ');
  return {
    name: `${exclude ? '-' : ''}${key}:${text}`,
    clauses: [{ kind: 'value', key, exclude, values: [{ text, prefix: false }] }],
    where: exclude ? `coalesce(NOT (${test}), 1)` : `(${test})`,
    values: { [parameter]: text },
  };
};

const between = (name: string, start: string, end: string, from: string, to: string): Filter => ({
  name,
  clauses: [{ kind: 'time', key: 'date', exclude: false, start, end }],
  where: 'date_text >= :from AND date_text < :to',
  values: { from, to },
});

const having = (text: string, exclude = false): Filter => ({
  name: `${exclude ? '-' : ''}«${text}»`,
  clauses: [{ kind: 'word', exclude, value: { text, prefix: false } }],
  where: `${exclude ? 'NOT ' : ''}coalesce(${likeAnywhere('word')}, 0)`,
  values: { word: `%${text}%` },
});

const both = (a: Filter, b: Filter): Filter => ({
  name: `${a.name} ${b.name}`,
  clauses: [...a.clauses, ...b.clauses],
  where: `${a.where} AND ${b.where}`,
  values: { ...a.values, ...b.values },
});

/** Filters of many kinds, made of the trail's own values by a fixed rule. `words`: a rare one and frequent ones. */
export const chooseFilters = (
  db: Database.Database,
  words: { readonly rare: string | undefined; readonly frequent: readonly string[] },
): readonly Filter[] => {
  /** The values of a column, the most frequent first. */
  const valuesOf = (column: string): readonly string[] =>
    db
      .prepare(
        `SELECT ${column} FROM flat WHERE ${column} IS NOT NULL AND ${column} <> '' GROUP BY ${column}
         ORDER BY count(*) DESC, ${column}`,
      )
      .pluck()
      .all() as string[];
  const filters: Filter[] = [everything];
  const add = (key: FilterKey, column: string, places: readonly number[]): readonly string[] => {
    const values = valuesOf(column);
    const chosen = new Set(places.map((place) => values.at(place)).filter((value) => value !== undefined));
    for (const value of chosen) filters.push(by(key, value));
    return values;
  };
  const [event] = add('event', 'event', [0, 1, 2, -1]);
  const [module] = add('module', 'module_name', [0, 2, -1]);
  const [user, secondUser] = add('user', 'actor_login', [0, 2, 10, -1]);
  add('target', 'target', [1]);
  add('field', 'field', [0, 5, 50]);
  add('record', 'record_id', [0, 500]);
  add('source', 'source', [0]);
  if (event && module) filters.push(both(by('event', event), by('module', module)));
  if (event && user) filters.push(both(by('event', event), by('user', user)));
  if (event) filters.push(by('event', event, true));
  if (user) filters.push(by('user', user, true));
  const [month] = valuesOf('substr(date_text, 1, 7)');
  const [day] = valuesOf('substr(date_text, 1, 10)');
  const [year] = valuesOf('substr(date_text, 1, 4)');
  const after = (text: string): string => `${text}\u007f`;
  for (const period of [year, month, day]) {
    if (period) filters.push(between(`date:${period}`, period, period, period, after(period)));
  }
  if (month && secondUser) {
    filters.push(both(between(`date:${month}`, month, month, month, after(month)), by('user', secondUser)));
  }
  if (words.rare) filters.push(having(words.rare));
  for (const word of words.frequent) filters.push(having(word));
  const [frequent] = words.frequent;
  if (frequent) filters.push(having(frequent, true));
  if (frequent && user) filters.push(both(having(frequent), by('user', user)));
  return filters;
};

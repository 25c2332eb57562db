import type { CodeColumn } from '#main/store/sqlite/columns/chunk.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { Actor, Module } from '#shared/contract/entry.ts';
import type { Clause, Query, QueryValue, Reading, ValueKey } from '#shared/contract/query.ts';
import { valueTest } from '#shared/query/matches-value.ts';
import { timeBounds } from '#shared/query/time-bounds.ts';
import { type Interval, intersect, intervalsOf, outsideOf } from './intervals.ts';

/** A test that needs an entry's texts: a free word, or a value of a column that has no dictionary. */
export interface TextTest {
  readonly kind: 'word' | 'record' | 'action';
  readonly exclude: boolean;
  readonly values: readonly QueryValue[];
}

/** A query made ready for the columns: which codes, numbers and times pass, and what is left to be read from texts. */
export interface Where {
  /** True when nothing can match (a key that no entry has a value for). */
  readonly never: boolean;
  readonly codes: readonly { readonly column: CodeColumn; readonly allowed: Uint8Array }[];
  /** Microseconds since 1970; null when any time passes. */
  readonly times: readonly Interval[] | null;
  /** Null when any id passes. */
  readonly ids: readonly Interval[] | null;
  readonly statuses: readonly { readonly exclude: boolean; readonly intervals: readonly Interval[] }[];
  readonly texts: readonly TextTest[];
}

type DictionaryKey = Exclude<ValueKey, 'record' | 'action' | 'case' | 'tag'>;

const columnOfKey = {
  user: 'actor',
  event: 'event',
  module: 'module',
  field: 'field',
  target: 'target',
  source: 'source',
} as const satisfies Record<DictionaryKey, CodeColumn>;

const isDictionaryKey = (key: ValueKey): key is DictionaryKey => Object.hasOwn(columnOfKey, key);

/** The names that a person may write for a user: login, e-mail, full name, or the source's own id. */
export const actorNames = (actor: Actor): readonly string[] =>
  [actor.login, actor.email, actor.name, actor.id].filter((name) => name !== null);

/** A module is called by its name or its number. */
export const moduleNames = (module: Module): readonly string[] =>
  [module.name, module.number === null ? null : String(module.number)].filter((name) => name !== null);

const candidatesOf = (dictionaries: Dictionaries, column: CodeColumn, code: number): readonly string[] => {
  if (column === 'actor')
    return actorNames(dictionaries.actor[code] ?? { id: null, login: null, name: null, email: null });
  if (column === 'module') return moduleNames(dictionaries.module[code] ?? { number: null, name: null });
  return [dictionaries.labelOf(column, code)];
};

const matchingCodes = (
  dictionaries: Dictionaries,
  column: CodeColumn,
  values: readonly QueryValue[],
  ignoreAccents: boolean,
): Uint8Array => {
  const size = dictionaries.size(column);
  const found = new Uint8Array(size);
  const tests = values.map((value) => valueTest(value, ignoreAccents));
  for (let code = 1; code < size; code++) {
    const names = candidatesOf(dictionaries, column, code);
    if (tests.some((test) => names.some(test))) found[code] = 1;
  }
  return found;
};

/** Values of including clauses of one key are alternatives; each excluding clause stands alone. */
const groupValues = (
  clauses: readonly Clause[],
): readonly { key: ValueKey; exclude: boolean; values: QueryValue[] }[] => {
  const including = new Map<ValueKey, QueryValue[]>();
  const groups: { key: ValueKey; exclude: boolean; values: QueryValue[] }[] = [];
  for (const clause of clauses) {
    if (clause.kind !== 'value') continue;
    if (clause.exclude) {
      groups.push({ key: clause.key, exclude: true, values: clause.values });
      continue;
    }
    const known = including.get(clause.key);
    if (known) known.push(...clause.values);
    else {
      const values = [...clause.values];
      including.set(clause.key, values);
      groups.push({ key: clause.key, exclude: false, values });
    }
  }
  return groups;
};

/** What is left of `known` (null: everything) when a clause is added. */
const narrowed = (
  known: readonly Interval[] | null,
  exclude: boolean,
  intervals: readonly Interval[],
): readonly Interval[] => {
  const passing = exclude ? outsideOf(intervals) : intervals;
  return known === null ? passing : intersect(known, passing);
};

/** `now`: microseconds since 1970, for relative times. Throws `query_unreadable` for a time that is none. */
export const resolveWhere = (query: Query, reading: Reading, now: number, dictionaries: Dictionaries): Where => {
  const codes: { column: CodeColumn; allowed: Uint8Array }[] = [];
  const texts: TextTest[] = [];
  let times: readonly Interval[] | null = null;
  let ids: readonly Interval[] | null = null;
  const statuses: { exclude: boolean; intervals: readonly Interval[] }[] = [];
  let never = false;
  for (const { key, exclude, values } of groupValues(query.clauses)) {
    if (isDictionaryKey(key)) {
      const column = columnOfKey[key];
      const allowed = matchingCodes(dictionaries, column, values, reading.ignoreAccents);
      if (exclude) for (let code = 0; code < allowed.length; code++) allowed[code] = allowed[code] === 1 ? 0 : 1;
      codes.push({ column, allowed });
    } else if (key === 'record' || key === 'action') {
      texts.push({ kind: key, exclude, values });
    } else if (!exclude) {
      // No entry of this ledger is in a case or has a tag.
      never = true;
    }
  }
  for (const clause of query.clauses) {
    if (clause.kind === 'word') texts.push({ kind: 'word', exclude: clause.exclude, values: [clause.value] });
    if (clause.kind === 'number') {
      const intervals = intervalsOf(clause.tests);
      if (clause.key === 'status') statuses.push({ exclude: clause.exclude, intervals });
      else ids = narrowed(ids, clause.exclude, intervals);
    }
    if (clause.kind === 'time') {
      const { start, end } = timeBounds(clause, reading.zone, now);
      // The end is not included, and times are whole microseconds.
      const from = start ?? Number.NEGATIVE_INFINITY;
      const to = end === null ? Number.POSITIVE_INFINITY : end - 1;
      times = narrowed(times, clause.exclude, from <= to ? [{ from, to }] : []);
    }
  }
  return { never, codes, times, ids, statuses, texts };
};

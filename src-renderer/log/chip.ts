import type { Clause, NumberKey, NumberTest, Query, QueryValue, ValueKey } from '#shared/contract/query.ts';
import { foldAccents } from '#shared/text/fold.ts';

/** A clause of the search box. Switched off, it stays in sight and filters nothing. */
export interface Chip {
  readonly clause: Clause;
  readonly on: boolean;
}
export type Chips = readonly Chip[];

/** A key that a facet or a cell can filter by. */
export type FilterKey = ValueKey | NumberKey;
export type FilterState = 'included' | 'excluded' | 'none';

const isNumberKey = (key: FilterKey): key is NumberKey => key === 'id' || key === 'status';
const exactly = (text: string): QueryValue => ({ text, prefix: false });

/** The clause that holds exactly one value; null when the value can’t be one (a status that is not a number). */
export const valueClause = (key: FilterKey, value: string, exclude: boolean): Clause | null => {
  if (value === '') return null;
  if (!isNumberKey(key)) return { kind: 'value', key, exclude, values: [exactly(value)] };
  const number = Number(value);
  return Number.isSafeInteger(number) ? { kind: 'number', key, exclude, tests: [{ op: '=', value: number }] } : null;
};

export const toQuery = (chips: Chips): Query => ({
  clauses: chips.filter((chip) => chip.on).map((chip) => chip.clause),
});

export const toChips = (query: Query): Chips => query.clauses.map((clause) => ({ clause, on: true }));

/** The ways in which a query may write one value (`Committees` and `3` are one module); the first is what is written. */
export type Names = readonly [string, ...string[]];

const means = (names: Names, text: string): boolean => {
  const folded = foldAccents(text);
  return names.some((name) => foldAccents(name) === folded);
};

const isTestOf = (names: Names, test: NumberTest): boolean => test.op === '=' && means(names, String(test.value));
const isValueOf = (names: Names, value: QueryValue): boolean => !value.prefix && means(names, value.text);

const holds = (clause: Clause, key: FilterKey, names: Names): boolean => {
  if (clause.kind === 'value') return clause.key === key && clause.values.some((value) => isValueOf(names, value));
  return clause.kind === 'number' && clause.key === key && clause.tests.some((test) => isTestOf(names, test));
};

/** The clause without a value; null when nothing is left of it. */
const without = (clause: Clause, names: Names): Clause | null => {
  if (clause.kind === 'value') {
    const values = clause.values.filter((value) => !isValueOf(names, value));
    return values.length === 0 ? null : { ...clause, values };
  }
  if (clause.kind === 'number') {
    const tests = clause.tests.filter((test) => !isTestOf(names, test));
    return tests.length === 0 ? null : { ...clause, tests };
  }
  return clause;
};

/** Whether the chips that are on include or exclude a value. */
export const filterState = (chips: Chips, key: FilterKey, names: Names): FilterState => {
  const found = chips.filter((chip) => chip.on && holds(chip.clause, key, names));
  if (found.some((chip) => chip.clause.exclude)) return 'excluded';
  return found.length > 0 ? 'included' : 'none';
};

/** Takes a value out of every chip of its key, off ones too. */
export const removeValue = (chips: Chips, key: FilterKey, names: Names): Chips =>
  chips.flatMap((chip) => {
    if (!holds(chip.clause, key, names)) return [chip];
    const clause = without(chip.clause, names);
    return clause === null ? [] : [{ ...chip, clause }];
  });

const joinClauses = (into: Clause, from: Clause): Clause | null => {
  if (into.exclude !== from.exclude) return null;
  if (into.kind === 'value' && from.kind === 'value' && into.key === from.key) {
    return { ...into, values: [...into.values, ...from.values] };
  }
  if (into.kind === 'number' && from.kind === 'number' && into.key === from.key) {
    return { ...into, tests: [...into.tests, ...from.tests] };
  }
  return null;
};

/** Adds a value to the including (or excluding) chip of its key that is on, or as a chip of its own. */
export const addValue = (chips: Chips, key: FilterKey, names: Names, exclude: boolean): Chips => {
  const added = valueClause(key, names[0], exclude);
  if (added === null) return chips;
  const rest = removeValue(chips, key, names);
  for (const [index, { on, clause }] of rest.entries()) {
    const joined = on ? joinClauses(clause, added) : null;
    if (joined !== null) return rest.with(index, { on, clause: joined });
  }
  return [...rest, { clause: added, on: true }];
};

/** What a click in a facet does: the wanted state, or back to none when it is there already. */
export const toggleValue = (chips: Chips, key: FilterKey, names: Names, wanted: 'included' | 'excluded'): Chips =>
  filterState(chips, key, names) === wanted
    ? removeValue(chips, key, names)
    : addValue(chips, key, names, wanted === 'excluded');

/** A chosen period as the only one: from and to as a query writes them, or null for none. */
export const setPeriod = (chips: Chips, period: { start: string; end: string } | null): Chips => {
  const at = chips.findIndex(isPeriod);
  const rest = chips.filter((chip) => !isPeriod(chip));
  if (period === null) return rest;
  const chip: Chip = { clause: { kind: 'time', key: 'date', exclude: false, ...period }, on: true };
  return at < 0 ? [...rest, chip] : rest.toSpliced(Math.min(at, rest.length), 0, chip);
};

const isPeriod = (chip: Chip): boolean => chip.on && chip.clause.kind === 'time' && !chip.clause.exclude;

export const switchChip = (chips: Chips, index: number): Chips =>
  chips.map((chip, at) => (at === index ? { ...chip, on: !chip.on } : chip));

export const removeChip = (chips: Chips, index: number): Chips => chips.toSpliced(index, 1);

/** A view of some entries by their ids. */
export const chipsOfIds = (ids: Iterable<number>): Chips => {
  const tests = [...ids].toSorted((a, b) => a - b).map((value) => ({ op: '=' as const, value }));
  return tests.length === 0 ? [] : [{ clause: { kind: 'number', key: 'id', exclude: false, tests }, on: true }];
};

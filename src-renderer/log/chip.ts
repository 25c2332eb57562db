import type { Clause, NumberKey, Query, QueryValue, ValueKey } from '#shared/contract/query.ts';

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

const holds = (clause: Clause, key: FilterKey, value: string): boolean => {
  if (clause.kind === 'value') {
    return clause.key === key && clause.values.some((one) => !one.prefix && one.text === value);
  }
  if (clause.kind !== 'number' || clause.key !== key) return false;
  return clause.tests.some((test) => test.op === '=' && String(test.value) === value);
};

/** The clause without a value; null when nothing is left of it. */
const without = (clause: Clause, value: string): Clause | null => {
  if (clause.kind === 'value') {
    const values = clause.values.filter((one) => one.prefix || one.text !== value);
    return values.length === 0 ? null : { ...clause, values };
  }
  if (clause.kind === 'number') {
    const tests = clause.tests.filter((test) => !(test.op === '=' && String(test.value) === value));
    return tests.length === 0 ? null : { ...clause, tests };
  }
  return clause;
};

/** Whether the chips that are on include or exclude a value. */
export const filterState = (chips: Chips, key: FilterKey, value: string): FilterState => {
  const found = chips.filter((chip) => chip.on && holds(chip.clause, key, value));
  if (found.some((chip) => 'exclude' in chip.clause && chip.clause.exclude)) return 'excluded';
  return found.length > 0 ? 'included' : 'none';
};

/** Takes a value out of every chip of its key, off ones too. */
export const removeValue = (chips: Chips, key: FilterKey, value: string): Chips =>
  chips.flatMap((chip) => {
    if (!holds(chip.clause, key, value)) return [chip];
    const clause = without(chip.clause, value);
    return clause === null ? [] : [{ ...chip, clause }];
  });

/** Adds a value to the including (or excluding) chip of its key that is on, or as a chip of its own. */
export const addValue = (chips: Chips, key: FilterKey, value: string, exclude: boolean): Chips => {
  const clause = valueClause(key, value, exclude);
  if (clause === null) return chips;
  const rest = removeValue(chips, key, value);
  const at = rest.findIndex(
    ({ on, clause: other }) => on && other.kind === clause.kind && other.exclude === exclude && keyOf(other) === key,
  );
  const joined = at < 0 ? null : joinClauses(rest[at]?.clause, clause);
  return joined === null
    ? [...rest, { clause, on: true }]
    : rest.map((chip, index) => (index === at ? { ...chip, clause: joined } : chip));
};

const keyOf = (clause: Clause): FilterKey | null =>
  clause.kind === 'value' || clause.kind === 'number' ? clause.key : null;

const joinClauses = (into: Clause | undefined, from: Clause): Clause | null => {
  if (into?.kind === 'value' && from.kind === 'value') return { ...into, values: [...into.values, ...from.values] };
  if (into?.kind === 'number' && from.kind === 'number') return { ...into, tests: [...into.tests, ...from.tests] };
  return null;
};

/** What a click in a facet does: the wanted state, or back to none when it is there already. */
export const toggleValue = (chips: Chips, key: FilterKey, value: string, wanted: 'included' | 'excluded'): Chips =>
  filterState(chips, key, value) === wanted
    ? removeValue(chips, key, value)
    : addValue(chips, key, value, wanted === 'excluded');

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

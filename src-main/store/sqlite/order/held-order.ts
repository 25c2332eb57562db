import { firstPast } from '../first-past.ts';
import { compareKeys } from '../sort-key.ts';
import { throwIfStopped } from '../stop.ts';
import { type Additions, noAdditions } from './additions.ts';
import { type Fences, identityBase, type OrderBase } from './order-file.ts';
import type { KeyReader } from './ordered-columns.ts';

/** The order of the entries 1 … `throughOf`: a kept order, and what came after it. It never changes. */
export interface HeldOrder {
  readonly base: OrderBase;
  readonly additions: Additions;
}

export const emptyOrder: HeldOrder = { base: identityBase(0, 0), additions: noAdditions };

export const additionsOf = ({ additions }: HeldOrder): number => additions.rows.length + additions.empties.length;
export const throughOf = (held: HeldOrder): number => held.base.length + additionsOf(held);
export const filledOf = ({ base, additions }: HeldOrder): number => base.filled + additions.rows.length;

/** Every place holds its own row, and that stays so whichever way one reads: all entries have a value, or none has. */
const isPlain = ({ identity, filled, length }: OrderBase): boolean => identity && (filled === 0 || filled === length);

/** True when the entries 1 … newestId stand in the order of their ids. */
export const isIdOrder = ({ base }: HeldOrder, newestId: number): boolean => newestId <= base.length && isPlain(base);

/** True when new entries may simply continue the order of ids. */
export const mayContinue = (held: HeldOrder): boolean => isPlain(held.base) && additionsOf(held) === 0;

/** Puts the rows at the places [from, to) into `out`. Throws `DamagedOrder`. */
export const copyPlaces = (held: HeldOrder, from: number, to: number, out: Uint32Array): void => {
  const { base, additions } = held;
  const { places, rows, empties } = additions;
  const filled = filledOf(held);
  let place = from;
  let added = firstPast(0, rows.length, (at) => (places[at] as number) + at >= from);
  const filledEnd = Math.min(to, filled);
  while (place < filledEnd) {
    const next = added < rows.length ? (places[added] as number) + added : filled;
    if (place === next) {
      out[place - from] = rows[added++] as number;
      place += 1;
      continue;
    }
    const end = Math.min(filledEnd, next);
    base.copy(place - added, end - added, out, place - from);
    place = end;
  }
  // Here all additions with a value lie behind.
  const baseEnd = base.length + rows.length;
  if (place < to && place < baseEnd) {
    const end = Math.min(to, baseEnd);
    base.copy(place - rows.length, end - rows.length, out, place - from);
    place = end;
  }
  if (place < to) out.set(empties.subarray(place - baseEnd, to - baseEnd), place - from);
};

/**
 * The place of a row in an order with additions. `basePlace`: its place in the order alone; null when it is one of the
 * additions.
 */
export const createPlaceInHeld = ({ base, additions }: HeldOrder) => {
  const { places, rows, empties } = additions;
  const addedAt = new Map(Array.from(rows, (row, i): [number, number] => [row, (places[i] as number) + i]));
  const baseEnd = base.length + rows.length;
  for (const [i, row] of empties.entries()) addedAt.set(row, baseEnd + i);
  return (row: number, basePlace: number | null): number => {
    if (basePlace === null) return addedAt.get(row) ?? -1;
    // Those without a value stand behind all additions that have one.
    if (basePlace >= base.filled) return basePlace + rows.length;
    return basePlace + firstPast(0, places.length, (at) => (places[at] as number) > basePlace);
  };
};

/** Finds the place after all rows of an order whose keys are at most a given one. */
const createPlaceFinder = (base: OrderBase, keys: KeyReader) => {
  let fences: Fences | null = null;
  const one = new Uint32Array(1);
  const keyAt = (place: number): string => {
    base.copy(place, place + 1, one, 0);
    return keys.keyOf(one[0] as number) ?? '';
  };
  /** `least`: a place that is known not to be past it. */
  return (key: string, least: number): number => {
    if (base.filled === 0) return 0;
    fences ??= base.fences();
    const { keys: fenceKeys, starts, ends } = fences;
    const after = firstPast(0, fenceKeys.length, (at) => (fenceKeys[at] as string) > key);
    const low = after > 0 ? Math.max(least, ends[after - 1] as number) : least;
    const high = after < fenceKeys.length ? (starts[after] as number) : base.filled;
    return firstPast(low, high, (place) => keyAt(place) > key);
  };
};

interface NewRow {
  readonly row: number;
  readonly key: string;
}

const addRows = (
  { base, additions }: HeldOrder,
  fresh: readonly NewRow[],
  empties: readonly number[],
  keys: KeyReader,
  shouldStop: () => boolean,
): Additions => {
  const { places, rows } = additions;
  const placeOf = createPlaceFinder(base, keys);
  const merged = {
    places: new Uint32Array(rows.length + fresh.length),
    rows: new Uint32Array(rows.length + fresh.length),
  };
  let taken = 0;
  let out = 0;
  const takeUntil = (end: number): void => {
    merged.places.set(places.subarray(taken, end), out);
    merged.rows.set(rows.subarray(taken, end), out);
    out += end - taken;
    taken = end;
  };
  let place = 0;
  let looked = 0;
  let lastKey: string | null = null;
  for (const { row, key } of fresh) {
    if (key !== lastKey) {
      if ((++looked & 63) === 0) throwIfStopped(shouldStop);
      lastKey = key;
      place = placeOf(key, place);
      const from = firstPast(taken, rows.length, (at) => (places[at] as number) >= place);
      const to = firstPast(from, rows.length, (at) => (places[at] as number) > place);
      takeUntil(firstPast(from, to, (at) => (keys.keyOf(rows[at] as number) ?? '') > key));
    }
    merged.places[out] = place;
    merged.rows[out++] = row;
  }
  takeUntil(rows.length);
  const allEmpties = new Uint32Array(additions.empties.length + empties.length);
  allEmpties.set(additions.empties);
  allEmpties.set(empties, additions.empties.length);
  return { ...merged, empties: allEmpties };
};

/** Adds the entries after those of an order, up to `newestId`. Throws `DamagedOrder` and `cancelled`. */
export const extendOrder = (
  held: HeldOrder,
  keys: KeyReader,
  newestId: number,
  shouldStop: () => boolean,
): HeldOrder => {
  const fresh: NewRow[] = [];
  const empties: number[] = [];
  let { base } = held;
  let { length, filled } = base;
  let continues = mayContinue(held);
  let last = continues && filled > 0 ? keys.keyOf(length - 1) : null;
  const visit = (row: number, key: string | null): void => {
    if (continues) {
      continues = key === null ? filled === 0 : filled === length && (last === null || last <= key);
      if (continues) {
        length += 1;
        if (key !== null) filled += 1;
        last = key;
        return;
      }
    }
    if (key === null) empties.push(row);
    else fresh.push({ row, key });
  };
  keys.scan(throughOf(held), newestId, visit, shouldStop);
  throwIfStopped(shouldStop);
  if (length > base.length) base = identityBase(length, filled, base.fences);
  if (fresh.length === 0 && empties.length === 0) return { base, additions: held.additions };
  fresh.sort((a, b) => compareKeys(a.key, b.key));
  return { base, additions: addRows({ base, additions: held.additions }, fresh, empties, keys, shouldStop) };
};

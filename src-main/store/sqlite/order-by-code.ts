import type { CodeColumn, ColumnArrays } from './columns.ts';
import type { Dictionaries } from './dictionaries.ts';
import { compareKeys, sortKey } from './sort-key.ts';

/**
 * The entries 1 … n in the ascending order of one column: `rows` holds entry − 1; the first `filled` have a value and
 * the rest have none. Equal values follow by id. Entries without a value come last in both directions.
 */
export interface Order {
  readonly rows: Uint32Array;
  readonly filled: number;
}

/** Orders rows by small whole ranks in [1, ranks); rank 0 is «no value». One counting pass, stable. */
const orderByRank = (ranks: ArrayLike<number>, count: number, length: number): Order => {
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < length; i++) {
    const rank = ranks[i] as number;
    starts[rank] = (starts[rank] as number) + 1;
  }
  const empty = starts[0] as number;
  let place = 0;
  for (let rank = 1; rank <= count; rank++) {
    const size = starts[rank] as number;
    starts[rank] = place;
    place += size;
  }
  starts[0] = length - empty;
  const rows = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const rank = ranks[i] as number;
    const at = starts[rank] as number;
    rows[at] = i;
    starts[rank] = at + 1;
  }
  return { rows, filled: length - empty };
};

/** Ranks 1, 2, … for the distinct keys of a list, equal keys sharing one; index 0 keeps rank 0. */
const ranksOfKeys = (keys: readonly string[]): { readonly ranks: Uint32Array; readonly count: number } => {
  const order = keys.map((_, i) => i).slice(1);
  order.sort((a, b) => compareKeys(keys[a] as string, keys[b] as string));
  const ranks = new Uint32Array(keys.length);
  let rank = 0;
  let previous: string | undefined;
  for (const i of order) {
    if (keys[i] !== previous) rank += 1;
    previous = keys[i];
    ranks[i] = rank;
  }
  return { ranks, count: rank };
};

export const orderByCode = (
  arrays: ColumnArrays,
  column: CodeColumn,
  dictionaries: Dictionaries,
  length: number,
): Order => {
  const size = dictionaries.size(column);
  const keys = Array.from({ length: size }, (_, code) => sortKey(dictionaries.labelOf(column, code)));
  const { ranks, count } = ranksOfKeys(keys);
  const codes = arrays[column];
  const rowRanks = new Uint32Array(length);
  for (let i = 0; i < length; i++) rowRanks[i] = ranks[codes[i] as number] as number;
  return orderByRank(rowRanks, count, length);
};

export const orderByStatus = (arrays: ColumnArrays, length: number): Order =>
  orderByRank(arrays.status.subarray(0, length), 65_535, length);

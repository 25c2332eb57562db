import type { ChunkColumn, CodeColumn } from '#main/store/sqlite/columns/chunk.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import { compareKeys, sortKey } from '#main/store/sqlite/sort-key.ts';
import type { MatchSet } from './match-set.ts';

/** The place of each value of a column in the column's order: 1, 2, …, equal names sharing one; 0 is «none». */
export interface CodeRanks {
  /** The greatest rank. */
  readonly count: number;
  rankOf(value: number): number;
}

const rankNames = (names: readonly string[]): CodeRanks => {
  const keys = names.map(sortKey);
  const order = keys.map((_, code) => code).slice(1);
  order.sort((a, b) => compareKeys(keys[a] as string, keys[b] as string));
  const ranks = new Uint32Array(keys.length);
  let rank = 0;
  let previous: string | undefined;
  for (const code of order) {
    if (keys[code] !== previous) rank += 1;
    previous = keys[code];
    ranks[code] = rank;
  }
  return { count: rank, rankOf: (value) => ranks[value] ?? 0 };
};

const rankStatuses = (set: MatchSet): CodeRanks => {
  const present = new Set<number>();
  for (let chunk = 0; chunk < set.chunks; chunk++) {
    for (const value of set.columns(chunk).values('status').values) if (value !== 0) present.add(value);
  }
  const ranks = new Map([...present].sort((a, b) => a - b).map((value, place) => [value, place + 1]));
  return { count: ranks.size, rankOf: (value) => ranks.get(value) ?? 0 };
};

/** Ranks of a column's values, kept as long as the dictionary says the same. */
export const createCodeRanks = (dictionaries: Dictionaries) => {
  const kept = new Map<CodeColumn, { readonly names: readonly string[]; readonly ranks: CodeRanks }>();
  return (column: ChunkColumn, set: MatchSet): CodeRanks => {
    if (column === 'status') return rankStatuses(set);
    const names = Array.from({ length: dictionaries.size(column) }, (_, code) => dictionaries.labelOf(column, code));
    const known = kept.get(column);
    if (known && known.names.length === names.length && names.every((name, code) => name === known.names[code])) {
      return known.ranks;
    }
    const ranks = rankNames(names);
    kept.set(column, { names, ranks });
    return ranks;
  };
};

import { chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import type { Listing } from './listing.ts';

/** Entries whose texts are looked at before the index is asked, at most; of those that are in memory anyway, and of others. */
const mostLooksAtKept = 16_384;
const mostLooks = 4096;
/** So many are looked at before it is asked whether a page will be full in the end, and then each time as many. */
const looksAtOnce = 512;
/** How many entries have a word of which nothing is known, in parts of all. */
const unknownShare = 1 / 8;

/** What is known of the texts that are looked for. */
export interface SoughtTexts {
  /** At most how many entries have each of them; Infinity where nobody knows. */
  readonly frequencies: readonly number[];
  /** False when it is told at once that no entry of a chunk has them all. */
  readonly mayBeIn: (chunk: number) => boolean;
  /** True when the texts of an entry pass. */
  readonly passes: (row: number) => boolean;
  /** True when they are in memory. */
  readonly isKept: (row: number) => boolean;
}

/** True when a page is likely to be full after so many looks. */
const isFrequent = (count: number, { frequencies }: SoughtTexts, newestId: number, looks: number): boolean => {
  const share = frequencies.reduce(
    (product, frequency) => product * (Number.isFinite(frequency) ? Math.min(1, frequency / newestId) : unknownShare),
    1,
  );
  return count <= looks * share;
};

/**
 * The first `count` matches, looked for among the entries that pass by their columns; null when they are too rare. The
 * entries of `byColumns` are looked at as far as they pay: the more, the more of them are in memory.
 */
const findFirst = (
  count: number,
  byColumns: Listing,
  sought: SoughtTexts,
  newestId: number,
): readonly number[] | null => {
  const known = new Map<number, boolean>();
  const mayPass = (row: number): boolean => {
    const chunk = Math.floor(row / chunkRows);
    let may = known.get(chunk);
    if (may === undefined) {
      may = sought.mayBeIn(chunk);
      known.set(chunk, may);
    }
    return may;
  };
  const found: number[] = [];
  let most = mostLooksAtKept;
  for (let looked = 0; looked < most; looked += looksAtOnce) {
    const rows = byColumns.rows(looked, looksAtOnce);
    const [first = -1, last = -1] = [rows[0], rows.at(-1)];
    if (most > mostLooks && !(sought.isKept(first) && sought.isKept(last))) {
      most = mostLooks;
      if (looked === 0 && !isFrequent(count, sought, newestId, most)) return null;
    }
    for (const row of rows) {
      if (!mayPass(row) || !sought.passes(row)) continue;
      found.push(row);
      if (found.length === count) return found;
    }
    const likely = (found.length * most) / (looked + looksAtOnce);
    if (rows.length < looksAtOnce || likely < count) return null;
  }
  return null;
};

/**
 * A listing whose first page is looked for among the first entries in its order, without the index, where the words are
 * in so many entries that a few hundred looks fill it: as is quickest by far. `byColumns`: the same view without its
 * texts. Whatever else is asked makes the listing itself.
 */
export const beginWithGlance = (
  newestId: number,
  sought: SoughtTexts,
  byColumns: () => Listing,
  whole: () => Listing,
): Listing => {
  let made: Listing | null = null;
  let first: readonly number[] = [];
  let glanced = false;
  const listing = (): Listing => {
    made ??= whole();
    return made;
  };
  return {
    rows: (from, count) => {
      if (from === 0 && !glanced && !made) {
        glanced = true;
        if (isFrequent(count, sought, newestId, mostLooksAtKept)) {
          first = findFirst(count, byColumns(), sought, newestId) ?? [];
        }
      }
      return from + count <= first.length ? first.slice(from, from + count) : listing().rows(from, count);
    },
    found: () => {
      const found = made?.found() ?? { atLeast: 0, exact: false };
      return first.length > found.atLeast ? { atLeast: first.length, exact: false } : found;
    },
    positionOf: (row) => listing().positionOf(row),
    firstPosition: (passes, mayPass) => listing().firstPosition(passes, mayPass),
    prepare: () => made?.prepare() ?? false,
  };
};

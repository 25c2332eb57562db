import { type Chunk, type ChunkColumn, chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import {
  andInto,
  andNotInto,
  type ChunkBits,
  emptyBits,
  firstBits,
  fullBits,
  keepCodes,
  keepRange,
  markCodes,
  setBit,
  setRange,
} from './bitmap.ts';
import { type Interval, isInside } from './intervals.ts';
import type { Where } from './where.ts';

/** Values of a column that pass, as a test on what `ChunkValues.values` holds. */
export interface ColumnTest {
  readonly column: ChunkColumn;
  readonly passes: (value: number) => boolean;
}

export const columnTestsOf = (where: Where): readonly ColumnTest[] => [
  ...where.codes.map(({ column, allowed }): ColumnTest => ({ column, passes: (value) => allowed[value] === 1 })),
  ...where.statuses.map(
    ({ exclude, intervals }): ColumnTest => ({
      column: 'status',
      passes: (value) => (value !== 0 && isInside(intervals, value - 1)) !== exclude,
    }),
  ),
];

/** A test that some of a chunk's entries pass and some don't. */
interface TightTest {
  readonly column: ChunkColumn;
  /** 1 for each of the chunk's own codes that passes. */
  readonly allowed: Uint8Array;
  /** Entries of the whole chunk that pass. */
  readonly passing: number;
}

/** Which of a chunk's own codes pass, and how many of all its entries that makes. */
const allowedIn = (chunk: Chunk, test: ColumnTest): Pick<TightTest, 'allowed' | 'passing'> => {
  const { values, counts } = chunk.values(test.column);
  const allowed = new Uint8Array(values.length);
  let passing = 0;
  for (let place = 0; place < values.length; place++) {
    if (!test.passes(values[place] as number)) continue;
    allowed[place] = 1;
    passing += counts[place] as number;
  }
  return { allowed, passing };
};

/** Values whose entries are marked one by one; more of them are as soon found entry by entry. */
const fewMarked = 8;

/** The places of few codes that are, or are not, allowed; null when both are many. */
const fewPlaces = (allowed: Uint8Array): { readonly places: readonly number[]; readonly passing: boolean } | null => {
  let count = 0;
  for (let place = 0; place < allowed.length; place++) count += allowed[place] as number;
  const passing = count <= allowed.length - count;
  if ((passing ? count : allowed.length - count) > fewMarked) return null;
  const wanted = passing ? 1 : 0;
  const places: number[] = [];
  for (let place = allowed.indexOf(wanted); place >= 0; place = allowed.indexOf(wanted, place + 1)) places.push(place);
  return { places, passing };
};

/** Overwritten by the next call of either of the two below. */
const scratch = emptyBits();

/** The rows below `limit` whose code is allowed (1). */
export const allowedBits = (chunk: Chunk, column: ChunkColumn, allowed: Uint8Array, limit: number): ChunkBits => {
  const few = fewPlaces(allowed);
  const marked = few?.passing ? emptyBits() : scratch.fill(0);
  if (!few?.places.every((place) => chunk.mark(column, place, limit, marked))) {
    const bits = emptyBits();
    markCodes(bits, chunk.codes(column), allowed, limit);
    return bits;
  }
  if (few.passing) return marked;
  const bits = firstBits(limit);
  andNotInto(bits, marked);
  return bits;
};

/** Keeps the bits of the rows whose code is allowed (1). */
export const keepAllowed = (bits: ChunkBits, chunk: Chunk, column: ChunkColumn, allowed: Uint8Array): void => {
  const few = fewPlaces(allowed);
  const marked = scratch.fill(0);
  if (!few?.places.every((place) => chunk.mark(column, place, chunkRows, marked))) {
    keepCodes(bits, chunk.codes(column), allowed);
  } else if (few.passing) andInto(bits, marked);
  else andNotInto(bits, marked);
};

/** `[from, to)` of the rows of a chunk whose ids lie in an interval. */
const rowsOfIds = (chunk: Chunk, limit: number, ids: Interval): readonly [number, number] => {
  const first = chunk.number * chunkRows + 1;
  return [Math.max(0, ids.from - first), Math.max(0, Math.min(limit, ids.to - first + 1))];
};

const markTimes = (chunk: Chunk, limit: number, times: readonly Interval[]): ChunkBits => {
  const words = emptyBits();
  if (chunk.inOrder) {
    for (const { from, to } of times) {
      const start = from <= chunk.minTime ? 0 : chunk.rowsBefore(from);
      const end = Math.min(limit, to >= chunk.maxTime ? limit : chunk.rowsBefore(to + 1));
      setRange(words, start, end);
    }
    return words;
  }
  const all = chunk.times();
  for (let row = 0; row < limit; row++) if (isInside(times, all[row] as number)) setBit(words, row);
  return words;
};

export interface ChunkAnswer {
  /** The entries that pass. Not to be changed when `shared`. */
  readonly bits: ChunkBits;
  readonly shared: boolean;
}

const nothing: ChunkAnswer = { bits: emptyBits(), shared: true };
const everything: ChunkAnswer = { bits: fullBits, shared: true };

/** How the narrow columns decide about a chunk. `limit`: its entries that the view sees. */
export const filterChunk = (where: Where, tests: readonly ColumnTest[], chunk: Chunk, limit: number): ChunkAnswer => {
  const { times, ids } = where;
  if (where.never || limit <= 0) return nothing;
  const tight: TightTest[] = [];
  for (const test of tests) {
    const { allowed, passing } = allowedIn(chunk, test);
    if (passing === 0) return nothing;
    if (passing < chunk.rows) tight.push({ column: test.column, allowed, passing });
  }
  const timesTight = times !== null && !times.some(({ from, to }) => from <= chunk.minTime && to >= chunk.maxTime);
  if (timesTight && !times.some(({ from, to }) => from <= chunk.maxTime && to >= chunk.minTime)) return nothing;

  // The rarest first: whole words without any are then stepped over.
  tight.sort((a, b) => a.passing - b.passing);
  let bits: ChunkBits | null = timesTight ? markTimes(chunk, limit, times) : null;
  for (const { column, allowed } of tight) {
    if (bits) keepAllowed(bits, chunk, column, allowed);
    else bits = allowedBits(chunk, column, allowed, limit);
  }
  if (ids !== null) {
    const [only, ...more] = ids.map((interval) => rowsOfIds(chunk, limit, interval)).filter(([from, to]) => from < to);
    if (!only) return nothing;
    if (more.length > 0) {
      const inside = emptyBits();
      for (const [from, to] of [only, ...more]) setRange(inside, from, to);
      if (bits) andInto(bits, inside);
      else bits = inside;
    } else if (only[0] > 0 || only[1] < limit) {
      bits ??= firstBits(limit);
      keepRange(bits, only[0], only[1]);
    }
  }
  if (bits) return { bits, shared: false };
  return limit === chunkRows ? everything : { bits: firstBits(limit), shared: false };
};

/** How many of the passing entries of a chunk have each of its own codes of a column; at most so many unless `exact`. */
export interface ToldCounts {
  readonly counts: Uint32Array;
  readonly exact: boolean;
}

/** What a chunk's passing entries have in another column under one test; null when the chunk can't tell. */
const crossCounts = (chunk: Chunk, { column, allowed }: TightTest, of: ChunkColumn): Uint32Array | null => {
  const few = fewPlaces(allowed);
  const told = few && chunk.crossed(column, few.places, of);
  if (!told || few.passing) return told;
  return chunk.values(of).counts.map((count, place) => count - (told[place] as number));
};

/** What the columns say of a chunk without looking at its entries: nothing passes, or which tests are left to decide. */
const testsLeft = (
  where: Where,
  tests: readonly ColumnTest[],
  chunk: Chunk,
  limit: number,
): { readonly tight: readonly TightTest[]; readonly ranged: boolean } | null => {
  const { times, ids } = where;
  if (where.never || limit <= 0) return null;
  const tight: TightTest[] = [];
  for (const test of tests) {
    const { allowed, passing } = allowedIn(chunk, test);
    if (passing === 0) return null;
    if (passing < chunk.rows) tight.push({ column: test.column, allowed, passing });
  }
  let ranged = false;
  if (times !== null && !times.some(({ from, to }) => from <= chunk.minTime && to >= chunk.maxTime)) {
    if (!times.some(({ from, to }) => from <= chunk.maxTime && to >= chunk.minTime)) return null;
    ranged = true;
  }
  if (ids !== null) {
    const ranges = ids.map((interval) => rowsOfIds(chunk, limit, interval)).filter(([from, to]) => from < to);
    if (ranges.length === 0) return null;
    if (ranges.reduce((sum, [from, to]) => sum + to - from, 0) < limit) ranged = true;
  }
  return { tight, ranged };
};

/** `limit` is less than the chunk's entries where a view does not see the newest of them. */
export const tellCounts = (
  where: Where,
  tests: readonly ColumnTest[],
  chunk: Chunk,
  limit: number,
  column: ChunkColumn,
): ToldCounts => {
  const left = testsLeft(where, tests, chunk, limit);
  const all = chunk.values(column).counts;
  if (left === null) return { counts: new Uint32Array(all.length), exact: true };
  let exact = !left.ranged && limit === chunk.rows;
  if (left.tight.length === 0) return { counts: all, exact };
  const counts = all.slice();
  let crossed = 0;
  for (const test of left.tight) {
    if (test.column === column) {
      for (let place = 0; place < counts.length; place++) if (test.allowed[place] === 0) counts[place] = 0;
      continue;
    }
    crossed += 1;
    const told = crossCounts(chunk, test, column);
    if (told === null) exact = false;
    else
      for (let place = 0; place < counts.length; place++) {
        counts[place] = Math.min(counts[place] as number, told[place] as number);
      }
  }
  return { counts, exact: exact && crossed <= 1 };
};

/** How many entries of a chunk pass, told without looking at them; null when they have to be looked at. */
export const countChunk = (where: Where, tests: readonly ColumnTest[], chunk: Chunk, limit: number): number | null => {
  const left = testsLeft(where, tests, chunk, limit);
  if (left === null) return 0;
  const [first, ...more] = left.tight;
  if (left.ranged) return null;
  if (!first) return limit;
  if (limit < chunk.rows) return null;
  if (more.length === 0) return first.passing;
  const { counts, exact } = tellCounts(where, tests, chunk, limit, first.column);
  return exact ? counts.reduce((sum, count) => sum + count, 0) : null;
};

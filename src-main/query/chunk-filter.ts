import { type Chunk, type ChunkColumn, chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import {
  andInto,
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

/** Which of a chunk's own codes pass, and how many of all its entries that makes. */
const allowedIn = (chunk: Chunk, test: ColumnTest): { readonly allowed: Uint8Array; readonly passing: number } => {
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
  const tight: { readonly column: ChunkColumn; readonly allowed: Uint8Array; readonly passing: number }[] = [];
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
    if (bits) keepCodes(bits, chunk.codes(column), allowed);
    else {
      bits = emptyBits();
      markCodes(bits, chunk.codes(column), allowed, limit);
    }
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

/**
 * How many entries of a chunk pass, told from how often each value occurs; null when the entries have to be looked at.
 * `limit` is less than the chunk's entries where a view does not see the newest of them.
 */
export const countChunk = (where: Where, tests: readonly ColumnTest[], chunk: Chunk, limit: number): number | null => {
  const { times, ids } = where;
  if (where.never || limit <= 0) return 0;
  let passing = limit;
  let tight = 0;
  for (const test of tests) {
    const found = allowedIn(chunk, test).passing;
    if (found === 0) return 0;
    if (found === chunk.rows) continue;
    tight += 1;
    passing = found;
  }
  if (times !== null && !times.some(({ from, to }) => from <= chunk.minTime && to >= chunk.maxTime)) {
    if (!times.some(({ from, to }) => from <= chunk.maxTime && to >= chunk.minTime)) return 0;
    return null;
  }
  if (ids !== null) {
    const ranges = ids.map((interval) => rowsOfIds(chunk, limit, interval)).filter(([from, to]) => from < to);
    if (ranges.length === 0) return 0;
    if (ranges.reduce((sum, [from, to]) => sum + to - from, 0) < limit) return null;
  }
  if (tight === 0) return limit;
  return tight === 1 && limit === chunk.rows ? passing : null;
};

import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import type { Timeline, View } from '#shared/contract/view.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import { type ChunkBits, countBits, countRange, rowsOfBits } from './bitmap.ts';
import type { MatchSet } from './match-set.ts';
import { sampleOf } from './sample.ts';
import type { FrozenView, ViewEngine } from './view-engine.ts';

/** The earliest and the latest time of what a view may see. */
const spanOf = (set: MatchSet): readonly [number, number] => {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let number = 0; number < set.chunks; number++) {
    const chunk = set.columns(number);
    const limit = set.limit(number);
    if (limit === chunk.rows) {
      first = Math.min(first, chunk.minTime);
      last = Math.max(last, chunk.maxTime);
      continue;
    }
    const times = chunk.times();
    for (let row = 0; row < limit; row++) {
      first = Math.min(first, times[row] as number);
      last = Math.max(last, times[row] as number);
    }
  }
  return [first, last];
};

interface Asked {
  readonly view: View;
  readonly bars: number;
}

/** The match set of a timeline: the view's own periods do not narrow it. */
const setOf = (engine: ViewEngine, view: FrozenView): MatchSet =>
  engine.matchSet({ ...view, query: { clauses: view.query.clauses.filter((clause) => clause.kind !== 'time') } });

/** The bars of a set's span, and how to count into them. */
const barsOf = (set: MatchSet, most: number) => {
  const [first, last] = spanOf(set);
  const width = Math.max(1, Math.ceil((last - first + 1) / most));
  const bars = Math.ceil((last - first + 1) / width);
  const barOf = (time: number): number => Math.floor((time - first) / width);

  const countChunk = (counts: number[], number: number, bits: ChunkBits | null): void => {
    const chunk = set.columns(number);
    const add = (bar: number, count: number): void => {
      counts[bar] = (counts[bar] as number) + count;
    };
    // A chunk may hold entries that the view does not see, before or after its span.
    const fromBar = Math.max(0, barOf(chunk.minTime));
    const toBar = Math.min(bars - 1, barOf(chunk.maxTime));
    const limit = set.limit(number);
    if (fromBar === toBar) {
      add(fromBar, bits === null ? limit : countBits(bits));
      return;
    }
    if (chunk.inOrder) {
      let start = 0;
      for (let bar = fromBar; bar <= toBar && start < limit; bar++) {
        const end = bar === toBar ? limit : Math.min(limit, chunk.rowsBefore(first + (bar + 1) * width));
        add(bar, bits === null ? end - start : countRange(bits, start, end));
        start = end;
      }
      return;
    }
    const times = chunk.times();
    if (bits === null) {
      for (let row = 0; row < limit; row++) add(barOf(times[row] as number), 1);
      return;
    }
    const rows = rowsOfBits(bits);
    for (let i = 0; i < rows.length; i++) add(barOf(times[rows[i] as number] as number), 1);
  };

  return {
    bars,
    countChunk,
    told: (counts: readonly number[], exact: boolean): Timeline => ({
      starts: counts.map((_, bar) => isoOf(first + bar * width)),
      end: isoOf(first + bars * width),
      counts: [...counts],
      exact,
    }),
  };
};

/** Entries per bar over the whole span of the ledger; the view's own periods do not narrow it. */
export const makeTimeline = (engine: ViewEngine, asked: Asked, shouldStop: () => boolean): Timeline => {
  const view = engine.freeze(asked.view);
  if (view.newestId === 0) return { starts: [], end: view.now, counts: [], exact: true };
  const set = setOf(engine, view);
  const { bars, countChunk, told } = barsOf(set, asked.bars);
  const counts = new Array<number>(bars).fill(0);
  for (let number = 0; number < set.chunks; number++) {
    throwIfStopped(shouldStop);
    countChunk(counts, number, set.everything ? null : set.sure(number));
  }
  return told(counts, true);
};

/**
 * The same before anybody has looked at texts: as many matches in each chunk as in the nearest one of a sample, spread
 * over its time as all its entries are. Null where the exact figures are there as soon.
 */
export const estimateTimeline = (engine: ViewEngine, asked: Asked, shouldStop: () => boolean): Timeline | null => {
  const view = engine.freeze(asked.view);
  const set = setOf(engine, view);
  if (set.isSure() || set.chunks <= 1) return null;
  const { bars, countChunk, told } = barsOf(set, asked.bars);
  const sample = sampleOf(set.chunks);
  const shares = sample.map((number) => countBits(set.candidates(number)) / set.limit(number));
  const counts = new Array<number>(bars).fill(0);
  let nearest = 0;
  for (let number = 0; number < set.chunks; number++) {
    throwIfStopped(shouldStop);
    while (
      Math.abs((sample[nearest + 1] ?? Number.POSITIVE_INFINITY) - number) <=
      Math.abs((sample[nearest] as number) - number)
    ) {
      nearest += 1;
    }
    const bits = sample[nearest] === number ? set.candidates(number) : null;
    const inChunk = new Array<number>(bars).fill(0);
    countChunk(inChunk, number, bits);
    const share = bits ? 1 : (shares[nearest] as number);
    for (const [bar, entries] of inChunk.entries()) counts[bar] = (counts[bar] as number) + entries * share;
  }
  return told(counts.map(Math.round), false);
};

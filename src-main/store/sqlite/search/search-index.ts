import { fold } from '#shared/text/fold.ts';
import type { IndexFile } from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import { createCandidates } from './candidates.ts';
import { emptyFrequencies, type FrequencyTable, listFrequencies, readFrequencies } from './frequency-table.ts';
import { maskBelow, setRange } from './row-bits.ts';
import { searchFolder, segmentEnding } from './search-files.ts';
import { createSearchPlans } from './search-plan.ts';
import { segmentRows } from './segment-builder.ts';
import { createPositionReader } from './segment-file.ts';
import { openSegmentSet } from './segment-set.ts';
import { textNeedle } from './text-blocks.ts';

const chunkWords = segmentRows / 32;

/** One thread's view of the search index. Rows of a chunk are counted from its first, which is 0. */
export interface SearchIndex {
  /** Entries that the index covers, contiguous from 1. */
  through(): number;
  /**
   * Sets in `out` (the bitmap of chunk k) every row below `limitRows` of the chunk whose texts may contain `folded`; rows
   * that no segment covers are all set. False when there is none.
   */
  markCandidates(folded: string, chunk: number, limitRows: number, out: Uint32Array): boolean;
  /** False when the longer pieces of the word tell at once that no text of the chunk has it; dates are not asked. */
  mayBeIn(folded: string, chunk: number): boolean;
  /**
   * Clears from `bits` the rows of the chunk none of whose texts (dates included, dictionaries not) contains the word.
   * Returns the first row of the chunk that the index does not cover; rows from there on stay as they are.
   */
  settleChunk(chunk: number, word: string, ignoreAccents: boolean, bits: Uint32Array): number;
  /** At most so many of the entries 1 … `through` contain `folded`; Infinity when that can't be said cheaply. */
  frequency(folded: string): number;
  /** Looks whether there are other segments than before; everything else does so by itself. */
  refresh(): void;
  /** Reads from files so far: what an access path costs. */
  reads(): number;
  close(): void;
}

/** So many segments that the frequencies do not count yet are asked one by one. */
const mostUncounted = 80;
/** Shared by all threads: [0] entries covered, [1] changes whenever the set of segments does. */
export const createSearchState = (): SharedArrayBuffer => new SharedArrayBuffer(8);

/** Opens nothing yet. `eventIdOf`: of an entry, to notice segments of another ledger's past. */
export const openSearchIndex = (
  folder: string,
  sharedState: SharedArrayBuffer,
  eventIdOf: (id: number) => Buffer | null,
  shouldStop: () => boolean,
): SearchIndex => {
  const state = new Int32Array(sharedState);
  const reader = createPositionReader();
  const segments = openSegmentSet(folder, () => Atomics.load(state, 1), eventIdOf, reader);
  const { withSegment } = segments;
  let frequencies: FrequencyTable | null = null;
  let frequencyFile: string | null = null;
  let frequenciesKnown = false;
  const found = new Uint32Array(chunkWords);

  /** Null when there is none although there should be. */
  const table = (): FrequencyTable | null => {
    if (frequenciesKnown) return frequencies;
    frequenciesKnown = true;
    const [file] = listFrequencies(searchFolder(folder));
    if (file && file.path === frequencyFile && frequencies) return frequencies;
    frequencies = file ? readFrequencies(file, eventIdOf, reader) : null;
    frequencyFile = file?.path ?? null;
    if (!file && !segments.ofChunk(0)[0]?.path.endsWith(segmentEnding)) frequencies = emptyFrequencies();
    return frequencies;
  };

  const plans = createSearchPlans(table);
  const planOf = plans.of;
  const candidates = createCandidates(() => frequencies !== null);

  const refresh = (): void => {
    if (!segments.refresh()) return;
    frequenciesKnown = false;
    plans.forget();
  };

  const rowsIn = (file: IndexFile, chunk: number): readonly [from: number, to: number] => [
    file.first - 1 - chunk * segmentRows,
    file.last - chunk * segmentRows,
  ];

  /** The segment's part of the bitmap `found`. */
  const partOfFound = (from: number, to: number): Uint32Array => found.subarray(from >>> 5, Math.ceil(to / 32));

  return {
    through: () => {
      refresh();
      return segments.covered();
    },
    markCandidates: (folded, chunk, limitRows, out) => {
      refresh();
      throwIfStopped(shouldStop);
      if (folded === '') {
        setRange(out, 0, limitRows);
        return limitRows > 0;
      }
      const plan = planOf(folded);
      found.fill(0);
      let next = 0;
      for (const file of segments.ofChunk(chunk)) {
        const [from, to] = rowsIn(file, chunk);
        if (from >= limitRows) break;
        setRange(found, next, from);
        next = to;
        const part = partOfFound(from, to);
        const marked = withSegment(file, (segment) => {
          candidates.markRows(segment, plan, part);
          return true;
        });
        if (marked === null) setRange(found, from, to);
      }
      setRange(found, next, limitRows);
      const words = Math.min(out.length, Math.ceil(limitRows / 32));
      let any = 0;
      for (let w = 0; w < words; w++) {
        const marked = (found[w] as number) & maskBelow(w, limitRows);
        any |= marked;
        out[w] = (out[w] as number) | marked;
      }
      return any !== 0;
    },
    mayBeIn: (folded, chunk) => {
      refresh();
      if (folded === '') return true;
      const { grams, date } = planOf(folded);
      const files = segments.ofChunk(chunk);
      const last = files.at(-1)?.last ?? 0;
      // Entries behind the last segment are not told about.
      if (grams.length === 0 || date !== null || last < Math.min((chunk + 1) * segmentRows, segments.covered()))
        return true;
      return files.some((file) => withSegment(file, (segment) => segment.mayHold(grams)) ?? true);
    },
    settleChunk: (chunk, word, ignoreAccents, bits) => {
      refresh();
      const folded = fold(word, ignoreAccents);
      const plan = folded === '' ? null : planOf(folded);
      const needle = textNeedle(folded);
      const between = (): void => throwIfStopped(shouldStop);
      found.fill(0);
      let next = 0;
      for (const file of segments.ofChunk(chunk)) {
        const [from, to] = rowsIn(file, chunk);
        if (from !== next) break;
        const part = partOfFound(from, to);
        const asked = bits.subarray(from >>> 5, Math.ceil(to / 32)).some((word) => word !== 0);
        const settled = withSegment(file, (segment) => {
          between();
          if (!asked) return true;
          // Nothing to look for is in every date.
          if (!plan) part.fill(0xffffffff);
          else {
            const texts = candidates.texts(segment, plan);
            if (texts) {
              segment.keepContaining(texts, needle, ignoreAccents, between);
              segment.markRows(texts, part);
            }
            if (plan.date !== null) candidates.markDates(segment, plan.date, part);
          }
          return true;
        });
        if (settled === null) break;
        next = to;
      }
      const words = Math.min(bits.length, Math.ceil(next / 32));
      for (let w = 0; w < words; w++) {
        bits[w] = (bits[w] as number) & ((found[w] as number) | ~maskBelow(w, next));
      }
      return next;
    },
    frequency: (folded) => {
      refresh();
      const counts = table();
      const covered = segments.covered();
      if (folded === '' || !counts || counts.through > covered) return Number.POSITIVE_INFINITY;
      const plan = planOf(folded);
      const [rarest] = plan.terms;
      let bound = plan.date === null ? 0 : counts.ofDate(plan.date);
      if (rarest === undefined) bound += counts.ofRange(plan.range[0], folded.length === 1 ? 1 : 2);
      else bound += counts.ofTerm(rarest);
      const uncounted = segments.all().filter((file) => file.first > counts.through && file.last <= covered);
      if (uncounted.length > mostUncounted) return Number.POSITIVE_INFINITY;
      for (const file of uncounted) {
        bound += withSegment(file, (segment) => candidates.most(segment, plan)) ?? file.last - file.first + 1;
      }
      return Math.min(bound, covered);
    },
    refresh,
    reads: reader.reads,
    close: segments.close,
  };
};

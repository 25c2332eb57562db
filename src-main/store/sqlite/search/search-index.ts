import { statSync } from 'node:fs';
import { fold } from '#shared/text/fold.ts';
import type { IndexFile } from '../index-folder.ts';
import { Kept } from '../kept.ts';
import { throwIfStopped } from '../stop.ts';
import { emptyFrequencies, type FrequencyTable, listFrequencies, readFrequencies } from './frequency-table.ts';
import { chunkOf, listSegments, searchFolder, segmentEnding } from './search-files.ts';
import { createSearchPlans, type SearchPlan } from './search-plan.ts';
import { segmentRows } from './segment-builder.ts';
import { createPositionReader, DamagedSegment, openSegment, type Segment, type TermPlace } from './segment-file.ts';
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

/** Terms that are looked up in a segment: with the frequencies known, the rarest are the first. */
const lookedUp = 3;
const lookedUpBlindly = 8;
/** More of them are intersected only while more texts than this are left. */
const fewTexts = 4;
/** Segments that are kept open; each holds a file and some kilobytes. */
const mostOpen = 512;
/** So many segments that the frequencies do not count yet are asked one by one. */
const mostUncounted = 80;
/** Bitmaps of dates that are kept, of 8 KB each. */
const keptDates = 8;

const bitsOf = (words: Uint32Array): number => {
  let bits = 0;
  for (let i = 0; i < words.length; i++) {
    for (let word = words[i] as number; word !== 0; word &= word - 1) bits += 1;
  }
  return bits;
};

/** Sets the bits `from … to - 1`. */
const setRange = (words: Uint32Array, from: number, to: number): void => {
  for (let row = from; row < to; ) {
    if ((row & 31) === 0 && row + 32 <= to) {
      words[row >>> 5] = 0xffffffff;
      row += 32;
    } else {
      words[row >>> 5] = (words[row >>> 5] as number) | (1 << (row & 31));
      row += 1;
    }
  }
};

/** The bits of the rows below `limit` in word `w`. */
const maskBelow = (w: number, limit: number): number => {
  const rest = limit - w * 32;
  return rest >= 32 ? 0xffffffff : rest <= 0 ? 0 : 2 ** rest - 1;
};

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
  let generation = -1;
  let filesOf = new Map<number, readonly IndexFile[]>();
  let covered = 0;
  /** The newest last. `null`: damaged, foreign or gone, until the set of segments changes. */
  const opened = new Map<string, Segment | null>();
  let frequencies: FrequencyTable | null = null;
  let frequencyFile: string | null = null;
  let frequenciesKnown = false;
  const found = new Uint32Array(chunkWords);
  let textScratch = new Uint32Array(4096);
  let otherScratch = new Uint32Array(4096);

  /** The files that cover a chunk together, a longer one before the shorter ones in it. */
  const withoutOverlaps = (files: readonly IndexFile[]): readonly IndexFile[] => {
    const chosen: IndexFile[] = [];
    for (const file of files) if (file.first > (chosen.at(-1)?.last ?? 0)) chosen.push(file);
    return chosen;
  };

  const isBad = (file: IndexFile): boolean => opened.get(file.path) === null;

  const countCovered = (): void => {
    covered = 0;
    for (let chunk = 0; ; chunk++) {
      for (const file of filesOf.get(chunk) ?? []) {
        if (file.first !== covered + 1 || isBad(file)) return;
        covered = file.last;
      }
      if (covered < (chunk + 1) * segmentRows) return;
    }
  };

  const refresh = (): void => {
    const current = Atomics.load(state, 1);
    if (current === generation) return;
    const files = listSegments(folder);
    filesOf = new Map(
      [...Map.groupBy(files, (file) => chunkOf(file.first))].map(([chunk, some]) => [chunk, withoutOverlaps(some)]),
    );
    const names = new Set(files.map((file) => file.path));
    for (const [name, segment] of opened) {
      const inode = names.has(name) ? statSync(name, { bigint: true, throwIfNoEntry: false })?.ino : undefined;
      if (segment !== null && segment.inode === inode) continue;
      segment?.close();
      opened.delete(name);
    }
    frequenciesKnown = false;
    plans.forget();
    generation = current;
    countCovered();
  };

  const giveUp = (file: IndexFile): void => {
    opened.get(file.path)?.close();
    // What it covers counts as not indexed: it is scanned, and the indexer makes it again.
    opened.set(file.path, null);
    countCovered();
  };

  const segmentOf = (file: IndexFile): Segment | null => {
    const known = opened.get(file.path);
    if (known !== undefined) return known;
    const segment = openSegment(file, false, reader);
    if (!segment || !eventIdOf(file.last)?.equals(segment.mark)) {
      segment?.close();
      giveUp(file);
      return null;
    }
    if (opened.size >= mostOpen) {
      for (const [name, other] of opened) {
        if (!other) continue;
        other.close();
        opened.delete(name);
        break;
      }
    }
    opened.set(file.path, segment);
    return segment;
  };

  /** What `use` answers, or null when the file turns out to be no sound segment. */
  const withSegment = <Answer>(file: IndexFile, use: (segment: Segment) => Answer): Answer | null => {
    const segment = segmentOf(file);
    if (!segment) return null;
    try {
      return use(segment);
    } catch (error) {
      if (!(error instanceof DamagedSegment)) throw error;
      giveUp(file);
      return null;
    }
  };

  /** Null when there is none although there should be. */
  const table = (): FrequencyTable | null => {
    if (frequenciesKnown) return frequencies;
    frequenciesKnown = true;
    const [file] = listFrequencies(searchFolder(folder));
    if (file && file.path === frequencyFile && frequencies) return frequencies;
    frequencies = file ? readFrequencies(file, eventIdOf, reader) : null;
    frequencyFile = file?.path ?? null;
    if (!file && !filesOf.get(0)?.[0]?.path.endsWith(segmentEnding)) frequencies = emptyFrequencies();
    return frequencies;
  };

  const plans = createSearchPlans(table);
  const planOf = plans.of;

  const placesOf = (segment: Segment, { terms, nowhere }: SearchPlan): TermPlace[] | null => {
    if (segment.first <= nowhere) return null;
    const places: TermPlace[] = [];
    for (const term of terms.slice(0, frequencies ? lookedUp : lookedUpBlindly)) {
      const place = segment.find(term);
      if (!place) return null;
      places.push(place);
    }
    return places.sort((a, b) => a.rows - b.rows);
  };

  /** The texts of a segment that may contain the word; null when there are none. Valid until the next call. */
  const candidateTexts = (segment: Segment, plan: SearchPlan): Uint32Array | null => {
    if (segment.first <= plan.nowhere || !segment.mayHold(plan.grams)) return null;
    const words = Math.ceil(segment.texts / 32);
    if (textScratch.length < words) {
      textScratch = new Uint32Array(words * 2);
      otherScratch = new Uint32Array(words * 2);
    }
    const texts = textScratch.subarray(0, words);
    const other = otherScratch.subarray(0, words);
    if (plan.terms.length === 0) {
      texts.fill(0);
      segment.markTextsBetween(plan.range[0], plan.range[1], texts);
      return texts;
    }
    const places = placesOf(segment, plan);
    const [rarest] = places ?? [];
    if (!places || !rarest) return null;
    texts.fill(0);
    segment.markTexts(rarest, texts);
    let left = bitsOf(texts);
    const intersect = (place: TermPlace): void => {
      other.fill(0);
      segment.markTexts(place, other);
      for (let w = 0; w < words; w++) texts[w] = (texts[w] as number) & (other[w] as number);
      left = bitsOf(texts);
    };
    for (let i = 1; i < places.length && left > fewTexts; i++) intersect(places[i] as TermPlace);
    for (let i = places.length; i < plan.terms.length && left > fewTexts; i++) {
      const place = segment.find(plan.terms[i] as number);
      if (!place) return null;
      intersect(place);
    }
    return left === 0 ? null : texts;
  };

  const rowsIn = (file: IndexFile, chunk: number): readonly [from: number, to: number] => [
    file.first - 1 - chunk * segmentRows,
    file.last - chunk * segmentRows,
  ];

  /** Which entries of a segment have a word in their date: asked for candidates, and again when these are settled. */
  const dated = new Kept<Uint32Array>(keptDates);
  const markDates = (segment: Segment, needle: string, rows: Uint32Array): void => {
    const found = dated.get(`${segment.inode} ${segment.first} ${needle}`, () => {
      const marked = new Uint32Array(Math.ceil(segment.rows / 32));
      segment.markDates(needle, marked);
      return marked;
    });
    for (let w = 0; w < found.length; w++) rows[w] = (rows[w] as number) | (found[w] as number);
  };

  const candidateRows = (segment: Segment, plan: SearchPlan, rows: Uint32Array): void => {
    const texts = candidateTexts(segment, plan);
    if (texts) segment.markRows(texts, rows);
    if (plan.date !== null) markDates(segment, plan.date, rows);
  };

  /** The segment's part of the bitmap `found`. */
  const partOfFound = (from: number, to: number): Uint32Array => found.subarray(from >>> 5, Math.ceil(to / 32));

  const boundInSegment = (segment: Segment, plan: SearchPlan): number => {
    const dates = plan.date === null ? 0 : segment.rows;
    const texts = plan.terms.length === 0 ? segment.rows : (placesOf(segment, plan)?.[0]?.rows ?? 0);
    return Math.min(segment.rows, dates + texts);
  };

  return {
    through: () => {
      refresh();
      return covered;
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
      for (const file of filesOf.get(chunk) ?? []) {
        const [from, to] = rowsIn(file, chunk);
        if (from >= limitRows) break;
        setRange(found, next, from);
        next = to;
        const part = partOfFound(from, to);
        const marked = withSegment(file, (segment) => {
          candidateRows(segment, plan, part);
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
      const files = filesOf.get(chunk) ?? [];
      const last = files.at(-1)?.last ?? 0;
      // Entries behind the last segment are not told about.
      if (grams.length === 0 || date !== null || last < Math.min((chunk + 1) * segmentRows, covered)) return true;
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
      for (const file of filesOf.get(chunk) ?? []) {
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
            const texts = candidateTexts(segment, plan);
            if (texts) {
              segment.keepContaining(texts, needle, ignoreAccents, between);
              segment.markRows(texts, part);
            }
            if (plan.date !== null) markDates(segment, plan.date, part);
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
      if (folded === '' || !counts || counts.through > covered) return Number.POSITIVE_INFINITY;
      const plan = planOf(folded);
      const [rarest] = plan.terms;
      let bound = plan.date === null ? 0 : counts.ofDate(plan.date);
      if (rarest === undefined) bound += counts.ofRange(plan.range[0], folded.length === 1 ? 1 : 2);
      else bound += counts.ofTerm(rarest);
      const uncounted = [...filesOf.values()]
        .flat()
        .filter((file) => file.first > counts.through && file.last <= covered);
      if (uncounted.length > mostUncounted) return Number.POSITIVE_INFINITY;
      for (const file of uncounted) {
        bound += withSegment(file, (segment) => boundInSegment(segment, plan)) ?? file.last - file.first + 1;
      }
      return Math.min(bound, covered);
    },
    refresh,
    reads: reader.reads,
    close: () => {
      for (const segment of opened.values()) segment?.close();
      opened.clear();
    },
  };
};

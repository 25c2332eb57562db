import { statSync } from 'node:fs';
import path from 'node:path';
import { coveringFiles, type IndexFile, listIndexFiles, sortIndexFiles } from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import { openSegment, placesBetween, type Segment } from './segment-file.ts';
import { termRange, termsOf } from './terms.ts';

/** A full segment, and a short one that a full one replaces later. */
export const segmentEnding = 'seg';
export const partEnding = 'part';
export const searchFolder = (folder: string): string => path.join(folder, 'search');
export const listSegments = (folder: string): readonly IndexFile[] =>
  sortIndexFiles([
    ...listIndexFiles(searchFolder(folder), segmentEnding),
    ...listIndexFiles(searchFolder(folder), partEnding),
  ]);

/** Terms that are intersected in any case, rarest first; more only while more than `rareEnough` candidates are left. */
const rarestTerms = 2;
/** So few candidates of a segment are read sooner than another term excludes any of them. */
const rareEnough = 8;

const bitsOf = (words: Uint32Array): number => {
  let bits = 0;
  for (let i = 0; i < words.length; i++) {
    for (let word = words[i] as number; word !== 0; word &= word - 1) bits += 1;
  }
  return bits;
};

/** Shared by all threads: [0] entries covered, [1] changes whenever the set of segments does. */
export const createSearchState = (): SharedArrayBuffer => new SharedArrayBuffer(8);

/** One thread's view of the search index. `eventIdOf`: of an entry, to notice segments of another ledger's past. */
export const openSearchIndex = (
  folder: string,
  sharedState: SharedArrayBuffer,
  eventIdOf: (id: number) => Buffer | null,
  shouldStop: () => boolean,
) => {
  const state = new Int32Array(sharedState);
  let segments: Segment[] = [];
  let paths: string[] = [];
  let generation = -1;
  const scratch = new Uint32Array(2048);

  const openOwn = (file: IndexFile): Segment | null => {
    const segment = openSegment(file, false);
    if (segment === null || eventIdOf(file.last)?.equals(segment.mark)) return segment;
    segment.close();
    return null;
  };

  const refresh = (): void => {
    const current = Atomics.load(state, 1);
    if (current === generation) return;
    const files = coveringFiles(listSegments(folder));
    const kept = new Map(paths.map((name, i) => [name, segments[i]]));
    const opened: Segment[] = [];
    const names: string[] = [];
    for (const file of files) {
      const known = kept.get(file.path);
      const same = known?.inode === statSync(file.path, { bigint: true, throwIfNoEntry: false })?.ino;
      const segment = (same && known) || openOwn(file);
      if (same) kept.delete(file.path);
      // What follows a damaged file counts as not indexed: it is scanned, and the indexer makes it again.
      if (!segment) break;
      opened.push(segment);
      names.push(file.path);
    }
    for (const segment of kept.values()) segment?.close();
    segments = opened;
    paths = names;
    generation = current;
  };

  const markLong = (segment: Segment, terms: readonly number[], out: Uint32Array): void => {
    const places: number[] = [];
    for (const term of terms) {
      const place = segment.find(term);
      if (place < 0) return;
      places.push(place);
    }
    places.sort((a, b) => (segment.counts[a] as number) - (segment.counts[b] as number));
    segment.setBits(places[0] as number, out);
    let left = segment.counts[places[0] as number] as number;
    for (let i = 1; i < places.length && left > rareEnough; i++) {
      const words = scratch.subarray(0, out.length).fill(0);
      segment.setBits(places[i] as number, words);
      for (let w = 0; w < words.length; w++) out[w] = (out[w] as number) & (words[w] as number);
      if (i >= rarestTerms) left = bitsOf(out);
    }
  };

  const markShort = (segment: Segment, folded: string, out: Uint32Array): void => {
    const [low, high] = termRange(folded);
    const [from, to] = placesBetween(segment, low, high);
    let postings = 0;
    for (let place = from; place < to; place++) postings += segment.counts[place] as number;
    // Frequent anyway: every entry is a candidate, and the newest ones are soon found by looking.
    if (postings * 2 > segment.rows) {
      out.fill(0xffffffff);
      return;
    }
    for (let place = from; place < to; place++) segment.setBits(place, out);
  };

  return {
    /** Entries that the index covers. */
    through: (): number => {
      refresh();
      const newest = segments.at(-1);
      return newest ? newest.first + newest.rows - 1 : 0;
    },
    /**
     * Sets the bits (bit 0 is entry 1) of all entries up to `newestId` whose texts may contain `folded`; the entries
     * that the index does not cover are all set. `words` must be zero.
     */
    refresh,
    settleChunk: (_chunk: number, _word: string, _ignore: boolean, _bits: Uint32Array): number => 0,
    frequency: (_folded: string): number => Number.POSITIVE_INFINITY,
    markCandidates: (folded: string, chunk: number, limit: number, out: Uint32Array): void => {
      refresh();
      const newestId = chunk * 65_536 + limit;
      const words = new Uint32Array((chunk + 1) * 2048);
      const terms = folded.length >= 3 ? termsOf(folded) : [];
      let covered = 0;
      for (const segment of segments) {
        if (covered >= newestId) break;
        throwIfStopped(shouldStop);
        const start = (segment.first - 1) >>> 5;
        const needed = Math.ceil(segment.rows / 32);
        const room = words.subarray(start, Math.min(words.length, start + needed));
        // A view that is frozen inside a segment takes the part that it has room for.
        const out = room.length === needed ? room : new Uint32Array(needed);
        if (terms.length > 0) markLong(segment, terms, out);
        else markShort(segment, folded, out);
        if (out !== room) room.set(out.subarray(0, room.length));
        covered = segment.first + segment.rows - 1;
      }
      for (let id = covered + 1; id <= newestId; id++) {
        const bit = id - 1;
        words[bit >>> 5] = (words[bit >>> 5] as number) | (1 << (bit & 31));
      }
      for (let w = 0; w < 2048; w++) out[w] = (out[w] as number) | (words[chunk * 2048 + w] as number);
    },
    close: (): void => {
      for (const segment of segments) segment.close();
      segments = [];
    },
  };
};
export type SearchIndex = ReturnType<typeof openSearchIndex>;

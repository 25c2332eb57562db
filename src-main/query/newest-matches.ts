import { chunkRows, chunkWords } from '#main/store/sqlite/columns/chunk.ts';
import { type ChunkBits, ledgerRows } from './bitmap.ts';

/** Texts that are looked at one by one before the index is asked, at most, and in how many chunks. */
const mostLooks = 4096;
const mostChunks = 2;
/** Looks that are lost at most where a word turns out to be rarer than its pieces. */
const spareLooks = 256;
/** How many entries have a word of which nothing is known, in parts of all. */
const unknownShare = 1 / 8;
const wordsAtOnce = 8;

export interface NewestSources {
  readonly newestId: number;
  readonly chunks: number;
  /** At most how many entries have each of the texts; Infinity where nobody knows. */
  readonly frequencies: readonly number[];
  /** False when it is told at once that no entry of a chunk matches. */
  readonly mayBeIn: (chunk: number) => boolean;
  /** The entries of a chunk that pass by their columns. Not to be changed. */
  readonly byColumns: (chunk: number) => ChunkBits;
  /** True when the texts of an entry that passes by its columns pass too. */
  readonly passes: (row: number) => boolean;
}

/**
 * The rows of the newest `count` matches, newest first, found by looking at the newest entries in turn, as is quickest
 * where the words are in many of them; null where they are too rare for that, or turn out to be.
 */
export const findNewest = (count: number, sources: NewestSources): Uint32Array | null => {
  const { newestId, chunks, frequencies, mayBeIn, byColumns, passes } = sources;
  const share = frequencies.reduce(
    (product, frequency) => product * (Number.isFinite(frequency) ? Math.min(1, frequency / newestId) : unknownShare),
    1,
  );
  const looks = Math.min(mostLooks, (2 * count) / share + spareLooks);
  if (!(count / share <= mostLooks)) return null;
  const found = new Uint32Array(count);
  let filled = 0;
  let looked = 0;
  for (let chunk = chunks - 1; chunk >= Math.max(0, chunks - mostChunks); chunk--) {
    if (!mayBeIn(chunk)) continue;
    const bits = byColumns(chunk);
    for (let word = chunkWords - wordsAtOnce; word >= 0; word -= wordsAtOnce) {
      for (const row of ledgerRows(bits, chunk * chunkRows, true, word, word + wordsAtOnce)) {
        if (looked++ >= looks) return null;
        if (!passes(row)) continue;
        found[filled++] = row;
        if (filled === count) return found;
      }
    }
  }
  return null;
};

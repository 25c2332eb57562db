import { type Chunk, type ChunkColumn, chunkRows, chunksOf, chunkWords } from '#main/store/sqlite/columns/chunk.ts';
import type { SearchedEntry } from '#main/store/sqlite/search/texts-together.ts';
import type { SettledAnswer } from '#main/store/sqlite/settled-matches.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import {
  andInto,
  andNotInto,
  type ChunkBits,
  clearBit,
  copyBits,
  countBits,
  giveBack,
  hasBit,
  keepRows,
} from './bitmap.ts';
import { columnTestsOf, countChunk, type ToldCounts, tellCounts } from './chunk-filter.ts';
import { type ChunkMatches, createChunkFinder, giveBackMatches, noBits, settledMatches } from './chunk-matches.ts';
import type { SoughtTexts } from './glance.ts';
import type { TextMatch } from './text-match.ts';
import type { Where } from './where.ts';

/**
 * The entries 1 … newestId that match, found chunk by chunk as somebody looks: the columns of a chunk decide at once, its
 * texts entry by entry, or all together where many are asked for. The rows of all methods are the whole ledger's
 * (entry − 1), those of a bitmap are its chunk's.
 */
export interface MatchSet {
  readonly newestId: number;
  readonly chunks: number;
  /** True when every entry matches. */
  readonly everything: boolean;
  /** True when no text has to be looked at. */
  readonly byColumns: boolean;
  /**
   * True when all candidates match: the columns decide, or some thread has looked at all texts. Once so, always so.
   * Where columns and few texts decide, these are looked at.
   */
  isSure(): boolean;
  /** The entries of a chunk that may match; all that do are among them. Not to be changed. */
  candidates(chunk: number): ChunkBits;
  /** True when it is known, without a look at single entries, that none of a chunk matches. */
  nothingIn(chunk: number): boolean;
  /** Entries of a chunk that the view sees. */
  limit(chunk: number): number;
  /** The chunk's columns. */
  columns(chunk: number): Chunk;
  /** True when an entry matches; looks at its texts if need be. */
  has(row: number): boolean;
  /** The texts that are looked for, of entries that pass by their columns; null when no text has to be looked at. */
  readonly sought: SoughtTexts | null;
  /** Looks at the texts of the candidates in the words `[from, to)` of a chunk, and answers the bitmap, sure in these. */
  sure(chunk: number, from?: number, to?: number): ChunkBits;
  /** True when the columns can say exactly how many matches have each value of one of them, in most chunks. */
  tells(column: ChunkColumn): boolean;
  /** What the columns say of a chunk's matches by the values of one of them, without looking at single entries. */
  told(chunk: number, column: ChunkColumn): ToldCounts;
  /** Matches in a chunk, without looking at single entries where the columns say it. */
  countIn(chunk: number): number;
  /** True when the number of matches is known or told by the columns without looking at each entry. */
  counted(): boolean;
  /** The number of matches; `onProgress` gets the number of sure ones so far. Settles all chunks, the newest first. */
  count(onProgress?: (atLeast: number) => void): number;
  /** All candidates in one bitmap, the chunks one after the other. Not to be changed. */
  allCandidates(): Uint32Array;
  /** Gives its memory to others: whoever uses it afterwards gets an error. */
  release(): void;
}

/** So many texts of a chunk are read one by one before those that are kept for searching are looked through. */
const fewReads = 512;
/** Where few entries of a chunk are left to look at, so few texts are read one by one. */
const fewSingles = 8;
const fewPending = 2048;
/** Words of a bitmap whose texts are looked at between two reports. */
const wordsAtOnce = 128;
/** Chunks whose counting by columns nobody has to wait for. */
const fewChunks = 16;
/** The few that nobody uses any more; each is a megabyte for ten million entries. */
const spareFlats: Uint32Array[] = [];
const mostFlats = 4;

const takeFlat = (words: number): Uint32Array => {
  const spare = spareFlats.pop();
  return spare?.length === words ? spare : new Uint32Array(words);
};

export interface MatchSources {
  readonly columns: (chunk: number) => Chunk;
  readonly searchedOf: (row: number) => SearchedEntry;
  /** True when that is in memory. */
  readonly isKept: (row: number) => boolean;
  readonly matchOf: (test: Where['texts'][number]) => TextMatch;
  /** What another thread has found out about the same question. */
  readonly settled: SettledAnswer;
  readonly shouldStop: () => boolean;
}

export const createMatchSet = (where: Where, newestId: number, sources: MatchSources): MatchSet => {
  const { columns, searchedOf, shouldStop } = sources;
  const tests = columnTestsOf(where);
  const texts = where.texts.map(sources.matchOf);
  // The rarest first: after it, most chunks have nothing left that the others could narrow.
  const rarestFirst = texts
    .filter((text) => !text.exclude)
    .map((text) => ({ text, frequency: text.frequency() }))
    .sort((a, b) => (a.frequency === b.frequency ? 0 : a.frequency < b.frequency ? -1 : 1));
  const including = rarestFirst.map(({ text }) => text);
  const excluding = texts.filter((text) => text.exclude);
  const chunks = chunksOf(newestId);
  const byColumns = texts.length === 0;
  const everything = byColumns && !where.never && tests.length === 0 && where.times === null && where.ids === null;
  const known = new Array<ChunkMatches | undefined>(chunks);
  let total: number | null = everything ? newestId : null;

  const limit = (chunk: number): number => Math.min(chunkRows, newestId - chunk * chunkRows);

  const findChunk = createChunkFinder({ where, tests, including, excluding, columns, limit });
  const find = (number: number): ChunkMatches => {
    throwIfStopped(shouldStop);
    const settled = byColumns ? null : sources.settled.chunk(number);
    if (settled) return settledMatches(settled);
    return findChunk(number);
  };

  /** What another thread has settled, for all chunks at once. */
  let sureOfAll = byColumns;
  const isSure = (): boolean => {
    if (sureOfAll) return true;
    if (texts.every((text) => text.byColumns)) {
      for (let chunk = 0; chunk < chunks; chunk++) sure(chunk);
      sureOfAll = true;
      return true;
    }
    const all: ChunkBits[] = [];
    for (let chunk = 0; chunk < chunks; chunk++) {
      const bits = sources.settled.chunk(chunk);
      if (!bits) return false;
      all.push(bits);
    }
    for (const [chunk, bits] of all.entries()) known[chunk] = settledMatches(bits);
    sureOfAll = true;
    return true;
  };

  let released = false;
  const at = (chunk: number): ChunkMatches => {
    if (released) throw new Error('a match set is used after its release');
    let found = known[chunk];
    if (!found) {
      found = find(chunk);
      known[chunk] = found;
    }
    return found;
  };

  /** True when the entry passes every test of texts but those that `mayBeRefused` leaves out, by their number. */
  const passes = (chunk: Chunk, row: number, mayBeRefused: (excluded: number) => boolean): boolean => {
    const cells = searchedOf(chunk.number * chunkRows + row);
    return (
      including.every((text) => text.named(chunk, row) || text.passes(cells)) &&
      excluding.every((text, i) => !mayBeRefused(i) || !(text.named(chunk, row) || text.passes(cells)))
    );
  };
  const passesHere = (matches: ChunkMatches, chunk: Chunk, row: number): boolean =>
    passes(chunk, row, (excluded) => hasBit(matches.refused[excluded] as ChunkBits, row));

  const look = (matches: ChunkMatches, number: number, from: number, to: number): void => {
    const { pending, bits } = matches;
    if (pending === null) return;
    const chunk = columns(number);
    let looked = 0;
    keepRows(
      pending,
      (row) => {
        if ((++looked & 127) === 0) throwIfStopped(shouldStop);
        matches.reads += 1;
        if (!passesHere(matches, chunk, row)) clearBit(bits, row);
        return false;
      },
      from,
      to,
    );
  };

  /** Decides about the pending entries of a chunk by the kept texts, as far as they go. */
  const narrow = (matches: ChunkMatches, number: number): void => {
    const { pending, bits } = matches;
    if (pending === null) return;
    const chunk = columns(number);
    const passed = copyBits(pending);
    let decided = limit(number);
    const settled = (text: TextMatch, hits: ChunkBits): ChunkBits => {
      throwIfStopped(shouldStop);
      decided = Math.min(decided, text.settle(number, hits));
      return hits;
    };
    for (const text of including) {
      const hits = settled(text, copyBits(passed));
      if (decided === 0) break;
      text.markSure(chunk, limit(number), hits);
      andInto(passed, hits);
      giveBack(hits);
    }
    for (const [i, text] of excluding.entries()) {
      const hits = copyBits(passed);
      andInto(hits, matches.refused[i] as ChunkBits);
      andNotInto(passed, settled(text, hits));
      giveBack(hits);
    }
    matches.narrowed = true;
    for (let word = 0; word < decided >>> 5; word++) {
      bits[word] = (bits[word] as number) & ~((pending[word] as number) & ~(passed[word] as number));
      pending[word] = 0;
    }
    giveBack(passed);
  };

  const isWorthNarrowing = ({ reads }: ChunkMatches, pending: ChunkBits, from: number, to: number): boolean => {
    const wanted = countBits(pending, from, to);
    return reads + wanted > fewReads || (wanted > fewSingles && countBits(pending) <= fewPending);
  };

  const sure = (number: number, from = 0, to = chunkWords): ChunkBits => {
    const matches = at(number);
    if (matches.pending === null) return matches.bits;
    if (matches.reads === 0) {
      const settled = sources.settled.chunk(number);
      if (settled) {
        matches.bits.set(settled);
        matches.pending = null;
        return matches.bits;
      }
    }
    if (!matches.narrowed && isWorthNarrowing(matches, matches.pending, from, to)) {
      // A stop in between leaves what is known as it was, and the next one tries again.
      narrow(matches, number);
    }
    look(matches, number, from, to);
    if (to - from === chunkWords) matches.pending = null;
    return matches.bits;
  };

  const countIn = (number: number): number => {
    const matches = known[number];
    if (matches?.count != null) return matches.count;
    if (byColumns && !matches) {
      const told = countChunk(where, tests, columns(number), limit(number));
      if (told !== null) return told;
    }
    const count = countBits(sure(number));
    at(number).count = count;
    return count;
  };

  let flat: Uint32Array | null = null;
  let seen: Chunk | null = null;
  /** The chunk of a row: nearly always that of the row before. */
  const chunkOf = (row: number): Chunk => {
    const number = Math.floor(row / chunkRows);
    if (seen?.number !== number) seen = columns(number);
    return seen;
  };

  return {
    newestId,
    chunks,
    everything,
    byColumns,
    allCandidates: () => {
      if (flat) return flat;
      flat = takeFlat(chunks * chunkWords);
      for (let chunk = 0; chunk < chunks; chunk++) flat.set(at(chunk).bits, chunk * chunkWords);
      return flat;
    },
    release: () => {
      if (released) return;
      released = true;
      for (const matches of known) if (matches) giveBackMatches(matches);
      known.length = 0;
      if (flat && spareFlats.length < mostFlats) spareFlats.push(flat);
    },
    isSure,
    candidates: (chunk) => at(chunk).bits,
    nothingIn: (chunk) => at(chunk).bits === noBits,
    limit,
    columns,
    has: (row) => {
      if (row < 0 || row >= newestId) return false;
      if (everything) return true;
      const number = Math.floor(row / chunkRows);
      const matches = at(number);
      const place = row - number * chunkRows;
      if (!hasBit(matches.bits, place)) return false;
      if (matches.pending === null || !hasBit(matches.pending, place)) return true;
      if (!matches.narrowed && matches.reads >= fewReads) narrow(matches, number);
      if (hasBit(matches.pending, place)) {
        matches.reads += 1;
        if (!passesHere(matches, columns(number), place)) clearBit(matches.bits, place);
        clearBit(matches.pending, place);
      }
      return hasBit(matches.bits, place);
    },
    sought: byColumns
      ? null
      : {
          frequencies: rarestFirst.map(({ frequency }) => frequency),
          mayBeIn: (chunk) => including.every((text) => text.mayBeIn(chunk)),
          passes: (row) => {
            const chunk = chunkOf(row);
            return passes(chunk, row - chunk.number * chunkRows, () => true);
          },
          isKept: sources.isKept,
        },
    sure,
    tells: (column) =>
      byColumns && new Set(tests.map((test) => test.column).filter((name) => name !== column)).size <= 1,
    told: (number, column) => {
      const found = tellCounts(where, tests, columns(number), limit(number), column);
      return byColumns ? found : { counts: found.counts, exact: false };
    },
    countIn,
    counted: () =>
      total !== null ||
      (sureOfAll && !byColumns) ||
      (byColumns && (chunks <= fewChunks || tests.length + (where.times ? 1 : 0) <= 1)),
    count: (onProgress) => {
      if (total !== null) return total;
      let count = 0;
      for (let chunk = chunks - 1; chunk >= 0; chunk--) {
        throwIfStopped(shouldStop);
        if (byColumns || known[chunk]?.pending === null) count += countIn(chunk);
        else {
          const matches = at(chunk);
          // All are wanted in the end, so that the kept texts are the shorter way unless there are very few.
          if (matches.pending && !matches.narrowed && countBits(matches.pending) > fewSingles) narrow(matches, chunk);
          // In parts, so that whoever waits for texts to be read hears of it.
          for (let word = 0; word < chunkWords; word += wordsAtOnce) {
            count += countBits(sure(chunk, word, word + wordsAtOnce), word, word + wordsAtOnce);
            onProgress?.(count);
          }
          at(chunk).pending = null;
        }
        onProgress?.(count);
      }
      total = count;
      if (!byColumns) sources.settled.publish(chunks, (chunk) => at(chunk).bits);
      sureOfAll = true;
      return count;
    },
  };
};

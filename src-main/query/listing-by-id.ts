import { chunkRows, chunkWords } from '#main/store/sqlite/columns/chunk.ts';
import { countBits, ledgerRows } from './bitmap.ts';
import { type Blocks, createBlockListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';

/**
 * Words of a chunk's bitmap whose texts are looked at together: the first page must not wait for a whole chunk. It is
 * nearly always in the first two chunks (the newest may have just begun), where a frequent word fills it at once.
 */
const wordsAtOnce = 32;
const firstWords = 8;
const firstChunks = 2;

/** Everything in the order of ids: a position tells the row. */
const listEverything = (length: number, descending: boolean): Listing => {
  const at = (position: number): number => (descending ? length - 1 - position : position);
  return {
    rows: (from, count) => {
      const rows: number[] = [];
      for (let position = from; position < Math.min(from + count, length); position++) rows.push(at(position));
      return rows;
    },
    found: () => ({ atLeast: length, exact: true }),
    positionOf: (row) => (row >= 0 && row < length ? at(row) : -1),
    firstPosition: (passes, mayPass) => {
      for (let position = 0; position < length; position++) {
        const row = at(position);
        const chunk = Math.floor(row / chunkRows);
        if (!mayPass(chunk)) {
          // On to the last position of this chunk.
          position += descending ? row - chunk * chunkRows : (chunk + 1) * chunkRows - 1 - row;
          continue;
        }
        if (passes(row)) return position;
      }
      return null;
    },
    prepare: () => false,
  };
};

/** The matches in the order of their ids. */
export const listById = (set: MatchSet, descending: boolean, shouldStop: () => boolean): Listing => {
  if (set.everything) return listEverything(set.newestId, descending);
  const sure = set.isSure();
  // Where columns decide, a chunk is counted at once; where texts have to be read, a part of it.
  const fineWords = sure ? chunkWords : firstWords;
  const coarseWords = sure ? chunkWords : wordsAtOnce;
  const fineChunks = Math.min(firstChunks, set.chunks);
  const fineBlocks = (fineChunks * chunkWords) / fineWords;
  const chunkOf = (nth: number): number => (descending ? set.chunks - 1 - nth : nth);
  /** The chunk of a block, its first word and how many words. */
  const placeOf = (block: number): readonly [chunk: number, word: number, words: number] => {
    const isFine = block < fineBlocks;
    const words = isFine ? fineWords : coarseWords;
    const parts = chunkWords / words;
    const within = isFine ? block : block - fineBlocks;
    const nth = Math.floor(within / parts);
    const part = within - nth * parts;
    return [chunkOf(isFine ? nth : nth + fineChunks), (descending ? parts - 1 - part : part) * words, words];
  };
  const blocks: Blocks = {
    length: fineBlocks + ((set.chunks - fineChunks) * chunkWords) / coarseWords,
    count: (block) => {
      const [chunk, word, words] = placeOf(block);
      if (sure) return set.countIn(chunk);
      if (set.nothingIn(chunk)) return 0;
      return countBits(set.sure(chunk, word, word + words), word, word + words);
    },
    rows: (block) => {
      const [chunk, word, words] = placeOf(block);
      const bits = sure ? set.candidates(chunk) : set.sure(chunk, word, word + words);
      return ledgerRows(bits, chunk * chunkRows, descending, word, word + words);
    },
    blockOf: (row) => {
      if (row < 0 || row >= set.newestId) return -1;
      const chunk = Math.floor(row / chunkRows);
      const nth = descending ? set.chunks - 1 - chunk : chunk;
      const isFine = nth < fineChunks;
      const words = isFine ? fineWords : coarseWords;
      const parts = chunkWords / words;
      const part = Math.floor((row - chunk * chunkRows) / 32 / words);
      const within = descending ? parts - 1 - part : part;
      return isFine ? nth * parts + within : fineBlocks + (nth - fineChunks) * parts + within;
    },
    mayPass: (block, chunk) => chunk(placeOf(block)[0]),
  };
  return createBlockListing(blocks, shouldStop);
};

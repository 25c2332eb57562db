import { chunkRows, chunkWords } from '#main/store/sqlite/columns/chunk.ts';
import { countBits, ledgerRows } from './bitmap.ts';
import { type Blocks, createBlockListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';

/** Words of a chunk's bitmap whose texts are looked at together: the first page must not wait for a whole chunk. */
const wordsAtOnce = 32;

/** Everything in the order of ids: a position tells the row. */
const listEverything = (length: number, descending: boolean): Listing => {
  const at = (position: number): number => (descending ? length - 1 - position : position);
  return {
    rows: (from, count) => Array.from({ length: Math.max(0, Math.min(count, length - from)) }, (_, i) => at(from + i)),
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
  // Where columns decide, a chunk is counted at once; where texts have to be read, a part of it.
  const words = set.byColumns ? chunkWords : wordsAtOnce;
  const parts = chunkWords / words;
  const length = set.chunks * parts;
  /** The chunk of a block, and its first word. */
  const placeOf = (block: number): readonly [number, number] => {
    const ascending = descending ? length - 1 - block : block;
    const chunk = Math.floor(ascending / parts);
    return [chunk, (ascending - chunk * parts) * words];
  };
  const blocks: Blocks = {
    length,
    count: (block) => {
      const [chunk, word] = placeOf(block);
      if (set.byColumns) return set.countIn(chunk);
      return countBits(set.sure(chunk, word, word + words), word, word + words);
    },
    rows: (block) => {
      const [chunk, word] = placeOf(block);
      const bits = set.byColumns ? set.candidates(chunk) : set.sure(chunk, word, word + words);
      return ledgerRows(bits, chunk * chunkRows, descending, word, word + words);
    },
    blockOf: (row) => {
      if (row < 0 || row >= set.newestId) return -1;
      const ascending = Math.floor(row / (words * 32));
      return descending ? length - 1 - ascending : ascending;
    },
    mayPass: (block, chunk) => chunk(placeOf(block)[0]),
  };
  return createBlockListing(blocks, shouldStop);
};

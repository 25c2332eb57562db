import type { Chunk } from '#main/store/sqlite/columns/chunk.ts';
import {
  andInto,
  andNotInto,
  type ChunkBits,
  clearFrom,
  copyBits,
  emptyBits,
  giveBack,
  isEmpty,
  orInto,
} from './bitmap.ts';
import { type ColumnTest, filterChunk } from './chunk-filter.ts';
import type { TextMatch } from './text-match.ts';
import type { Where } from './where.ts';

/** What is known of a chunk: the entries that may match, and of these the ones whose texts nobody has looked at yet. */
export interface ChunkMatches {
  readonly bits: ChunkBits;
  /** False when others have the same bitmap. */
  readonly own: boolean;
  /** Null when `bits` is sure. */
  pending: ChunkBits | null;
  /** For each excluded text the entries that may have it. */
  readonly refused: readonly ChunkBits[];
  /** Entries whose texts were read one by one. */
  reads: number;
  /** True when the texts that are kept for searching have decided what they can. */
  narrowed: boolean;
  count: number | null;
}

/** Not to be changed. */
export const noBits: ChunkBits = emptyBits();

export const settledMatches = (bits: ChunkBits): ChunkMatches => ({
  bits,
  own: true,
  pending: null,
  refused: [],
  reads: 0,
  narrowed: true,
  count: null,
});

/** Gives the bitmaps to others. */
export const giveBackMatches = ({ bits, own, pending }: ChunkMatches): void => {
  if (own) giveBack(bits);
  if (pending) giveBack(pending);
};

interface Sought {
  readonly where: Where;
  readonly tests: readonly ColumnTest[];
  /** Texts that an entry must have, the rarest first, and those that it must not have. */
  readonly including: readonly TextMatch[];
  readonly excluding: readonly TextMatch[];
  readonly columns: (chunk: number) => Chunk;
  /** Entries of a chunk that the view sees. */
  readonly limit: (chunk: number) => number;
}

/** Finds what the columns of a chunk, the dictionaries and the search index say of its entries. */
export const createChunkFinder = ({ where, tests, including, excluding, columns, limit }: Sought) => {
  // Most chunks have nothing of a rare word: only what is found gets a bitmap of its own.
  const surely = emptyBits();
  const perhaps = emptyBits();

  /** Null when no entry of the chunk can pass. */
  const possible = (
    text: TextMatch,
    chunk: Chunk,
  ): { readonly sure: ChunkBits | null; readonly all: ChunkBits } | null => {
    const sure = text.markSure(chunk, limit(chunk.number), surely.fill(0)) ? copyBits(surely) : null;
    perhaps.set(sure ?? noBits);
    if (!text.markPossible(chunk, limit(chunk.number), perhaps) && !sure) return null;
    clearFrom(perhaps, limit(chunk.number));
    return { sure, all: copyBits(perhaps) };
  };

  const none = (): ChunkMatches => ({
    bits: noBits,
    own: false,
    pending: null,
    refused: [],
    reads: 0,
    narrowed: true,
    count: 0,
  });

  return (number: number): ChunkMatches => {
    const chunk = columns(number);
    const { bits: found, shared } = filterChunk(where, tests, chunk, limit(number));
    if (including.length === 0 && excluding.length === 0) {
      return { bits: found, own: !shared, pending: null, refused: [], reads: 0, narrowed: false, count: null };
    }
    let bits: ChunkBits | null = shared ? null : found;
    const ours = (): ChunkBits => {
      bits ??= copyBits(found);
      return bits;
    };
    let unsure: ChunkBits | null = null;
    const isUnsure = (some: ChunkBits): void => {
      unsure ??= emptyBits();
      orInto(unsure, some);
    };
    for (const text of including) {
      if (isEmpty(bits ?? found)) break;
      const marked = possible(text, chunk);
      if (!marked) return none();
      const { sure, all } = marked;
      andInto(ours(), all);
      if (sure) andNotInto(all, sure);
      isUnsure(all);
      giveBack(all);
      if (sure) giveBack(sure);
    }
    const refused = excluding.map((text) => {
      const marked = isEmpty(bits ?? found) ? null : possible(text, chunk);
      if (!marked) return noBits;
      const { sure, all } = marked;
      if (sure) {
        andNotInto(ours(), sure);
        andNotInto(all, sure);
        giveBack(sure);
      }
      isUnsure(all);
      return all;
    });
    const matched = ours();
    if (unsure) andInto(unsure, matched);
    const pending = unsure && !isEmpty(unsure) ? unsure : null;
    return { bits: matched, own: true, pending, refused, reads: 0, narrowed: false, count: null };
  };
};

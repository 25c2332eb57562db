import type { Chunk, ChunkColumn } from '#main/store/sqlite/columns/chunk.ts';
import { type ChunkBits, countBits, giveBack, othersOf, rowsOfBits } from './bitmap.ts';

/** Entries of a chunk to count by: those of a bitmap, or all others where these are fewer. */
export interface CountedRows {
  readonly rows: ArrayLike<number>;
  readonly others: boolean;
}

/** The rows are valid until the next call. */
export const countedRows = (bits: ChunkBits, chunk: Chunk): CountedRows => {
  if (countBits(bits) * 2 <= chunk.rows) return { rows: rowsOfBits(bits), others: false };
  const others = othersOf(bits, chunk.rows);
  const rows = rowsOfBits(others);
  giveBack(others);
  return { rows, others: true };
};

/** How many of the counted entries of a chunk have each of its own codes of a column. */
export const countCodes = (chunk: Chunk, column: ChunkColumn, { rows, others }: CountedRows): Uint32Array => {
  const { counts: all } = chunk.values(column);
  const counts = others ? all.slice() : new Uint32Array(all.length);
  if (rows.length === 0) return counts;
  const codes = chunk.codes(column);
  const step = others ? -1 : 1;
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i] as number] as number;
    counts[code] = (counts[code] as number) + step;
  }
  return counts;
};

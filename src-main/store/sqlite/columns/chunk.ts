import { foldAccents } from '#shared/text/fold.ts';

/** Entries in one chunk: places in it fit 16 bits. Chunk k holds the entries k · 65,536 + 1 and on; row 0 is its first. */
export const chunkRows = 65_536;
/** Words of a bitmap over a chunk; bit 0 is its first entry. */
export const chunkWords = chunkRows / 32;

export const codeColumns = ['event', 'module', 'actor', 'target', 'field', 'source'] as const;
export type CodeColumn = (typeof codeColumns)[number];
export const chunkColumns = [...codeColumns, 'status'] as const;
export type ChunkColumn = (typeof chunkColumns)[number];

/** What a column of a chunk holds, each different value once. */
export interface ChunkValues {
  /** The ledger's code, or for `status` one more than the number; 0 is «none». Places in here are the chunk's own codes. */
  readonly values: Uint32Array;
  /** Entries of the chunk that have each value. */
  readonly counts: Uint32Array;
}

/**
 * The narrow columns of up to 65,536 consecutive entries: filters, counts, facets and sorts run over these instead of the
 * table. Each column has codes of its own in each chunk, so that they are narrow however many names the ledger knows, and
 * so that what a chunk does not hold is known without looking at its entries.
 */
export interface Chunk {
  readonly number: number;
  /** Entries in it; a chunk that is not full yet grows. */
  readonly rows: number;
  /** Microseconds since 1970: the earliest and the latest entry. */
  readonly minTime: number;
  readonly maxTime: number;
  /** True when no entry is earlier than the one before it. */
  readonly inOrder: boolean;
  values(column: ChunkColumn): ChunkValues;
  /** The chunk's own code of each entry: a place in `values`. */
  codes(column: ChunkColumn): Uint8Array | Uint16Array;
  /** Sets the bits of the rows below `limit` that have a code, and looks at no other; false when the chunk can't tell. */
  mark(column: ChunkColumn, code: number, limit: number, out: Uint32Array): boolean;
  /**
   * How many of the entries whose code of `by` is among `places` have each code of another column, without looking at
   * entries; null when the chunk can't tell.
   */
  crossed(by: ChunkColumn, places: readonly number[], of: ChunkColumn): Uint32Array | null;
  /** Microseconds since 1970 of each entry. */
  times(): Float64Array;
  /** How many entries are earlier than an instant; only of a chunk in order. */
  rowsBefore(micros: number): number;
  /** The rows whose record may be the one with this `recordHash`, ascending. */
  recordRows(hash: number): ArrayLike<number>;
  /** True when it is known that all these rows have the same record, letter case aside: one of them tells which. */
  isOneRecord(hash: number): boolean;
}

/** A record's identifier as a number: FNV-1a (32 bits) of its folded text; 0 is «none». Equal hashes are checked on the row. */
export const recordHash = (recordId: string): number => {
  const folded = foldAccents(recordId);
  let hash = 0x811c9dc5;
  for (let i = 0; i < folded.length; i++) {
    hash = Math.imul(hash ^ folded.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0 || 1;
};

/** HTTP status as stored: one more than the number, 0 is «none». */
export const statusCell = (status: number | null): number =>
  status === null ? 0 : Math.min(Math.max(status + 1, 1), 0xffff_ffff);

/** Chunks that the entries 1 … newestId lie in. */
export const chunksOf = (newestId: number): number => Math.ceil(newestId / chunkRows);

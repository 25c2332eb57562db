import type { RejectReason } from '#shared/contract/reject-reasons.ts';

/** A row as it lies in the file, before anything is made of it. */
export interface RawRow {
  /** Line in the file where it begins, 1 the first. */
  readonly line: number;
  /** Its text, whole, but for a row over the size limit: then its beginning. */
  readonly text: string;
  /** The cells of a CSV row; null when `text` is JSON. */
  readonly cells: readonly string[] | null;
  /** Set when the row can't be read at all. */
  readonly fault: { readonly reason: RejectReason; readonly details: Readonly<Record<string, unknown>> } | null;
  /** Bytes of UTF-8 from the start of the content to the end of the row: where reading can go on later. */
  readonly end: number;
  /** The line that begins there. */
  readonly nextLine: number;
}

/** Takes bytes in and gives rows out, both at the caller's pace. */
export interface RowReader {
  push(chunk: Buffer): void;
  /** No more bytes will come: what is left is the last row. */
  finish(): void;
  /** The next row, or null when more bytes are needed (after `finish`: when there are no more rows). */
  next(): RawRow | null;
}

/** Where a reader begins: at the start of the content, or after the row of an earlier run's checkpoint. */
export interface RowPosition {
  readonly offset: number;
  /** The line that begins at `offset`, 1 the first. */
  readonly line: number;
}

export const contentStart: RowPosition = { offset: 0, line: 1 };

/** A row may be this long, in bytes; longer ones are rejected with their beginning. */
export const maxRowBytes = 64 * 1024 * 1024;
/** How much of a row that is too long is kept. */
export const keptBeginning = 64 * 1024;

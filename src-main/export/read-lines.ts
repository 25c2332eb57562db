import { type FileHandle, open } from 'node:fs/promises';
import { throwIfCancelled } from '#shared/contract/errors.ts';
import type { RowFigures } from './document.ts';

const chunkBytes = 4 * 1024 * 1024;
const lineFeed = 10;
const quote = 34;

interface LineReading {
  /** Line feeds between quotes don't end a line: CSV. */
  readonly quoted: boolean;
  /** Lines at the beginning that are no rows. */
  readonly head: number;
  readonly signal: AbortSignal;
  /** The id that a row's line has. Throws for a line that is no row. */
  readonly idOf: (line: string) => number;
}

const readAt = async (handle: FileHandle, start: number, end: number): Promise<string> => {
  const bytes = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  return bytes.toString('utf8', 0, bytesRead);
};

/** Where the lines of a file end: how many there are, and where the first row and the last one stand. */
const findLines = async (handle: FileHandle, { quoted, head, signal }: LineReading) => {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let lines = 0;
  let inside = false;
  let lineStart = 0;
  let first: readonly [number, number] | null = null;
  let last: readonly [number, number] | null = null;
  let position = 0;
  for (;;) {
    throwIfCancelled(signal);
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    for (let i = 0; i < bytesRead; i++) {
      const byte = buffer[i];
      if (byte === quote && quoted) inside = !inside;
      else if (byte === lineFeed && !inside) {
        const end = position + i + 1;
        lines += 1;
        if (lines > head) {
          last = [lineStart, end];
          first ??= last;
        }
        lineStart = end;
      }
    }
    position += bytesRead;
  }
  return { rows: Math.max(0, lines - head), first, last, whole: lineStart === position && !inside };
};

/** Reads the rows of text files back: how many there are, and the ids of the first and the last. */
export const lineFigures = async (files: readonly string[], reading: LineReading): Promise<RowFigures> => {
  let rows = 0;
  let firstRow: number | null = null;
  let lastRow: number | null = null;
  for (const file of files) {
    const handle = await open(file, 'r');
    try {
      const found = await findLines(handle, reading);
      if (!found.whole) throw new Error(`${file} ends in the middle of a line`);
      rows += found.rows;
      if (found.first) firstRow ??= reading.idOf(await readAt(handle, ...found.first));
      if (found.last) lastRow = reading.idOf(await readAt(handle, ...found.last));
    } finally {
      await handle.close();
    }
  }
  return { rows, firstRow, lastRow };
};

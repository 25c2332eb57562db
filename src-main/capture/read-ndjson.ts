import { contentStart, maxRowBytes, type RawRow, type RowPosition, type RowReader } from './raw-row.ts';
import { LineSplitter } from './split-lines.ts';

const isBlank = (text: string): boolean => text.length === 0 || (text.charCodeAt(0) <= 32 && text.trim() === '');

/** JSON, one object a line. Blank lines are no rows. */
export class NdjsonReader implements RowReader {
  readonly #lines: LineSplitter;
  readonly #limit: number;

  constructor(from: RowPosition = contentStart, limit: number = maxRowBytes) {
    this.#lines = new LineSplitter(from, limit);
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  finish(): void {
    this.#lines.finish();
  }

  next(): RawRow | null {
    let line = this.#lines.next();
    while (line !== null && isBlank(line.text)) line = this.#lines.next();
    if (line === null) return null;
    const fault =
      line.bytes > this.#limit
        ? ({ reason: 'row_too_long', details: { bytes: line.bytes, limit: this.#limit } } as const)
        : null;
    return { line: line.line, text: line.text, cells: null, fault, end: line.end, nextLine: line.line + 1 };
  }
}

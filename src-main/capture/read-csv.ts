import { contentStart, maxRowBytes, type RawRow, type RowPosition, type RowReader } from './raw-row.ts';
import { LineSplitter, type TextLine } from './split-lines.ts';

const quote = '"';

/**
 * One CSV record that grows line by line (RFC 4180). Lenient where files are: a quote inside an unquoted cell is a
 * character like any other (`5" pipe`), and text after a closing quote belongs to the cell. But not when the cell runs
 * over lines: then that text says that the opening quote was no quote, and swallowed rows that are not its own.
 */
class CsvRecord {
  readonly #delimiter: string;
  readonly cells: string[] = [];
  /** What is known of a quoted cell that goes on in the next line; null between cells. */
  #open: string | null = null;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** Adds a line without its line feed. `open`: a quoted cell goes on in the next line. */
  add(line: string): 'complete' | 'open' | 'broken' {
    const delimiter = this.#delimiter;
    let at = 0;
    let cell = '';
    if (this.#open === null) {
      // Nearly every line has no quote at all.
      if (!line.includes(quote)) {
        for (const plain of withoutReturn(line).split(delimiter)) this.cells.push(plain);
        return 'complete';
      }
    } else {
      cell = `${this.#open}\n`;
    }
    let quoted = this.#open !== null;
    const cellsBefore = this.cells.length;
    for (;;) {
      if (!quoted && line.startsWith(quote, at)) {
        quoted = true;
        at += 1;
      }
      if (quoted) {
        const closed = this.#closeQuote(line, at);
        cell += closed.text;
        if (closed.next < 0) {
          this.#open = cell;
          return 'open';
        }
        at = closed.next;
        const rest = line.slice(at, at + 2);
        const ends = rest === '' || rest === '\r' || rest.startsWith(delimiter);
        if (!ends && this.#open !== null && this.cells.length === cellsBefore) return 'broken';
        quoted = false;
      }
      const end = line.indexOf(delimiter, at);
      if (end < 0) {
        this.cells.push(cell + withoutReturn(line.slice(at)));
        this.#open = null;
        return 'complete';
      }
      this.cells.push(cell + line.slice(at, end));
      cell = '';
      at = end + 1;
    }
  }

  /** The quoted text from `at` on, and the place after its closing quote, or -1 when the line ends before. */
  #closeQuote(line: string, at: number): { readonly text: string; readonly next: number } {
    let text = '';
    let from = at;
    for (;;) {
      const found = line.indexOf(quote, from);
      if (found < 0) return { text: text + line.slice(from), next: -1 };
      text += line.slice(from, found);
      if (!line.startsWith(quote, found + 1)) return { text, next: found + 1 };
      text += quote;
      from = found + 2;
    }
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/**
 * CSV. A quote that is never closed costs its own line and no more: that line is rejected, and the lines which it had
 * swallowed are read again as rows of their own.
 */
export class CsvReader implements RowReader {
  readonly #delimiter: string;
  readonly #limit: number;
  readonly #lines: LineSplitter;
  /** Lines of the record under way. */
  #open: TextLine[] = [];
  #openBytes = 0;
  #record: CsvRecord | null = null;
  /** Lines to read again, the next one last. */
  #again: TextLine[] = [];
  #finished = false;

  constructor(delimiter: string, from: RowPosition = contentStart, limit: number = maxRowBytes) {
    this.#delimiter = delimiter;
    this.#limit = limit;
    this.#lines = new LineSplitter(from, limit);
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  finish(): void {
    this.#finished = true;
    this.#lines.finish();
  }

  next(): RawRow | null {
    for (;;) {
      const line = this.#again.pop() ?? this.#lines.next();
      if (line === null) {
        if (!this.#finished || this.#record === null) return null;
        return this.#giveUp();
      }
      if (this.#record === null && (line.text === '' || line.text === '\r')) continue;
      if (line.bytes > this.#limit) {
        this.#again.push(line);
        if (this.#record !== null) return this.#giveUp();
        this.#again.pop();
        const details = { bytes: line.bytes, limit: this.#limit };
        return {
          line: line.line,
          text: line.text,
          cells: null,
          fault: { reason: 'row_too_long', details },
          end: line.end,
          nextLine: line.line + 1,
        };
      }
      this.#record ??= new CsvRecord(this.#delimiter);
      this.#open.push(line);
      this.#openBytes += line.bytes + 1;
      const state = this.#record.add(line.text);
      if (state === 'complete') return this.#complete(this.#record, line);
      if (state === 'broken' || this.#openBytes > this.#limit) return this.#giveUp();
    }
  }

  #complete(record: CsvRecord, last: TextLine): RawRow {
    const first = this.#open[0];
    const text = this.#open.length === 1 ? (first?.text ?? '') : this.#open.map((line) => line.text).join('\n');
    const line = first?.line ?? 0;
    this.#reset();
    return {
      line,
      text: withoutReturn(text),
      cells: record.cells,
      fault: null,
      end: last.end,
      nextLine: last.line + 1,
    };
  }

  /** The record can't be completed: its first line is rejected, the others are read again. */
  #giveUp(): RawRow | null {
    const [first, ...others] = this.#open;
    this.#reset();
    if (first === undefined) return null;
    for (const line of others.reverse()) this.#again.push(line);
    const fault = { reason: 'quote_not_closed', details: {} } as const;
    return {
      line: first.line,
      text: withoutReturn(first.text),
      cells: null,
      fault,
      end: first.end,
      nextLine: first.line + 1,
    };
  }

  #reset(): void {
    this.#open = [];
    this.#openBytes = 0;
    this.#record = null;
  }
}

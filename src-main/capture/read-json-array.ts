import { decodeLine } from './decode-line.ts';
import { contentStart, keptBeginning, maxRowBytes, type RawRow, type RowPosition, type RowReader } from './raw-row.ts';

const lineFeed = 10;
const quote = 34;
const comma = 44;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/**
 * A JSON file that is one list, printed in any way: `[ {…}, {…} ]`. The elements are found by counting brackets outside
 * of strings, and each is a row; only the element under way is held.
 */
export class JsonArrayReader implements RowReader {
  readonly #limit: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Where the element under way begins in the chunk; -1 between elements. */
  #start = -1;
  #startLine = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #cut = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** True after the list's opening bracket. */
  #inside: boolean;
  #line: number;
  /** Position of the chunk's first byte. */
  #base: number;
  #finished = false;

  constructor(from: RowPosition = contentStart, limit: number = maxRowBytes) {
    this.#inside = from.offset > 0;
    this.#line = from.line;
    this.#base = from.offset;
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    if (this.#start >= 0) this.#hold(this.#chunk.subarray(this.#start));
    this.#base += this.#chunk.length;
    this.#chunk = chunk;
    this.#at = 0;
    if (this.#start >= 0) this.#start = 0;
  }

  finish(): void {
    this.#finished = true;
  }

  next(): RawRow | null {
    const chunk = this.#chunk;
    for (; this.#at < chunk.length; this.#at += 1) {
      const byte = chunk[this.#at];
      if (byte === lineFeed) this.#line += 1;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) this.#inString = false;
        continue;
      }
      if (byte === undefined || byte <= 32) continue;
      if (!this.#inside) {
        if (byte === openBracket) this.#inside = true;
        continue;
      }
      const ends = this.#depth === 0 && (byte === comma || byte === closeBracket);
      if (ends) {
        if (this.#start < 0) continue;
        return this.#release();
      }
      if (this.#start < 0) {
        this.#start = this.#at;
        this.#startLine = this.#line;
      }
      if (byte === quote) this.#inString = true;
      else if (byte === openBrace || byte === openBracket) this.#depth += 1;
      else if (byte === closeBrace || byte === closeBracket) this.#depth -= 1;
    }
    return this.#finished && this.#start >= 0 ? this.#release() : null;
  }

  /** Ends the element at the present place, and steps over the byte that ended it. */
  #release(): RawRow {
    this.#hold(this.#chunk.subarray(this.#start, this.#at));
    const bytes = this.#heldBytes;
    const whole = Buffer.concat(this.#held);
    const fault = this.#cut ? ({ reason: 'row_too_long', details: { bytes, limit: this.#limit } } as const) : null;
    this.#at = Math.min(this.#at + 1, this.#chunk.length);
    const row = {
      line: this.#startLine,
      text: decodeLine(whole, 0, whole.length).trimEnd(),
      cells: null,
      fault,
      end: this.#base + this.#at,
      nextLine: this.#line,
    };
    this.#start = -1;
    this.#held = [];
    this.#heldBytes = 0;
    this.#cut = false;
    this.#depth = 0;
    return row;
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length;
    if (this.#cut) return;
    this.#held.push(piece);
    if (this.#heldBytes <= this.#limit) return;
    this.#held = [Buffer.concat(this.#held, Math.min(keptBeginning, this.#heldBytes))];
    this.#cut = true;
  }
}

import { decodeLine } from './decode-line.ts';
import { contentStart, keptBeginning, maxRowBytes, type RowPosition } from './raw-row.ts';

const lineFeed = 10;

export interface TextLine {
  readonly line: number;
  /** Without its line feed; a carriage return before that stays. The beginning only when `bytes` is over the limit. */
  readonly text: string;
  /** Length in bytes, its line feed aside. */
  readonly bytes: number;
  /** Position after its line feed. */
  readonly end: number;
}

/** Cuts UTF-8 into lines. Holds one chunk and the line that is under way, and of that no more than `limit` bytes. */
export class LineSplitter {
  readonly #limit: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #held: Buffer[] = [];
  #lineBytes = 0;
  #cut = false;
  #line: number;
  #offset: number;
  #finished = false;

  constructor(from: RowPosition = contentStart, limit: number = maxRowBytes) {
    this.#line = from.line;
    this.#offset = from.offset;
    this.#limit = limit;
  }

  /** To be called only when `next` has given null. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  finish(): void {
    this.#finished = true;
  }

  next(): TextLine | null {
    const chunk = this.#chunk;
    const start = this.#at;
    const feed = start < chunk.length ? chunk.indexOf(lineFeed, start) : -1;
    if (feed >= 0) {
      this.#at = feed + 1;
      this.#offset += feed + 1 - start;
      if (this.#lineBytes === 0 && feed - start <= this.#limit) {
        return { line: this.#line++, text: decodeLine(chunk, start, feed), bytes: feed - start, end: this.#offset };
      }
      this.#hold(chunk.subarray(start, feed));
      return this.#release();
    }
    if (start < chunk.length) {
      this.#offset += chunk.length - start;
      this.#hold(chunk.subarray(start));
      this.#at = chunk.length;
    }
    return this.#finished && this.#lineBytes > 0 ? this.#release() : null;
  }

  #hold(piece: Buffer): void {
    this.#lineBytes += piece.length;
    if (this.#cut) return;
    this.#held.push(piece);
    if (this.#lineBytes <= this.#limit) return;
    // Over the limit: from here on only the beginning is held, so that no line can fill the memory.
    this.#held = [Buffer.concat(this.#held, Math.min(keptBeginning, this.#lineBytes))];
    this.#cut = true;
  }

  #release(): TextLine {
    const whole = this.#held.length === 1 && this.#held[0] !== undefined ? this.#held[0] : Buffer.concat(this.#held);
    const line = {
      line: this.#line++,
      text: decodeLine(whole, 0, whole.length),
      bytes: this.#lineBytes,
      end: this.#offset,
    };
    this.#held = [];
    this.#lineBytes = 0;
    this.#cut = false;
    return line;
  }
}

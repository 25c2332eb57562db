import { Buffer } from 'node:buffer';
import { bytesOfUnit } from './told-body.ts';

/** JSON objects, one a line, as they are sent and as a file has them. */
export interface Lines {
  readonly bytes: Buffer;
  /** Where each ends, with its line break: so many bytes from the first line's beginning. */
  readonly ends: readonly number[];
}

/** The lines from one place to another. */
export const someLines = ({ bytes, ends }: Lines, from: number, to: number): Lines => {
  const begin = from === 0 ? 0 : (ends[from - 1] ?? 0);
  const some = ends.slice(from, to);
  return {
    bytes: bytes.subarray(begin, some.at(-1) ?? begin),
    ends: begin === 0 ? some : some.map((end) => end - begin),
  };
};

const firstBytes = 16 * 1024;
/** Memory that grew beyond this is not kept. */
const longestSpare = 1024 * 1024;
const lineBreak = 10;

/** Writes lines one behind the other, as bytes from the beginning. */
export class LineWriter {
  /** What is written so far, and room for more: for whoever asked for it, until somebody asks again. */
  bytes: Buffer = Buffer.allocUnsafeSlow(firstBytes);
  /** Where the next line begins. */
  end = 0;
  #ends: number[] = [];
  #spare: Buffer | null = null;

  add(line: string): void {
    this.makeRoom(line.length * bytesOfUnit);
    this.finish(this.end + this.bytes.write(line, this.end));
  }

  /** For a line of at most so many bytes. */
  makeRoom(size: number): void {
    const wanted = this.end + size + 1;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, wanted));
    larger.set(this.bytes.subarray(0, this.end));
    this.bytes = larger;
  }

  /** The line that was written from `end` on goes up to here. */
  finish(at: number): void {
    this.bytes[at] = lineBreak;
    this.end = at + 1;
    this.#ends.push(this.end);
  }

  /** What was added, and begins anew. */
  take(): Lines {
    const lines = { bytes: this.bytes.subarray(0, this.end), ends: this.#ends };
    // As many will come again: memory that grows is copied each time.
    this.bytes = this.#spare ?? Buffer.allocUnsafeSlow(Math.max(this.end, firstBytes));
    this.#spare = null;
    this.#ends = [];
    this.end = 0;
    return lines;
  }

  /**
   * Takes the memory of lines back that nobody needs any more. New memory for every batch would have V8 go through all
   * objects of the thread every half second, for hardly anything else is thrown away there.
   */
  giveBack({ bytes }: Lines): void {
    const { buffer } = bytes;
    if (buffer instanceof ArrayBuffer && buffer.byteLength <= longestSpare) this.#spare = Buffer.from(buffer);
  }
}

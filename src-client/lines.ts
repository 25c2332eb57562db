import { Buffer } from 'node:buffer';

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

/** Where the beginning of a line lies that other lines begin with too. */
export interface Head {
  readonly from: number;
  readonly to: number;
}

const firstBytes = 16 * 1024;
/** A UTF-16 unit takes at most so many bytes as UTF-8. */
const bytesOfUnit = 3;
const lineBreak = 10;

/** Writes lines one behind the other, as bytes from the beginning. */
export class LineWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #ends: number[] = [];
  #end = 0;

  add(line: string): void {
    this.#makeRoom(line.length * bytesOfUnit + 1);
    this.#finish(this.#end + this.#bytes.write(line, this.#end));
  }

  /** A line of two parts, of which the first may come again before these lines are taken. */
  addFirst(head: string, tail: string): Head {
    this.#makeRoom((head.length + tail.length) * bytesOfUnit + 1);
    const from = this.#end;
    const to = from + this.#bytes.write(head, from);
    this.#finish(to + this.#bytes.write(tail, to));
    return { from, to };
  }

  addNext({ from, to }: Head, tail: string): void {
    const size = to - from;
    this.#makeRoom(size + tail.length * bytesOfUnit + 1);
    const bytes = this.#bytes;
    bytes.copyWithin(this.#end, from, to);
    const at = this.#end + size;
    this.#finish(at + bytes.write(tail, at));
  }

  /** What was added, and begins anew. */
  take(): Lines {
    const lines = { bytes: this.#bytes.subarray(0, this.#end), ends: this.#ends };
    // As many will come again: memory that grows is copied each time.
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(this.#end, firstBytes));
    this.#ends = [];
    this.#end = 0;
    return lines;
  }

  #finish(at: number): void {
    this.#bytes[at] = lineBreak;
    this.#end = at + 1;
    this.#ends.push(this.#end);
  }

  #makeRoom(more: number): void {
    const wanted = this.#end + more;
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, wanted));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { FileSource } from '#main/capture/file-source.ts';
import { type Mark, markBytes } from './follow-checkpoint.ts';
import type { SetMember } from './log-set.ts';

const chunkBytes = 256 * 1024;

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The set changed while it was looked at: look again. */
export class SetChanged extends Error {}

/** A packed file ends too early or is damaged. It may be made anew: until it changes it is left alone. */
export class TornPart extends Error {
  readonly file: PartFile;

  constructor(file: PartFile) {
    super(`${file.name} is torn`);
    this.file = file;
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A file of the set, held open: what is read is of this file, whatever its name becomes meanwhile. */
export class PartFile {
  readonly name: string;
  readonly live: boolean;
  readonly packed: boolean;
  readonly device: number;
  readonly inode: number;
  /** When it was last written, milliseconds since 1970. */
  readonly changedAt: number;
  /** Bytes of content when it was opened; of packed files those that were unpacked so far. */
  size: number;
  readonly #path: string;
  readonly #handle: number;

  private constructor(file: string, { name, live, packed }: SetMember, handle: number) {
    const { dev, ino, size, mtimeMs } = fstatSync(handle);
    this.changedAt = mtimeMs;
    this.name = name;
    this.live = live;
    this.packed = packed;
    this.device = dev;
    this.inode = ino;
    this.size = size;
    this.#path = file;
    this.#handle = handle;
  }

  /** Throws `SetChanged` when it is there no more, and what the file system says. */
  static open(folder: string, member: SetMember): PartFile {
    const file = path.join(folder, member.name);
    try {
      return new PartFile(file, member, openSync(file, 'r'));
    } catch (error) {
      if (isGone(error)) throw new SetChanged();
      throw error;
    }
  }

  /** True while its name still means this file. */
  get inPlace(): boolean {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there !== undefined && there.ino === this.inode && there.dev === this.device;
  }

  /** Names its content as long as nobody writes to it. */
  get state(): string {
    return [this.device, this.inode, this.changedAt].join(' ');
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** As many bytes as there are from `from` on, at most `length`. Of plain files only. */
  read(from: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    let got = 0;
    while (got < length) {
      const more = readSync(this.#handle, bytes, got, length - got, from + got);
      if (more === 0) break;
      got += more;
    }
    return bytes.subarray(0, got);
  }

  /**
   * Its content from `from` on, as it is when it is read. `before`: the bytes that were read before `from`, which must
   * still be there, or it throws `SetChanged`: a log that is truncated and written anew is another one. Throws `TornPart`
   * for a packed file that is not whole.
   */
  async *content(from: number, before: Buffer): AsyncGenerator<Buffer> {
    if (this.packed) {
      yield* this.#unpacked(from);
      return;
    }
    let at = from;
    let known = before;
    for (;;) {
      const bytes = this.read(at - known.length, known.length + chunkBytes);
      if (!bytes.subarray(0, known.length).equals(known)) throw new SetChanged();
      const fresh = bytes.subarray(known.length);
      if (fresh.length === 0) return;
      at += fresh.length;
      known = Buffer.from(bytes.subarray(Math.max(0, bytes.length - markBytes)));
      yield fresh;
    }
  }

  /** The first bytes of its content, at most so many. */
  async beginning(most: number): Promise<Buffer> {
    if (!this.packed) return this.read(0, Math.min(most, this.size));
    for await (const chunk of this.#unpacked(0)) return chunk.subarray(0, most);
    return Buffer.alloc(0);
  }

  /** The bytes before a place that its mark is of; fewer when there are no more. */
  async before(offset: number): Promise<Buffer> {
    const from = Math.max(0, offset - markBytes);
    if (!this.packed) return this.read(from, offset - from);
    let found = Buffer.alloc(0);
    for await (const chunk of offset === 0 ? [] : this.#unpacked(from)) {
      found = Buffer.concat([found, chunk.subarray(0, offset - from - found.length)]);
      if (found.length === offset - from) break;
    }
    return found;
  }

  /** Whether the bytes before a place are those that were read once. */
  async holds(marks: readonly Mark[]): Promise<boolean> {
    if (!this.packed) {
      return marks.every(({ offset, hash }) => {
        if (offset > this.size) return false;
        const from = Math.max(0, offset - markBytes);
        const bytes = this.read(from, offset - from);
        return bytes.length === offset - from && hashOf(bytes) === hash;
      });
    }
    let window = Buffer.alloc(0);
    let start = 0;
    const wanted = [...marks].sort((a, b) => a.offset - b.offset);
    for await (const chunk of this.#unpacked(0)) {
      window = Buffer.concat([window.subarray(Math.max(0, window.length - markBytes)), chunk]);
      start = this.size - window.length;
      for (let mark = wanted[0]; mark !== undefined && mark.offset <= this.size; mark = wanted[0]) {
        const from = Math.max(0, mark.offset - markBytes);
        if (hashOf(window.subarray(from - start, mark.offset - start)) !== mark.hash) return false;
        wanted.shift();
      }
      if (wanted.length === 0) return true;
    }
    return wanted.length === 0;
  }

  async *#unpacked(from: number): AsyncGenerator<Buffer> {
    let source: FileSource;
    try {
      source = await FileSource.open(this.#path);
    } catch {
      // Its name means something else by now; what it is will be seen with the next look.
      throw new SetChanged();
    }
    try {
      let at = 0;
      for await (const chunk of source.chunks()) {
        const skipped = Math.min(chunk.length, Math.max(0, from - at));
        at += chunk.length;
        this.size = at;
        if (skipped < chunk.length) yield chunk.subarray(skipped);
      }
      if (!this.inPlace) throw new SetChanged();
      if (source.torn) throw new TornPart(this);
    } finally {
      await source.close();
    }
  }
}

import { mkdir, open, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { BitacoraError } from '#shared/contract/errors.ts';

/** What is known of a line in a log file: which entry it is a copy of. */
export interface LoggedEntry {
  readonly id: number;
  readonly eventId: string;
}

export interface LogLine extends LoggedEntry {
  /** With its line feed. */
  readonly text: string;
}

/** So much is handed to the disk in one go. */
const pieceBytes = 256 * 1024;
const lineFeed = 10;
/** The end of a file is looked at in pieces of this size, until a whole line is in sight. */
const tailBytes = 64 * 1024;

const sizeOf = async (file: string): Promise<number | null> => {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

const entryOf = (line: string): LoggedEntry | null => {
  try {
    const { id, eventId } = JSON.parse(line) as Partial<LoggedEntry>;
    return Number.isSafeInteger(id) && typeof eventId === 'string' ? { id: id as number, eventId } : null;
  } catch {
    // Not written by us, or not to its end.
    return null;
  }
};

/** The last line that is whole and ours, and where the last whole line ends. */
const readEnd = async (file: string): Promise<{ readonly last: LoggedEntry | null; readonly end: number }> => {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    for (let bytes = Math.min(tailBytes, size); ; bytes = Math.min(bytes * 16, size)) {
      const tail = Buffer.alloc(bytes);
      await handle.read(tail, 0, bytes, size - bytes);
      const feed = tail.lastIndexOf(lineFeed);
      const whole = bytes === size;
      // The first line in sight may have its beginning further up.
      const lines = tail
        .subarray(0, Math.max(0, feed))
        .toString('utf8')
        .split('\n')
        .slice(whole ? 0 : 1);
      const last = lines.map(entryOf).findLast((entry) => entry !== null) ?? null;
      if (last !== null || whole) return { last, end: size - bytes + feed + 1 };
    }
  } finally {
    await handle.close();
  }
};

/**
 * One log file with its rotated copies, `audit.log` and `audit.log.1 … audit.log.N`, the newest first. What is in it is
 * known by its last line, so that nothing is missing and nothing twice, however the process ended.
 */
export class RotatingLog {
  readonly #path: string;
  readonly #limits: { readonly maxBytes: number; readonly backups: number };
  readonly #stream: RotatingFileStream;
  #size: number;
  #last: LoggedEntry | null;
  #failure: Error | null = null;

  private constructor(
    file: string,
    limits: { readonly maxBytes: number; readonly backups: number },
    start: { readonly size: number; readonly last: LoggedEntry | null },
  ) {
    this.#path = file;
    this.#limits = limits;
    // A file that is over its limit already is put aside when it is opened.
    this.#size = start.size >= limits.maxBytes ? 0 : start.size;
    this.#last = start.last;
    this.#stream = createStream(path.basename(file), {
      path: path.dirname(file),
      size: `${limits.maxBytes}B`,
      rotate: limits.backups,
      mode: 0o600,
    });
    // Also told to whoever writes; this only keeps it from ending the process.
    this.#stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Cuts off a line that was not written to its end. Throws what the file system says. */
  static async open(
    file: string,
    limits: { readonly maxBytes: number; readonly backups: number },
  ): Promise<RotatingLog> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    let size = (await sizeOf(file)) ?? 0;
    let last: LoggedEntry | null = null;
    if (size > 0) {
      const found = await readEnd(file);
      if (found.end < size) await truncate(file, found.end);
      ({ last } = found);
      size = found.end;
    }
    // Just put aside, or put aside and then killed: the line before is there.
    if (last === null && (await sizeOf(`${file}.1`))) ({ last } = await readEnd(`${file}.1`));
    return new RotatingLog(file, limits, { size, last });
  }

  /** The newest entry that is in the file or in those put aside. */
  get last(): LoggedEntry | null {
    return this.#last;
  }

  /** Says that what is there is of another ledger. */
  forgetLast(): void {
    this.#last = null;
  }

  /** Writes lines in the order of their ids. After it has thrown, the log is to be closed and opened anew. */
  async write(lines: readonly LogLine[]): Promise<void> {
    let piece: Buffer[] = [];
    let bytes = 0;
    let newest = this.#last;
    const flush = async (): Promise<void> => {
      if (bytes === 0) return;
      await this.#hand(Buffer.concat(piece));
      this.#size = this.#size + bytes >= this.#limits.maxBytes ? 0 : this.#size + bytes;
      piece = [];
      bytes = 0;
    };
    for (const { id, eventId, text } of lines) {
      const line = Buffer.from(text);
      piece.push(line);
      bytes += line.length;
      newest = { id, eventId };
      // The file is put aside behind the line that fills it.
      if (bytes >= pieceBytes || this.#size + bytes >= this.#limits.maxBytes) await flush();
    }
    await flush();
    await this.#verify(newest);
    this.#last = newest;
  }

  /** Waits until what was written is on the disk. */
  async sync(): Promise<void> {
    for (const file of [this.#path, `${this.#path}.1`]) {
      if ((await sizeOf(file)) === null) continue;
      const handle = await open(file, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.destroy();
    });
  }

  #hand(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      // A stream that fails while it opens or puts a file aside never calls back.
      const fail = (error: Error): void => reject(error);
      this.#stream.once('error', fail);
      this.#stream.write(bytes, (error) => {
        this.#stream.off('error', fail);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** The library doesn't look how much the disk took: a full one takes a part. */
  async #verify(newest: LoggedEntry | null): Promise<void> {
    const there = (await sizeOf(this.#path)) ?? 0;
    if (there !== this.#size) throw new BitacoraError('log_torn', { path: this.#path });
    if (this.#size > 0 || newest === null) return;
    const { last } = await readEnd(`${this.#path}.1`);
    if (last?.id !== newest.id) throw new BitacoraError('log_torn', { path: `${this.#path}.1` });
  }
}

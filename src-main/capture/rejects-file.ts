import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { Reject } from '#shared/contract/import.ts';
import { rejectSentence } from '#shared/contract/reject-reasons.ts';

const excerptLength = 200;
const shownRejects = 100;
/** How much is gathered before it is written. */
const bufferedCharacters = 1024 * 1024;

const storeError = (error: unknown): unknown => {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new BitacoraError('disk_full', {}, { cause: error });
  return new BitacoraError('disk_fault', { reason: String(error.code) }, { cause: error });
};

const excerptOf = (text: string): string => text.slice(0, excerptLength).toWellFormed();

/**
 * The rows of an import that could not be stored, one JSON object a line: `{line, reason, es, en, details, text}` with
 * the row's text whole. What it holds depends on the imported file alone, so a repeated import writes the same again,
 * and one that goes on continues where the checkpoint left it.
 */
export class RejectsFile {
  readonly path: string;
  readonly #first: Reject[] = [];
  #handle: FileHandle | null = null;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #bytes = 0;
  #unsynced = false;

  private constructor(path: string) {
    this.path = path;
  }

  /** Forgets an earlier run's file. */
  static async begin(path: string): Promise<RejectsFile> {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw storeError(error);
    });
    return new RejectsFile(path);
  }

  /** Goes on after `bytes` of an earlier run's file; null when the file is not there as it was left. */
  static async resume(path: string, bytes: number): Promise<RejectsFile | null> {
    const file = new RejectsFile(path);
    if (bytes === 0) return RejectsFile.begin(path);
    const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw storeError(error);
    });
    if (there === null || there.size < bytes) return null;
    const handle = await open(path, 'r+');
    await handle.truncate(bytes);
    file.#handle = handle;
    file.#bytes = bytes;
    await file.#readFirst();
    return file;
  }

  /** The first 100 rejects. */
  get first(): readonly Reject[] {
    return this.#first;
  }

  /** Bytes on the disk after `sync`. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0 && this.#pending.length === 0;
  }

  /** True when `write` should be called before more is added. */
  get isFull(): boolean {
    return this.#pendingCharacters >= bufferedCharacters;
  }

  add(line: number, reason: string, details: Readonly<Record<string, unknown>>, text: string): void {
    const es = rejectSentence(reason, details, 'es');
    const en = rejectSentence(reason, details, 'en');
    const written = `${JSON.stringify({ line, reason, es, en, details, text: text.toWellFormed() })}\n`;
    this.#pending.push(written);
    this.#pendingCharacters += written.length;
    if (this.#first.length < shownRejects) this.#first.push({ line, reason, details, excerpt: excerptOf(text) });
  }

  /** Throws `disk_full` or `disk_fault`. */
  async write(): Promise<void> {
    if (this.#pending.length === 0) return;
    try {
      if (this.#handle === null) {
        await mkdir(dirname(this.path), { recursive: true });
        this.#handle = await open(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC, 0o600);
      }
      for (const text of this.#pending) {
        const bytes = Buffer.from(text);
        for (let at = 0; at < bytes.length; ) {
          const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#bytes + at);
          at += bytesWritten;
        }
        this.#bytes += bytes.length;
      }
    } catch (error) {
      throw storeError(error);
    }
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#unsynced = true;
  }

  /** Writes what is pending and waits until it is on the disk. */
  async sync(): Promise<void> {
    await this.write();
    if (!this.#unsynced || this.#handle === null) return;
    try {
      await this.#handle.sync();
    } catch (error) {
      throw storeError(error);
    }
    this.#unsynced = false;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async #readFirst(): Promise<void> {
    const handle = await open(this.path, 'r');
    const lines = createInterface({
      input: handle.createReadStream({ start: 0 }),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    try {
      for await (const text of lines) {
        const { line, reason, details, text: whole } = JSON.parse(text) as Omit<Reject, 'excerpt'> & { text: string };
        this.#first.push({ line, reason, details, excerpt: excerptOf(whole) });
        if (this.#first.length >= shownRejects) return;
      }
    } finally {
      lines.close();
      await handle.close();
    }
  }
}

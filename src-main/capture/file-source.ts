import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';
import { GunzipSteps } from './gunzip-steps.ts';

const plainChunk = 256 * 1024;
/** Deflate packs at most 1,032 : 1, so one step of this many packed bytes can't unpack to more than 34 MB. */
const packedChunk = 32 * 1024;
/** After a fault the last step is repeated in pieces this small, to get what lies before the fault. */
const salvageChunk = 64;
const fingerprintEdge = 64 * 1024;

const fileError = (path: string, error: unknown): unknown => {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return new BitacoraError('file_not_found', { path });
  return new BitacoraError('file_unreadable', { path, reason: String(error.code) }, { cause: error });
};

/** A file to import: its bytes in order, unpacked when it is gzip (told by its first bytes, never by its name). */
export class FileSource {
  readonly path: string;
  readonly name: string;
  /** Bytes of the file as it lies on the disk. */
  readonly size: number;
  readonly gzip: boolean;
  readonly #handle: FileHandle;
  #bytesRead = 0;
  #torn = false;

  private constructor(path: string, size: number, gzip: boolean, handle: FileHandle) {
    this.path = path;
    this.name = basename(path);
    this.size = size;
    this.gzip = gzip;
    this.#handle = handle;
  }

  /** Throws `file_not_found` or `file_unreadable`. Close it when done. */
  static async open(path: string): Promise<FileSource> {
    let handle: FileHandle | null = null;
    try {
      handle = await open(path, 'r');
      const stat = await handle.stat();
      if (!stat.isFile()) throw new BitacoraError('file_unreadable', { path, reason: 'EISDIR' });
      const magic = Buffer.alloc(3);
      const { bytesRead } = await handle.read(magic, 0, 3, 0);
      const gzip = bytesRead === 3 && magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 8;
      return new FileSource(path, stat.size, gzip, handle);
    } catch (error) {
      await handle?.close();
      throw fileError(path, error);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** How far the file has been read, in bytes as they lie on the disk. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** True when the packed data ended too early or were damaged; `chunks` gave everything before that. */
  get torn(): boolean {
    return this.#torn;
  }

  /** SHA-256 in hex over the size, the first and last 64 KiB, and `salt`. */
  async fingerprint(salt: string): Promise<string> {
    const hash = createHash('sha256').update(`${this.size}\n${salt}\n`);
    for (const position of [0, Math.max(0, this.size - fingerprintEdge)]) {
      const edge = Buffer.alloc(fingerprintEdge);
      const { bytesRead } = await this.#read(edge, position);
      hash.update(edge.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  }

  /** The unpacked bytes from the beginning, or (plain files only) from `from`. Each chunk is the caller's to keep. */
  chunks(from = 0): AsyncGenerator<Buffer> {
    return this.gzip ? this.#unpacked() : this.#stored(from, this.size, plainChunk, true);
  }

  async #read(buffer: Buffer, position: number): Promise<{ readonly bytesRead: number }> {
    try {
      return await this.#handle.read(buffer, 0, buffer.length, position);
    } catch (error) {
      throw fileError(this.path, error);
    }
  }

  async *#stored(from: number, to: number, step: number, counted: boolean): AsyncGenerator<Buffer> {
    let position = from;
    while (position < to) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(step, to - position));
      const { bytesRead } = await this.#read(buffer, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      if (counted) this.#bytesRead = position;
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    }
  }

  async *#unpacked(): AsyncGenerator<Buffer> {
    const gunzip = new GunzipSteps();
    let given = 0;
    let stepStart = 0;
    try {
      for await (const packed of this.#stored(0, this.size, packedChunk, true)) {
        for (const chunk of await gunzip.write(packed)) {
          given += chunk.length;
          yield chunk;
        }
        stepStart += packed.length;
      }
      for (const chunk of await gunzip.end()) yield chunk;
    } catch (error) {
      if (!GunzipSteps.isFault(error)) throw error;
      this.#torn = true;
    } finally {
      gunzip.close();
    }
    if (this.#torn && stepStart < this.size) yield* this.#salvage(given, stepStart);
  }

  /**
   * zlib gives nothing of a step in which it meets a fault. So the file is unpacked again up to that step, and the step
   * itself in very small pieces: what lies before the fault comes out then.
   */
  async *#salvage(given: number, stepStart: number): AsyncGenerator<Buffer> {
    const gunzip = new GunzipSteps();
    let toSkip = given;
    const pieces = async function* (this: FileSource): AsyncGenerator<Buffer> {
      yield* this.#stored(0, stepStart, packedChunk, false);
      for await (const step of this.#stored(
        stepStart,
        Math.min(this.size, stepStart + packedChunk),
        packedChunk,
        false,
      )) {
        for (let at = 0; at < step.length; at += salvageChunk) yield step.subarray(at, at + salvageChunk);
      }
    }.call(this);
    try {
      for await (const packed of pieces) {
        for (const chunk of await gunzip.write(packed)) {
          const skipped = Math.min(toSkip, chunk.length);
          toSkip -= skipped;
          if (skipped < chunk.length) yield chunk.subarray(skipped);
        }
      }
    } catch (error) {
      // The fault that brought us here; it is told as `torn`.
      if (!GunzipSteps.isFault(error)) throw error;
    } finally {
      gunzip.close();
    }
  }
}

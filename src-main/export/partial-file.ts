import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { DocumentFile } from './document.ts';
import { type NotedPartial, notePartial } from './partial-notes.ts';

interface Reason {
  readonly es: string;
  readonly en: string;
}

const reasons: Readonly<Record<string, Reason>> = {
  EACCES: { es: 'no hay permiso', en: 'there is no permission' },
  EPERM: { es: 'el sistema no lo permite', en: 'the system does not allow it' },
  EROFS: { es: 'el disco es de solo lectura', en: 'the disk can only be read' },
  EBUSY: { es: 'otro programa lo tiene abierto', en: 'another program has it open' },
  ETXTBSY: { es: 'otro programa lo tiene abierto', en: 'another program has it open' },
  ENOENT: { es: 'la carpeta no existe', en: 'the folder does not exist' },
  ENOTDIR: { es: 'la carpeta no existe', en: 'the folder does not exist' },
  EISDIR: { es: 'es una carpeta', en: 'it is a folder' },
  ENOTEMPTY: { es: 'es una carpeta', en: 'it is a folder' },
  ENAMETOOLONG: { es: 'el nombre es demasiado largo', en: 'the name is too long' },
  EINVAL: {
    es: 'el nombre tiene caracteres que este disco no admite',
    en: 'the name has characters that this disk does not take',
  },
};

/** What Windows takes in no name; a colon would write beside the file, into a stream that nobody sees. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const notOnWindows = /[<>:"|?*\u0001-\u001f]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Throws `file_unwritable` for a name that the system would refuse with a word of its own, or take for another place. */
export const requireName = (file: string, platform: NodeJS.Platform): void => {
  const name = path.basename(file);
  if (!file.includes('\0') && !(platform === 'win32' && notOnWindows.test(name))) return;
  const { es, en } = reasons.EINVAL as Reason;
  throw new BitacoraError('file_unwritable', { path: file, reason: en, reasonEs: es });
};

/** What keeps a document from being written, as an error that a person understands. */
export const writingError = (error: unknown, file: string, platform: NodeJS.Platform = process.platform): unknown => {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  // Where a program has a file open, Windows lets nobody put another in its place, and gives this for the reason.
  const isHeld =
    platform === 'win32' && error.syscall === 'rename' && (error.code === 'EPERM' || error.code === 'EACCES');
  const code = isHeld ? 'EBUSY' : String(error.code);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new BitacoraError('export_disk_full', { path: file }, { cause: error });
  }
  const { es, en } = reasons[code] ?? { es: code, en: code };
  return new BitacoraError('file_unwritable', { path: file, reason: en, reasonEs: es }, { cause: error });
};

/** Throws `export_volume_exists` where something stands already that nobody was asked about. */
export const requireFree = async (file: string): Promise<void> => {
  try {
    await lstat(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw writingError(error, file);
  }
  throw new BitacoraError('export_volume_exists', { path: file });
};

/**
 * A file on its way: it stands beside its place under a name of its own and takes its place when all is well. What was
 * at its place stays until then. For this user alone (0600), as everything that leaves the ledger is at first.
 */
export class PartialFile implements DocumentFile {
  readonly name: string;
  readonly #target: string;
  readonly #replaces: boolean;
  readonly #noted: NotedPartial;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #open = true;
  #digest: string | null = null;

  private constructor(target: string, replaces: boolean, noted: NotedPartial, handle: FileHandle) {
    this.name = path.basename(target);
    this.#target = target;
    this.#replaces = replaces;
    this.#noted = noted;
    this.#handle = handle;
  }

  /**
   * `ledgerFolder`: where it is noted, for the case that nobody can end it. `replaces`: false for a name that nobody agreed
   * to; what is there is never replaced. Throws `file_unwritable`, `export_disk_full`, `export_volume_exists`.
   */
  static async begin(target: string, ledgerFolder: string, { replaces = true } = {}): Promise<PartialFile> {
    requireName(target, process.platform);
    if (!replaces) await requireFree(target);
    const noted = await notePartial(ledgerFolder, target).catch((error: unknown) => {
      throw writingError(error, ledgerFolder);
    });
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
      return new PartialFile(target, replaces, noted, await open(noted.path, flags, 0o600));
    } catch (error) {
      await noted.forget();
      throw writingError(error, target);
    }
  }

  /** Where the bytes are until the file has its place. */
  get path(): string {
    return this.#noted.path;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#bytes + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw writingError(error, this.#target);
    }
    this.#bytes += bytes.length;
  }

  /** Waits until everything is on the disk; the answer is the SHA-256 of what was written, hexadecimal. */
  async finish(): Promise<string> {
    if (this.#digest !== null) return this.#digest;
    try {
      await this.#handle.sync();
      await this.#close();
    } catch (error) {
      throw writingError(error, this.#target);
    }
    this.#digest = this.#hash.digest('hex');
    return this.#digest;
  }

  /** Takes its place; what was there is replaced, if it may be. Throws `file_unwritable`, `export_volume_exists`. */
  async place(): Promise<void> {
    if (!this.#replaces) await requireFree(this.#target);
    try {
      await rename(this.#noted.path, this.#target);
    } catch (error) {
      throw writingError(error, this.#target);
    }
    await this.#noted.forget();
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#close();
    await rm(this.#noted.path, { force: true });
    await this.#noted.forget();
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}

/** Makes the new names of a folder last through a power cut. Not every system can (Windows opens no folders). */
export const syncFolder = async (folder: string): Promise<void> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EACCES' && code !== 'EINVAL') throw error;
  } finally {
    await handle?.close();
  }
};

import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

/** An upload that nobody imported by then is removed when the next one comes. */
const keepMilliseconds = 24 * 3_600_000;
const maxNameBytes = 200;

/** The last part of a name that a browser gave, made harmless on every file system. */
export const safeFileName = (name: string): string => {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  let safe = last.replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_').replace(/[. ]+$/, '');
  while (Buffer.byteLength(safe) > maxNameBytes) safe = safe.slice(1);
  return safe.toWellFormed() === '' ? 'file' : safe.toWellFormed();
};

const asDiskError = (error: unknown): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new BitacoraError('disk_full', {}, { cause: error });
  if (code === 'EIO' || code === 'EROFS') return new BitacoraError('disk_fault', { reason: code }, { cause: error });
  return error;
};

export interface UploadFolder {
  /** Writes a file and gives back its path. Nothing stays of one that breaks off. */
  receive(name: string, content: Readable, signal: AbortSignal): Promise<string>;
  clear(): Promise<void>;
}

/**
 * Files on their way from a browser to the importer: a private folder (0700, files 0600) that starts and ends empty.
 * Each file is alone in a folder of its own, so that it keeps its name.
 */
export const openUploadFolder = async (folder: string): Promise<UploadFolder> => {
  const clear = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const removeOld = async (): Promise<void> => {
    for (const entry of await readdir(folder)) {
      const made = await stat(join(folder, entry));
      if (Date.now() - made.mtimeMs > keepMilliseconds) await rm(join(folder, entry), { recursive: true, force: true });
    }
  };
  await clear();
  return {
    receive: async (name, content, signal) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeOld();
      const own = join(folder, randomUUID());
      await mkdir(own, { mode: 0o700 });
      const path = join(own, safeFileName(name));
      try {
        await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
      } catch (error) {
        await rm(own, { recursive: true, force: true });
        throw signal.aborted ? cancelled() : asDiskError(error);
      }
      return path;
    },
    clear,
  };
};

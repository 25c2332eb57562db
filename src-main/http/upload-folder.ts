import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPassingFolder } from '#main/http/passing-folder.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

const asDiskError = (error: unknown): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new BitacoraError('disk_full', {}, { cause: error });
  if (code === 'EIO' || code === 'EROFS') return new BitacoraError('disk_fault', { reason: code }, { cause: error });
  return error;
};

/** Files on their way from a browser to the importer. */
export interface UploadFolder {
  /** Writes a file and gives back its path. Nothing stays of one that breaks off. */
  receive(name: string, content: Readable, signal: AbortSignal): Promise<string>;
  clear(): Promise<void>;
}

/** A sender who says nothing for `patienceMs`, or twice as long, is left. */
export const openUploadFolder = async (folder: string, patienceMs = 60_000): Promise<UploadFolder> => {
  const { placeFor, remove, clear } = await openPassingFolder(folder);
  return {
    receive: async (name, content, signal) => {
      const file = await placeFor(name);
      const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
      let written = -1;
      const timer = setInterval(() => {
        if (target.bytesWritten === written) content.destroy(new BitacoraError('unreadable', { fields: '(body)' }));
        written = target.bytesWritten;
      }, patienceMs);
      try {
        await pipeline(content, target, { signal });
      } catch (error) {
        await remove(file);
        throw signal.aborted ? cancelled() : asDiskError(error);
      } finally {
        clearInterval(timer);
      }
      return file;
    },
    clear,
  };
};

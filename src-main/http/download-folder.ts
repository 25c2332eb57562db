import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { safeFileName } from '#main/http/upload-folder.ts';

/** A document that nobody fetched by then is removed when the next one is made. */
const keepMilliseconds = 24 * 3_600_000;

export interface DownloadFolder {
  /** A place for one document, in a folder of its own, so that it keeps its name. */
  placeFor(name: string): Promise<string>;
  /** Removes a document with what stands beside it. */
  remove(file: string): Promise<void>;
  clear(): Promise<void>;
}

/** Documents on their way to a browser: a private folder (0700, files 0600) that starts and ends empty. */
export const openDownloadFolder = async (folder: string): Promise<DownloadFolder> => {
  const clear = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const removeOld = async (): Promise<void> => {
    for (const entry of await readdir(folder)) {
      const made = await stat(path.join(folder, entry));
      if (Date.now() - made.mtimeMs > keepMilliseconds) {
        await rm(path.join(folder, entry), { recursive: true, force: true });
      }
    }
  };
  await clear();
  return {
    placeFor: async (name) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeOld();
      const own = path.join(folder, randomUUID());
      await mkdir(own, { mode: 0o700 });
      return path.join(own, safeFileName(name));
    },
    remove: async (file) => {
      // Only what this folder gave a place to.
      if (path.dirname(path.dirname(file)) === folder) await rm(path.dirname(file), { recursive: true, force: true });
    },
    clear,
  };
};

import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** A file that nobody took by then goes when the next one comes. */
const keepMilliseconds = 24 * 3_600_000;
/** So many wait at most, the oldest go first: no more grants for them are remembered. */
const mostPlaces = 1000;
const maxNameBytes = 200;

/** The last part of a name that a browser gave, made harmless on every file system. */
export const safeFileName = (name: string): string => {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  let safe = last.replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_').replace(/[. ]+$/, '');
  while (Buffer.byteLength(safe) > maxNameBytes) safe = safe.slice(1);
  return safe.toWellFormed() === '' ? 'file' : safe.toWellFormed();
};

export interface PassingFolder {
  /** A place for one file, in a folder of its own, so that it keeps its name. */
  placeFor(name: string): Promise<string>;
  /** Removes a file that has a place here, with what stands beside it. */
  remove(file: string): Promise<void>;
  clear(): Promise<void>;
}

/** Files on their way between a browser and the engine: a private folder (0700, files 0600) that starts and ends empty. */
export const openPassingFolder = async (folder: string): Promise<PassingFolder> => {
  /** Folders of one file each, oldest first, and when they were made. */
  const places = new Map<string, number>();
  const clear = async (): Promise<void> => {
    places.clear();
    await rm(folder, { recursive: true, force: true });
  };
  const removePlace = async (own: string): Promise<void> => {
    if (places.delete(own)) await rm(own, { recursive: true, force: true });
  };
  const removeOld = async (): Promise<void> => {
    for (const [own, made] of [...places]) {
      if (places.size <= mostPlaces && Date.now() - made <= keepMilliseconds) return;
      await removePlace(own);
    }
  };
  await clear();
  return {
    placeFor: async (name) => {
      const own = path.join(folder, randomUUID());
      await mkdir(own, { recursive: true, mode: 0o700 });
      places.set(own, Date.now());
      await removeOld();
      return path.join(own, safeFileName(name));
    },
    remove: (file) => removePlace(path.dirname(file)),
    clear,
  };
};

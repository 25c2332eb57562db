import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { SqliteDatabase } from './database.ts';

/**
 * The side indexes live beside the ledger in `index/<ledger id>/` as files that are written once and can all be made
 * again from the ledger. A file covers the entries `first … last`, both in its name, and carries the event id of its
 * last entry, so that an index of another ledger, or of a ledger that was put back to an older copy, is noticed.
 */
export interface IndexFile {
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

export const indexFolder = (ledgerFile: string, ledgerId: string): string =>
  path.join(path.dirname(ledgerFile), 'index', ledgerId);

/** By first entry, the longest of those first. */
export const sortIndexFiles = (files: readonly IndexFile[]): readonly IndexFile[] =>
  [...files].sort((a, b) => a.first - b.first || b.last - a.last);

export const listIndexFiles = (folder: string, ending: string): readonly IndexFile[] => {
  if (!existsSync(folder)) return [];
  const found: IndexFile[] = [];
  for (const name of readdirSync(folder)) {
    const match = /^(\d+)-(\d+)\.(\w+)$/.exec(name);
    if (match && match[3] === ending) {
      found.push({ path: path.join(folder, name), first: Number(match[1]), last: Number(match[2]) });
    }
  }
  return sortIndexFiles(found);
};

/** The files that together cover the entries from 1 on without a gap; a longer file wins over the shorter ones in it. */
export const coveringFiles = (files: readonly IndexFile[]): readonly IndexFile[] => {
  const chosen: IndexFile[] = [];
  let next = 1;
  for (const file of files) {
    if (file.first === next) {
      chosen.push(file);
      next = file.last + 1;
    }
  }
  return chosen;
};

export const indexFilePath = (folder: string, first: number, last: number, ending: string): string =>
  path.join(folder, `${String(first).padStart(10, '0')}-${String(last).padStart(10, '0')}.${ending}`);

/** Writes a file whole or not at all: to a temporary name, synced, renamed. */
export const writeIndexFile = (file: string, parts: readonly Uint8Array[]): void => {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    for (const part of parts) {
      for (let done = 0; done < part.byteLength; ) done += writeSync(handle, part, done);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
};

/** A handle for reading, or null when the file is gone: the indexer replaces files while others look at them. */
export const openIndexFile = (file: IndexFile): number | null => {
  try {
    return openSync(file.path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

export const removeIndexFile = (file: string): void => rmSync(file, { force: true });

/** Event id of an entry, the mark that ties an index file to this ledger; null when there is no such entry. */
export const eventIdAt = (db: SqliteDatabase, id: number): Buffer | null => {
  const found = db.prepare('SELECT event_id FROM entry WHERE id = ?').pluck().get(id);
  return found instanceof Uint8Array ? Buffer.from(found) : null;
};

const filesUnder = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
    : [];

/** Removes every side index, to be made anew. Threads that have a file open go on reading what it held. */
export const removeIndexFiles = (folder: string): void => {
  for (const file of filesUnder(folder)) removeIndexFile(file);
};

/** What the side indexes take on disk, by the folder of each kind. */
export const indexBytes = (folder: string): Readonly<Record<string, number>> => {
  const bytes: Record<string, number> = {};
  for (const file of filesUnder(folder)) {
    const kind = path.relative(folder, file).split(path.sep)[0] ?? '';
    bytes[kind] = (bytes[kind] ?? 0) + (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  }
  return bytes;
};

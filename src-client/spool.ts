import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lines, someLines } from './lines.ts';

/** A file holds so much; one that holds a single longer line holds more. */
const fileEntries = 1000;
export const fileBytes = 4 * 1024 * 1024;

/** So much of what was written last stays in memory too, so that it need not be read again to be sent. */
const heldBytes = 4 * 1024 * 1024;

const fileName = /^\d{15}-\d+-\d+-\d+\.ndjson$/;

/** A file of entries that waits to be sent. */
export interface SpoolFile {
  readonly name: string;
  readonly entries: number;
  readonly body: Buffer;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly mostBytes: number;
  /** Each file is on the disk itself before it counts as written; else the system decides when. */
  readonly sync: boolean;
  /** Whether writing may hold up the thread, as it may where nothing else is done. */
  readonly mayBlock?: boolean;
}

/**
 * Entries on their way: small files, one JSON object a line. A file is written beside its place and renamed, so that
 * what is there is whole, whoever is killed when.
 */
export interface Spool {
  /** Resolves when the lines are on disk, with how many found no room there. */
  write(lines: Lines): Promise<number>;
  /** The oldest file; null when none waits. */
  oldest(): Promise<SpoolFile | null>;
  /** Forgets a file that was sent. */
  remove(name: string): Promise<void>;
  /** Puts lines away that will never be taken, under the name of the file that they were in. */
  refuse(name: string, lines: readonly string[]): Promise<void>;
  /** Resolves when there is a file to send, or when the spool is closed. */
  filled(): Promise<void>;
  state(): { readonly files: number; readonly bytes: number };
  close(): Promise<void>;
}

let sequence = 0;
/** Sorts by time; no two of all threads of all processes have the same. */
const newName = (thread: number): string => {
  sequence += 1;
  return `${String(Date.now()).padStart(15, '0')}-${process.pid}-${thread}-${sequence}.ndjson`;
};

/** The lines in the files that they make. */
const groups = (lines: Lines): readonly Lines[] => {
  const { ends } = lines;
  const found: Lines[] = [];
  let from = 0;
  let begin = 0;
  for (const [place, end] of ends.entries()) {
    if (place === from || (place - from < fileEntries && end - begin <= fileBytes)) continue;
    found.push(someLines(lines, from, place));
    from = place;
    begin = ends[place - 1] ?? 0;
  }
  if (from < ends.length) found.push(someLines(lines, from, ends.length));
  return found;
};

/** As many lines from the first on as there is room for. */
const fitting = (lines: Lines, room: number): Lines => {
  if (lines.bytes.length <= room) return lines;
  return someLines(
    lines,
    0,
    lines.ends.findIndex((end) => end > room),
  );
};

const countLines = (body: Buffer): number => {
  let count = 0;
  for (let at = body.indexOf(10); at >= 0; at = body.indexOf(10, at + 1)) count += 1;
  return count;
};

/** Windows has no sync for folders: there the system sees to it. */
const folderSyncs = process.platform !== 'win32';

/** A folder’s own list of names is on disk after this. */
const syncFolder = async (folder: string): Promise<void> => {
  if (!folderSyncs) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A file that is in its place, whole, or not at all: first it is a draft. Throws as the system does. */
interface Placing {
  readonly folder: string;
  readonly draft: string;
  readonly file: string;
  readonly body: Buffer;
  readonly sync: boolean;
}
const place = async ({ folder, draft, file, body, sync }: Placing): Promise<void> => {
  await writeFile(draft, body, { mode: 0o600, flush: sync });
  await rename(draft, file);
  if (sync) await syncFolder(folder);
};
/** The same by calls that hold up the thread: they take a third of the processor’s time. */
const placeNow = ({ folder, draft, file, body, sync }: Placing): void => {
  writeFileSync(draft, body, { mode: 0o600, flush: sync });
  renameSync(draft, file);
  if (!sync || !folderSyncs) return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** For the end of a process, when nothing can be waited for any more. Throws when the disk is full. */
export const writeSpoolFileNow = (folder: string, body: Buffer): void => {
  const name = newName(0);
  const draft = join(folder, `${name}.draft`);
  try {
    writeFileSync(draft, body, { mode: 0o600, flush: true });
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
};

/** Throws when the folder can't be made or read. */
export const openSpool = ({ folder, mostBytes, sync, mayBlock = false }: SpoolOptions, thread = 0): Spool => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  /** Names with their sizes, oldest first: names begin with their time. */
  const files = new Map(
    readdirSync(folder)
      .filter((name) => fileName.test(name))
      .sort()
      .map((name) => [name, statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0]),
  );
  let bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  /** Files as they were written; they are on disk all the same. */
  const held = new Map<string, SpoolFile>();
  let bytesHeld = 0;
  let closed = false;
  let writing: Promise<unknown> = Promise.resolve();
  const wake: (() => void)[] = [];

  const tell = (): void => {
    for (const listener of wake.splice(0)) listener();
  };
  const hold = (file: SpoolFile): void => {
    if (bytesHeld + file.body.length > heldBytes) return;
    held.set(file.name, file);
    bytesHeld += file.body.length;
  };
  const forget = (name: string): void => {
    bytes -= files.get(name) ?? 0;
    files.delete(name);
    bytesHeld -= held.get(name)?.body.length ?? 0;
    held.delete(name);
  };

  /** How many of the lines are not on disk. */
  const writeFileOf = async (lines: Lines): Promise<number> => {
    const all = lines.ends.length;
    const { bytes: body, ends } = fitting(lines, mostBytes - bytes);
    if (ends.length === 0) return all;
    const name = newName(thread);
    const draft = join(folder, `${name}.draft`);
    const file = join(folder, name);
    try {
      const placing = { folder, draft, file, body, sync };
      if (mayBlock) placeNow(placing);
      else await place(placing);
    } catch {
      // A full or broken disk: the program that is watched goes on, and what is not known to be on disk is counted as lost.
      await Promise.all([draft, file].map((left) => unlink(left).catch(() => undefined)));
      return all;
    }
    files.set(name, body.length);
    bytes += body.length;
    hold({ name, entries: ends.length, body });
    tell();
    return all - ends.length;
  };

  const writeAll = async (lines: Lines): Promise<number> => {
    let lost = 0;
    for (const group of groups(lines)) lost += await writeFileOf(group);
    return lost;
  };

  return {
    write: (lines) => {
      // One after the other, so that files are in the order of their entries.
      const written = writing.then(() => writeAll(lines));
      writing = written;
      return written;
    },
    oldest: async () => {
      for (const name of files.keys()) {
        const inMemory = held.get(name);
        if (inMemory !== undefined) return inMemory;
        try {
          const body = await readFile(join(folder, name));
          return { name, body, entries: countLines(body) };
        } catch (error) {
          // Another process of the same program has sent it.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
          forget(name);
        }
      }
      return null;
    },
    remove: async (name) => {
      await unlink(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      forget(name);
    },
    refuse: async (name, refused) => {
      await mkdir(join(folder, 'refused'), { recursive: true, mode: 0o700 });
      await writeFile(join(folder, 'refused', name), `${refused.join('\n')}\n`, { mode: 0o600, flush: sync });
    },
    filled: () =>
      new Promise((resolve) => {
        if (files.size > 0 || closed) resolve();
        else wake.push(resolve);
      }),
    state: () => ({ files: files.size, bytes }),
    close: async () => {
      await writing;
      closed = true;
      tell();
    },
  };
};

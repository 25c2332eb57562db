import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Entries are written together after so many milliseconds, or when there are so many. */
const patience = 100;
const fileEntries = 500;
const fileBytes = 4 * 1024 * 1024;
/** So much waits in memory at most while the disk is busy. */
const memoryBytes = 16 * 1024 * 1024;

const fileName = /^\d{15}-\d+-\d+\.ndjson$/;

/** A file of entries that waits to be sent. */
export interface SpoolFile {
  readonly name: string;
  readonly entries: number;
  readonly body: Buffer;
}

/**
 * Entries on their way: a short while in memory, then in small files, one JSON object a line. A file is written beside
 * its place and renamed, so that what is there is whole, whoever is killed when.
 */
export interface Spool {
  /** Never waits, never throws. What finds no room is counted and gone. */
  add(line: string): void;
  /** The oldest file; null when none waits. */
  oldest(): Promise<SpoolFile | null>;
  /** Forgets a file that was sent. */
  remove(name: string): Promise<void>;
  /** Puts lines away that will never be taken, under the name of the file that they were in. */
  refuse(name: string, lines: readonly string[]): Promise<void>;
  /** Resolves when there is a file to send, or when the spool is closed. */
  filled(): Promise<void>;
  state(): { readonly entries: number; readonly files: number; readonly bytes: number; readonly dropped: number };
  close(): Promise<void>;
}

/** Throws when the folder can't be made or read. */
export const openSpool = (folder: string, mostBytes: number): Spool => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  /** Names with their sizes, oldest first: names begin with their time. */
  const files = new Map(
    readdirSync(folder)
      .filter((name) => fileName.test(name))
      .sort()
      .map((name) => [name, statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0]),
  );
  let bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  let lines: string[] = [];
  let lineBytes = 0;
  let sequence = 0;
  let dropped = 0;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const wake: (() => void)[] = [];

  const tell = (): void => {
    for (const listener of wake.splice(0)) listener();
  };
  const forget = (name: string): void => {
    bytes -= files.get(name) ?? 0;
    files.delete(name);
  };

  const writeOut = async (body: string, count: number): Promise<void> => {
    const size = Buffer.byteLength(body);
    sequence += 1;
    const name = `${String(Date.now()).padStart(15, '0')}-${process.pid}-${sequence}.ndjson`;
    const draft = join(folder, `${name}.draft`);
    try {
      await writeFile(draft, body, { mode: 0o600 });
      await rename(draft, join(folder, name));
      files.set(name, size);
      bytes += size;
      tell();
    } catch {
      // A full disk: the program that is watched goes on, and the loss is counted.
      dropped += count;
      await unlink(draft).catch(() => undefined);
    }
  };

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (lines.length === 0) return;
    const body = lines.join('');
    const count = lines.length;
    lines = [];
    lineBytes = 0;
    // One after the other, so that files are in the order of their entries.
    writing = writing.then(() => writeOut(body, count));
  };

  return {
    add: (line) => {
      const size = line.length + 1;
      if (closed || lineBytes + size > memoryBytes || bytes + lineBytes + size > mostBytes) {
        dropped += 1;
        return;
      }
      lines.push(`${line}\n`);
      lineBytes += size;
      if (lines.length >= fileEntries || lineBytes >= fileBytes) flush();
      else timer ??= setTimeout(flush, patience).unref();
    },
    oldest: async () => {
      for (const name of files.keys()) {
        try {
          const body = await readFile(join(folder, name));
          return { name, body, entries: body.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0) };
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
      await writeFile(join(folder, 'refused', name), `${refused.join('\n')}\n`, { mode: 0o600 });
    },
    filled: () =>
      new Promise((resolve) => {
        if (files.size > 0 || closed) resolve();
        else wake.push(resolve);
      }),
    state: () => ({ entries: lines.length, files: files.size, bytes: bytes + lineBytes, dropped }),
    close: async () => {
      flush();
      closed = true;
      await writing;
      tell();
    },
  };
};

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { threadId } from 'node:worker_threads';

const allScratch = (indexFolder: string): string => path.join(indexFolder, 'order', 'scratch');

/** A folder for what one thread makes for itself. */
export interface Scratch {
  /** Makes it when it is asked for first. */
  folder(): string;
  remove(): void;
}

/** Beside the orders; for somebody who only reads the ledger, and changes nothing there, in the system's own place. */
export const openScratch = (indexFolder: string, access: 'write' | 'read'): Scratch => {
  let made: string | null = null;
  return {
    folder: () => {
      made ??=
        access === 'write'
          ? path.join(allScratch(indexFolder), `${process.pid}-${threadId}`)
          : mkdtempSync(path.join(tmpdir(), 'bitacora-'));
      return made;
    },
    remove: () => {
      if (made !== null) rmSync(made, { recursive: true, force: true });
      made = null;
    },
  };
};

/** Removes what threads of a process that is gone left behind. */
export const removeOldScratch = (indexFolder: string): void => {
  let names: readonly string[];
  try {
    names = readdirSync(allScratch(indexFolder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  for (const name of names) {
    if (!name.startsWith(`${process.pid}-`)) {
      rmSync(path.join(allScratch(indexFolder), name), { recursive: true, force: true });
    }
  }
};

import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;

/** Null when it is missing, or half of one, as a full disk may leave it: that would hide nothing. */
const readKey = (file: string): Buffer | null => {
  try {
    const key = readFileSync(file);
    return key.length === keyBytes ? key : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Written whole beside its place first, so that nobody ever reads half a key. */
const makeKey = (file: string): Buffer => {
  const draft = `${file}.${process.pid}`;
  const key = randomBytes(keyBytes);
  try {
    writeFileSync(draft, key, { mode: 0o600, flush: true });
    linkSync(draft, file);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // In a cluster another process may have been first: its key holds.
    const found = readKey(file);
    if (found !== null) return found;
    renameSync(draft, file);
    return key;
  } finally {
    rmSync(draft, { force: true });
  }
};

/** The digest that stands for a secret, with a key of this program's own beside its spool. */
export const openSpoolDigest = (folder: string): ((secret: string) => Uint8Array) => {
  const file = join(folder, 'redaction.key');
  const key = readKey(file) ?? makeKey(file);
  return (secret) => createHmac('sha256', key).update(secret).digest();
};

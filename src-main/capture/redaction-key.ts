import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';

const keyBytes = 32;

const readKey = (file: string): Buffer | null => {
  try {
    const key = readFileSync(file);
    if (key.length === keyBytes) return key;
    throw new BitacoraError('file_unreadable', { path: file, reason: `${key.length} bytes` });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** The folder's list of names is on disk after this. Windows can't be asked for it, and sees to it by itself. */
const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Written whole beside its place first, so that nobody ever reads half a key, and on disk before it is used. */
const makeKey = (file: string): Buffer => {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, randomBytes(keyBytes), { mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    // Another one was first: its key holds.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(path.dirname(file));
  const key = readKey(file);
  if (key === null) throw new BitacoraError('file_unreadable', { path: file, reason: 'ENOENT' });
  return key;
};

/**
 * The key of the redaction, made when it is missing. It lies beside the ledger, not in it, so that whoever gets a copy of
 * the ledger can't try card numbers. Lost, equal secrets only stop comparing with those of before.
 */
export const openRedactionKey = (dataFolder: string): Uint8Array => {
  const file = path.join(dataFolder, 'redaction.key');
  return readKey(file) ?? makeKey(file);
};

/** The digest that stands for a secret: HMAC-SHA-256. */
export const redactionDigest =
  (key: Uint8Array): ((secret: string) => Uint8Array) =>
  (secret) =>
    createHmac('sha256', key).update(secret).digest();

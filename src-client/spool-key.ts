import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;

/** The digest that stands for a secret, with a key of this program's own beside its spool. */
export const openSpoolDigest = (folder: string): ((secret: string) => Uint8Array) => {
  const file = join(folder, 'redaction.key');
  try {
    // `wx`: whoever is first makes it, in a cluster too.
    writeFileSync(file, randomBytes(keyBytes), { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = readFileSync(file);
  return (secret) => createHmac('sha256', key).update(secret).digest();
};

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSpoolDigest } from '#client/spool-key.ts';
import { temporaryFolder } from '../engine/engine-kit.ts';

test('the key is made once; half a key, as a full disk leaves it, is made anew', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'redaction.key');
  const digest = openSpoolDigest(folder)('a secret');
  expect(openSpoolDigest(folder)('a secret')).toEqual(digest);
  expect(readFileSync(file).length).toBe(32);
  for (const half of ['', 'half']) {
    writeFileSync(file, half);
    const anew = openSpoolDigest(folder)('a secret');
    expect(anew).not.toEqual(digest);
    expect(openSpoolDigest(folder)('a secret')).toEqual(anew);
    expect(readFileSync(file).length).toBe(32);
  }
  expect(readdirSync(folder)).toEqual(['redaction.key']);
});

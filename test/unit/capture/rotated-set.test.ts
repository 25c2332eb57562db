import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { expandRotatedSet } from '#main/capture/rotated-set.ts';
import { makeFolder } from './import-scratch.ts';

it('lists a rotated log oldest first, and nothing that only looks like it', async () => {
  const folder = await makeFolder();
  const names = [
    'audit.log',
    'audit.log.1',
    'audit.log.2.gz',
    'audit.log.10',
    'audit.log.bak',
    'xaudit.log.3',
    'audit_log.4',
    'b.log',
  ];
  for (const name of names) await writeFile(join(folder, name), '');
  const set = await expandRotatedSet(join(folder, 'audit.log'));
  expect(set.map((path) => basename(path))).toEqual(['audit.log.10', 'audit.log.2.gz', 'audit.log.1', 'audit.log']);
  expect(await expandRotatedSet(join(folder, 'b.log'))).toEqual([join(folder, 'b.log')]);
  const matched = await expandRotatedSet(join(folder, '*.log*'));
  expect(matched.map((path) => basename(path))).toEqual([
    'audit.log.10',
    'audit.log.2.gz',
    'audit.log.1',
    'audit.log',
    'audit.log.bak',
    'b.log',
    'xaudit.log.3',
  ]);
  expect(await expandRotatedSet(join(folder, 'none.log'))).toEqual([join(folder, 'none.log')]);
  await expect(expandRotatedSet(join(folder, '*.none'))).rejects.toMatchObject({ code: 'file_not_found' });
});

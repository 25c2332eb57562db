import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PartialFile } from '#main/export/partial-file.ts';
import { fewestFiles } from '#main/export/pdf/document-volumes.ts';
import { isBitacoraError } from '#shared/contract/errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bitacora-partial-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isBitacoraError(error) ? error.toWire().code : String(error)),
  );

describe('a file that nobody agreed to replace', () => {
  const at = (name: string): string => path.join(folder, name);
  const partials = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith('.partial'));

  test('is refused where something stands, before anything is written', async () => {
    await writeFile(at('a (2).pdf'), 'of somebody');
    expect(await codeOf(PartialFile.begin(at('a (2).pdf'), folder, { replaces: false }))).toBe('export_volume_exists');
    expect(await partials()).toEqual([]);
  });

  test('does not take the place of what came meanwhile', async () => {
    const partial = await PartialFile.begin(at('b (2).pdf'), folder, { replaces: false });
    await partial.write(Buffer.from('ours'));
    await partial.finish();
    await writeFile(at('b (2).pdf'), 'came meanwhile');
    expect(await codeOf(partial.place())).toBe('export_volume_exists');
    await partial.discard();
    expect(await readFile(at('b (2).pdf'), 'utf8')).toBe('came meanwhile');
    expect(await partials()).toEqual([]);
  });

  test('takes a free place; one that may be replaced is', async () => {
    for (const replaces of [false, true]) {
      const partial = await PartialFile.begin(at('c.pdf'), folder, { replaces });
      await partial.write(Buffer.from(String(replaces)));
      await partial.finish();
      await partial.place();
      expect(await readFile(at('c.pdf'), 'utf8')).toBe(String(replaces));
    }
  });
});

test('the files of a PDF are known before it is written: its volumes and their index', () => {
  expect([1, 99_999, 100_000, 100_001, 150_000].map((rows) => fewestFiles(rows))).toEqual([1, 1, 3, 4, 4]);
});

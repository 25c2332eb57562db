import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import { sortKey } from '#main/store/sqlite/sort-key.ts';
import type { View } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { openReading, openWriting, type Reading, temporaryFolder } from './ledger-kit.ts';
import { smallTrail } from './small-trail.ts';

test('numbers inside texts are in the order of their size, case and accents aside', () => {
  const wanted = ['', ' 1', 'A2', 'a10', 'Ábaco', 'abad', 'ñu', 'z1', 'Z002', 'z10'];
  const naive = [...wanted].reverse().sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  expect(naive).toEqual(wanted);
});

describe('damage and foreign files in the index folder', () => {
  const count = 6000;
  const trail = smallTrail(count, 33);
  const questions = ['aguja', 'avila', 'ñ', '数据', 'GET /api', 'nandu -evento:CREATE', 'registro:a-7', '"2026-03-02"'];

  const answers = (reading: Reading): unknown =>
    questions.flatMap((text) =>
      (['id', 'newValue', 'detail'] as const).map((column) => {
        const view: View = {
          query: parseQuery(text),
          sort: { column, descending: true },
          reading: { zone: 'UTC', ignoreAccents: true },
          newestId: null,
          now: null,
        };
        const page = reading.views.page(view, { position: 0 }, 1000);
        // How many there are at least depends on the way that was taken to the first of them.
        return [text, column, reading.views.count(view, () => undefined), page.rows.map(({ id }) => id)];
      }),
    );
  const indexFiles = (folder: string): string[] =>
    readdirSync(path.join(folder, 'index'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();

  const made = (entries: readonly NewEntry[]): string => {
    const folder = temporaryFolder();
    const writing = openWriting(folder);
    writing.append(entries);
    writing.db.close();
    const reading = openReading(folder);
    reading.catchUp();
    reading.close();
    return folder;
  };
  const unindexed = (entries: readonly NewEntry[]): unknown => {
    const folder = temporaryFolder();
    const writing = openWriting(folder);
    writing.append(entries);
    const reading = openReading(folder);
    const found = answers(reading);
    reading.close();
    writing.db.close();
    return found;
  };

  test('every file cut in half or emptied: right answers at once, and sound files after a while', () => {
    const folder = made(trail);
    const right = unindexed(trail);
    const files = indexFiles(folder);
    expect(files.length).toBeGreaterThan(5);
    const sound = files.map((file) => readFileSync(file));
    for (const [i, file] of files.entries())
      writeFileSync(file, (sound[i] as Buffer).subarray(0, i % 2 === 0 ? 20 : 1000));
    const reading = openReading(folder);
    expect(answers(reading)).toEqual(right);
    reading.catchUp();
    expect(answers(reading)).toEqual(right);
    reading.close();
    expect(indexFiles(folder)).toEqual(files);
    expect(files.map((file) => readFileSync(file))).toEqual(sound);
  });

  test('a byte changed in every file: noticed by its sum and made again, under the eyes of those who have it open', () => {
    const folder = made(trail);
    const files = indexFiles(folder);
    const sound = files.map((file) => readFileSync(file));
    for (const [i, file] of files.entries()) {
      const changed = Buffer.from(sound[i] as Buffer);
      changed[changed.length - 7] = (changed.at(-7) ?? 0) ^ 0x55;
      writeFileSync(file, changed);
    }
    const reading = openReading(folder);
    reading.search.through();
    reading.catchUp();
    expect(answers(reading)).toEqual(unindexed(trail));
    reading.close();
    expect(files.map((file) => readFileSync(file))).toEqual(sound);
  });

  test('the index of another ledger, or of one that was put back and went on otherwise', () => {
    const folder = made(trail);
    // The same up to 3,000, and then another history.
    const other = [...trail.slice(0, 3000), ...smallTrail(count, 34).slice(3000)];
    const elsewhere = temporaryFolder();
    const writing = openWriting(elsewhere);
    writing.append(other);
    writing.db.close();
    renameSync(path.join(folder, 'index'), path.join(elsewhere, 'index'));
    const right = unindexed(other);

    // Somebody who only reads has no indexer that cleans up before.
    const reading = openReading(elsewhere);
    expect(answers(reading)).toEqual(right);
    reading.catchUp();
    expect(answers(reading)).toEqual(right);
    reading.close();
  });

  test('names that mean nothing here are left alone', () => {
    const folder = made(trail.slice(0, 2000));
    const search = path.join(folder, 'index', 'search');
    const [name = ''] = readdirSync(search);
    copyFileSync(path.join(search, name), path.join(search, '0000000001-9999999999.seg'));
    copyFileSync(path.join(search, name), path.join(search, '0000000000-0000000000.part'));
    writeFileSync(path.join(search, 'notes.txt'), 'mine');
    const reading = openReading(folder);
    expect(answers(reading)).toEqual(unindexed(trail.slice(0, 2000)));
    reading.close();
    expect(readFileSync(path.join(search, 'notes.txt'), 'utf8')).toBe('mine');
  });
});

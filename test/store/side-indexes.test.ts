import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import { chunkRows, createSharedColumns, openColumns, recordHash } from '#main/store/sqlite/columns.ts';
import { openReader } from '#main/store/sqlite/database.ts';
import { type Order, orderByCode, orderByStatus } from '#main/store/sqlite/order-by-code.ts';
import { sortKey } from '#main/store/sqlite/sort-key.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { goOn, newEntry, openReading, openWriting, type Reading, someTime, temporaryFolder } from './ledger-kit.ts';
import { seeded, smallTrail } from './small-trail.ts';

/** Rows in ascending order by a naive stable sort, those without a value last, and how many have one. */
const naiveOrder = (keys: readonly (string | number | null)[]): { rows: number[]; filled: number } => {
  const rows = keys.map((_, row) => row);
  rows.sort((a, b) => {
    const [x, y] = [keys[a] ?? null, keys[b] ?? null];
    if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  return { rows, filled: keys.filter((key) => key !== null).length };
};
const plain = (order: Order) => ({ rows: [...order.rows], filled: order.filled });

describe('orders of names and status', () => {
  const count = 1500;
  const trail = smallTrail(count, 21);
  const folder = temporaryFolder();
  let reading: Reading;
  let close: () => void;
  beforeAll(() => {
    const writing = openWriting(folder);
    writing.append(trail);
    reading = openReading(folder);
    close = () => {
      reading.close();
      writing.db.close();
    };
  });
  afterAll(() => close());

  test('by status and names', () => {
    for (const length of [0, 1, 2, 777, count]) {
      const arrays = reading.columns.upTo(length);
      const part = trail.slice(0, length);
      expect(plain(orderByStatus(arrays, length))).toEqual(naiveOrder(part.map((entry) => entry.status)));
      const byEvent = orderByCode(arrays, 'event', reading.dictionaries, length);
      expect(plain(byEvent)).toEqual(naiveOrder(part.map(({ event }) => (event === null ? null : sortKey(event)))));
    }
  });
});

describe('columns', () => {
  const rows = chunkRows + 700;
  const random = seeded(2);
  const many: readonly NewEntry[] = Array.from({ length: rows }, (_, place) =>
    newEntry({
      eventId: Buffer.from(`event-${String(place).padStart(10, '0')}`),
      occurredAt: someTime + place * 1000,
      event: `E${Math.floor(random() * 5)}`,
      recordId: random() < 0.5 ? `r${Math.floor(random() * 100)}` : null,
      status: random() < 0.3 ? Math.floor(random() * 600) : null,
    }),
  );
  const folder = temporaryFolder();
  const file = path.join(folder, 'ledger.db');
  const indexes = path.join(folder, 'index');
  const chunkFile = (): string => {
    const [name] = readdirSync(path.join(indexes, 'columns'));
    return path.join(indexes, 'columns', name ?? 'none');
  };

  beforeAll(() => {
    const writing = openWriting(folder);
    writing.append(many);
    writing.db.close();
    const reading = openReading(folder);
    reading.catchUp();
    reading.close();
  });

  const expectRight = (columns: ReturnType<typeof openColumns>): void => {
    const arrays = columns.upTo(rows);
    expect(columns.through()).toBe(rows);
    for (let row = 0; row < rows; row += 97) {
      const entry = many[row] as NewEntry;
      expect(arrays.occurredAt[row]).toBe(entry.occurredAt);
      expect(arrays.status[row]).toBe(entry.status === null ? 0 : entry.status + 1);
      expect(arrays.record[row]).toBe(entry.recordId === null ? 0 : recordHash(entry.recordId));
    }
    const events = new Map<number, number>();
    for (const code of arrays.event) events.set(code, (events.get(code) ?? 0) + 1);
    expect([...events.values()].reduce((sum, found) => sum + found, 0)).toBe(rows);
    expect(events.has(0)).toBe(false);
  };

  test('are the same from the ledger, from chunk files, and for two who fill them at once', () => {
    const shared = createSharedColumns();
    const [one, two] = [openReader(file, 'cached'), openReader(file, 'cached')];
    const first = openColumns(one, shared, indexes, goOn);
    const second = openColumns(two, shared, path.join(folder, 'no-index'), goOn);
    first.upTo(10);
    second.upTo(5000);
    expectRight(first);
    expectRight(second);
    expectRight(openColumns(one, createSharedColumns(), path.join(folder, 'no-index'), goOn));
    one.close();
    two.close();
  });

  test('a stop in the middle leaves nothing wrong', () => {
    const db = openReader(file, 'cached');
    const shared = createSharedColumns();
    let left = 5;
    const stopping = openColumns(db, shared, path.join(folder, 'no-index'), () => --left < 0);
    expect(() => stopping.upTo(rows)).toThrow('cancelled');
    expectRight(openColumns(db, shared, path.join(folder, 'no-index'), goOn));
    db.close();
  });

  test('a chunk file that is cut, changed, or of another ledger is left aside, and made again', () => {
    const sound = readFileSync(chunkFile());
    for (const damage of [
      sound.subarray(0, sound.length - 1),
      sound.subarray(0, 10),
      Buffer.alloc(0),
      Buffer.from(sound).fill(0xff, 5000, 5001),
      Buffer.from(sound).fill(0, 16, 32),
    ]) {
      const name = chunkFile();
      writeFileSync(name, damage);
      const db = openReader(file, 'cached');
      expectRight(openColumns(db, createSharedColumns(), indexes, goOn));
      db.close();
      const reading = openReading(folder);
      reading.catchUp();
      reading.close();
      expect(readFileSync(chunkFile()).equals(sound)).toBe(true);
    }
  });
});

describe('damage and foreign files in the index folder', () => {
  const count = 6000;
  const trail = smallTrail(count, 33);
  const questions = ['aguja', 'avila', 'ñ', '数据', 'GET /api', 'nandu -evento:CREATE', 'registro:a-7', '"2026-03-02"'];

  const answers = (reading: Reading): unknown =>
    questions.flatMap((text) =>
      (['id', 'newValue', 'detail'] as const).map((column) => {
        const page = reading.views.page(
          {
            query: parseQuery(text),
            sort: { column, descending: true },
            reading: { zone: 'UTC', ignoreAccents: true },
            newestId: null,
            now: null,
          },
          { position: 0 },
          1000,
        );
        return [text, column, page.total, page.rows.map(({ id }) => id)];
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

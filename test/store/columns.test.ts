import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import {
  type Chunk,
  type ChunkColumn,
  chunkColumns,
  chunkRows,
  chunksOf,
  recordHash,
} from '#main/store/sqlite/columns/chunk.ts';
import { type Columns, createSharedColumns, openColumns } from '#main/store/sqlite/columns/columns.ts';
import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { goOn, newEntry, openReading, openWriting, someTime, temporaryFolder } from './ledger-kit.ts';
import { seeded } from './small-trail.ts';

const rows = 2 * chunkRows + 700;
const random = seeded(2);
/** Two records of one hash: the first chunk has one of them, in two ways of writing, the others have both. */
const alike = ['PTE-76008', 'PTE-282906'] as const;
const rareRecord = (place: number): string | null => {
  if (place % 997 !== 0) return null;
  if (place < chunkRows) return place % 2 === 0 ? alike[0] : alike[0].toLowerCase();
  return place % 2 === 0 ? alike[0] : alike[1];
};
const many: readonly NewEntry[] = Array.from({ length: rows }, (_, place) =>
  newEntry({
    eventId: Buffer.from(`event-${String(place).padStart(10, '0')}`),
    // The first chunk is in order of time, and the second is not.
    occurredAt: someTime + (place === chunkRows + 9 ? 0 : Math.floor(place / 3) * 1000),
    event: `E${Math.floor(random() * 5)}`,
    // More values than a byte can tell apart, in the second chunk only.
    field: `f${Math.floor(random() * (place < chunkRows ? 200 : 1000))}`,
    recordId: rareRecord(place) ?? (random() < 0.5 ? `r${Math.floor(random() * 100)}` : null),
    status: random() < 0.3 ? Math.floor(random() * 600) : null,
  }),
);
const folder = temporaryFolder();
const file = path.join(folder, 'ledger.db');
const indexes = path.join(folder, 'index');
const elsewhere = path.join(folder, 'no-index');
const chunkFiles = (): string[] =>
  readdirSync(path.join(indexes, 'columns'))
    .sort()
    .map((name) => path.join(indexes, 'columns', name));
const names = { event: new Map<number, string>(), field: new Map<number, string>() };

beforeAll(() => {
  const writing = openWriting(folder);
  writing.append(many);
  for (const [name, known] of Object.entries(names)) {
    for (const [id, text] of writing.db.prepare(`SELECT id, name FROM ${name}`).raw().all() as [number, string][]) {
      known.set(id, text);
    }
  }
  writing.db.close();
  const reading = openReading(folder);
  reading.catchUp();
  reading.close();
});

/** What a chunk tells of two columns together is what its entries say; only a chunk with a file tells. */
const expectRightCrosses = (chunk: Chunk, by: ChunkColumn, of: ChunkColumn): void => {
  const size = chunk.values(by).values.length;
  const [codesBy, codesOf] = [chunk.codes(by), chunk.codes(of)];
  for (const places of [[0], [size - 1], [0, size - 1, size >> 1]]) {
    const told = chunk.crossed(by, [...new Set(places)], of);
    if (chunk.rows < chunkRows || by === of) expect(told).toBeNull();
    if (told === null) continue;
    const counts = new Uint32Array(chunk.values(of).values.length);
    const isCounted = Uint8Array.from({ length: size }, (_, place) => Number(places.includes(place)));
    for (let row = 0; row < chunk.rows; row++) {
      const code = codesOf[row] as number;
      if (isCounted[codesBy[row] as number] === 1) counts[code] = (counts[code] as number) + 1;
    }
    expect(told).toEqual(counts);
    crossesSeen.add(`${by} ${of}`);
  }
};
const crossesSeen = new Set<string>();

const expectRightChunk = (chunk: Chunk, limit: number): void => {
  const part = many.slice(chunk.number * chunkRows, chunk.number * chunkRows + limit);
  const times = chunk.times();
  const cellsOf = (column: ChunkColumn): ((row: number) => number) => {
    const { values } = chunk.values(column);
    const codes = chunk.codes(column);
    return (row) => values[codes[row] as number] as number;
  };
  const [event, field, status, module] = [cellsOf('event'), cellsOf('field'), cellsOf('status'), cellsOf('module')];
  const wrong = part.filter(
    (entry, row) =>
      times[row] !== entry.occurredAt ||
      names.event.get(event(row)) !== entry.event ||
      names.field.get(field(row)) !== entry.field ||
      status(row) !== (entry.status === null ? 0 : entry.status + 1) ||
      module(row) !== 0,
  );
  expect(wrong).toEqual([]);
  for (const recordId of ['r0', 'r57', 'r99', 'nobody']) {
    const found = Array.from(chunk.recordRows(recordHash(recordId))).filter((row) => row < limit);
    expect(found).toEqual(part.flatMap((entry, row) => (entry.recordId === recordId ? [row] : [])));
  }
  if (chunk.number > 0) expect(chunk.isOneRecord(recordHash(alike[0]))).toBe(false);
  if (limit < chunk.rows) return;
  for (const column of chunkColumns) {
    const counts = new Uint32Array(chunk.values(column).values.length);
    const codes = chunk.codes(column);
    for (let row = 0; row < limit; row++) {
      const code = codes[row] as number;
      counts[code] = (counts[code] as number) + 1;
    }
    expect(chunk.values(column).counts).toEqual(counts);
    for (const of of chunkColumns) expectRightCrosses(chunk, column, of);
  }
  const sorted = part.map(({ occurredAt }) => occurredAt);
  expect([chunk.minTime, chunk.maxTime]).toEqual([
    sorted.reduce((a, b) => Math.min(a, b)),
    sorted.reduce((a, b) => Math.max(a, b)),
  ]);
  const inOrder = sorted.every((time, row) => row === 0 || time >= (sorted[row - 1] as number));
  expect(chunk.inOrder).toBe(inOrder);
  expect(inOrder).toBe(chunk.number !== 1 || limit < 10);
  if (!inOrder) return;
  for (const time of [
    0,
    chunk.minTime,
    chunk.minTime + 1,
    sorted[Math.min(300, sorted.length - 1)] as number,
    (sorted[5000] ?? 0) - 1,
    chunk.maxTime + 1,
  ]) {
    expect(chunk.rowsBefore(time)).toBe(sorted.filter((other) => other < time).length);
  }
};
const expectRight = (columns: Columns, newest = rows): void => {
  for (let number = 0; number < chunksOf(newest); number++) {
    expectRightChunk(columns.chunk(number, newest), Math.min(chunkRows, newest - number * chunkRows));
  }
};
const withReader = <Answer>(use: (db: SqliteDatabase) => Answer): Answer => {
  const db = openReader(file, 'in turn');
  try {
    return use(db);
  } finally {
    db.close();
  }
};

test('are the same from the ledger, from files, and for two who read them at once', () => {
  withReader((one) => {
    withReader((two) => {
      const shared = createSharedColumns();
      const first = openColumns(one, shared, indexes, goOn);
      const second = openColumns(two, shared, elsewhere, goOn);
      expectRight(first, 10);
      expectRight(second, chunkRows + 5);
      expectRight(first);
      expectRight(second);
      expectRight(openColumns(two, shared, indexes, goOn));
      expectRight(openColumns(one, createSharedColumns(), elsewhere, goOn));
    });
  });
  expect([...crossesSeen].sort()).toEqual(expect.arrayContaining(['event field', 'field event', 'status event']));
  // Too many different pairs to be worth their room.
  expect(crossesSeen).not.toContain('field status');
});

test('a file tells of which hashes one entry tells the record of all', () => {
  withReader((db) => {
    const stored = openColumns(db, createSharedColumns(), indexes, goOn);
    const told = (recordId: string): readonly boolean[] =>
      [0, 1, 2].map((number) => stored.chunk(number, rows).isOneRecord(recordHash(recordId)));
    expect(recordHash(alike[0])).toBe(recordHash(alike[1]));
    expect(told(alike[0])).toEqual([true, false, false]);
    // The last one still grows, and has no file.
    expect(told('r57')).toEqual([true, true, false]);
  });
});

test('an older view of a chunk that has grown sees its part', () => {
  withReader((db) => {
    const columns = openColumns(db, createSharedColumns(), elsewhere, goOn);
    columns.chunk(2, rows);
    expectRight(columns, 2 * chunkRows + 40);
    columns.chunk(0, chunkRows);
    expectRight(columns, 77);
  });
});

test('is read ahead in short pieces', () => {
  withReader((db) => {
    const shared = createSharedColumns();
    const columns = openColumns(db, shared, indexes, goOn);
    const newest = chunkRows + 5000;
    const steps = (newestId: number): number => [...columns.readAhead(newestId)].length;
    // Three pieces of the newest chunk, the other one's file, and its codes.
    expect(steps(newest)).toBe(3 + 1 + chunkColumns.length);
    expect(new Int32Array(shared.state).filter((width) => width !== 0)).toHaveLength(chunkColumns.length);
    expect(columns.chunk(1, chunkRows + 1).rows).toBe(5000);
    expectRight(columns, newest);
    expect(steps(newest)).toBe(1 + 1 + chunkColumns.length);
    expect(steps(2 * chunkRows)).toBe(2 + 2 * chunkColumns.length);
    expect(steps(0)).toBe(0);
    expectRight(columns);
  });
});

test('a stop in the middle leaves nothing wrong', () => {
  withReader((db) => {
    for (const folderOf of [indexes, elsewhere]) {
      const shared = createSharedColumns();
      let left = 3;
      const stopping = openColumns(db, shared, folderOf, () => --left < 0);
      expect(() => expectRight(stopping)).toThrow('cancelled');
      left = Number.POSITIVE_INFINITY;
      expectRight(stopping);
      expectRight(openColumns(db, shared, folderOf, goOn));
    }
  });
});

test('a file that is cut, changed anywhere, or of another ledger: right all the same, and made again', () => {
  const sound = chunkFiles().map((name) => readFileSync(name));
  expect(sound.length).toBe(2);
  const { length } = sound[1] as Buffer;
  const changed = (at: number) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 0x55;
    return copy;
  };
  const damages: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, bytes.length - 1),
    (bytes) => bytes.subarray(0, 10),
    () => Buffer.alloc(0),
    (bytes) => Buffer.from(bytes).fill(0, 40, 56),
    ...[0, 17, 70, 300, 9000, 40_000, 200_000, length - 900_000, length - 400_000, length - 3].map(changed),
  ];
  for (const damage of damages) {
    for (const [i, name] of chunkFiles().entries()) writeFileSync(name, damage(sound[i] as Buffer));
    withReader((db) => expectRight(openColumns(db, createSharedColumns(), indexes, goOn)));
    const reading = openReading(folder);
    reading.catchUp();
    reading.close();
    expect(
      chunkFiles().map(
        (name) => readFileSync(name).equals(sound[0] as Buffer) || readFileSync(name).equals(sound[1] as Buffer),
      ),
    ).toEqual([true, true]);
  }
});

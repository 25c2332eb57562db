import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { blockRows } from '#main/store/sqlite/order/order-file.ts';
import type { OrderLimits } from '#main/store/sqlite/order/order-limits.ts';
import { isTextColumn, type OrderedColumn, orderedColumns, timeKey } from '#main/store/sqlite/order/ordered-columns.ts';
import { openStoredOrders, type StoredOrder, type StoredOrders } from '#main/store/sqlite/order/stored-orders.ts';
import { createOrderUpkeep } from '#main/store/sqlite/order-upkeep.ts';
import { compareKeys, sortKey } from '#main/store/sqlite/sort-key.ts';
import type { IndexPace } from '#main/store/sqlite/upkeep.ts';
import { goOn, newEntry, openWriting, someTime, temporaryFolder, type Writing } from './ledger-kit.ts';

/** Everything happens with a few dozen entries. */
const small: OrderLimits = {
  runRows: 16,
  stepRows: 8,
  timeRows: 12,
  stride: () => 3,
  blockPlaces: 7,
  mostNewer: 10,
  worthQuiet: 4,
  worthSteady: 8,
  worthAnew: (length) => Math.max(16, length / 2),
  worthFolding: (length) => Math.max(8, length / 4),
};

const keyIn = (entry: NewEntry, column: OrderedColumn): string | number | null => {
  if (!isTextColumn(column)) return entry.occurredAt;
  const value = entry[column];
  return value === null ? null : sortKey(value);
};

/** Rows in ascending order by a plain stable sort, those without a value last, and how many have one. */
const plainOrder = (keys: readonly (string | number | null)[]): { rows: number[]; filled: number } => {
  const rows = keys.map((_, row) => row);
  rows.sort((a, b) => {
    const [x, y] = [keys[a] ?? null, keys[b] ?? null];
    if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  return { rows, filled: keys.filter((key) => key !== null).length };
};

let placesSeen = 0;
let blocksSeen = 0;
afterAll(() => {
  expect(placesSeen).toBeGreaterThan(1000);
  expect(blocksSeen).toBeGreaterThan(20);
});
/** Where an order says that its entries stand, they stand, and in the blocks that it says. */
const expectRightPlaces = (order: StoredOrder): void => {
  const rows = Uint32Array.from({ length: order.length }, (_, row) => row);
  const places = order.placesOf(rows);
  if (places === null) return;
  const listed = order.read(0, order.length);
  expect(Array.from(places, (place) => listed[place])).toEqual([...rows]);
  placesSeen += places.length;

  const starts = [...order.blockStarts];
  expect(starts).toContain(order.filled);
  expect([starts[0], starts.at(-1)]).toEqual([0, order.length]);
  expect(starts.toSorted((a, b) => a - b)).toEqual(starts);
  const blocks = order.rowBlocks();
  if (blocks === null) return;
  const blockOf = (place: number): number => starts.findLastIndex((start) => start <= place);
  const told = Array.from(rows, (row) => blocks.kept[row] ?? blocks.later.get(row));
  expect(told).toEqual(Array.from(places, blockOf));
  if (starts.length > 3 && blocks.later.size > 0) blocksSeen += 1;
};

/** What a listing of a view frozen at `newestId` sees, read in pieces of some size. */
const seenBy = (orders: StoredOrders, column: OrderedColumn, newestId: number, piece: number) => {
  const order = orders.orderOf(column, newestId);
  if (order === 'id') return { rows: Array.from({ length: newestId }, (_, row) => row), filled: null };
  expect(order.length).toBeGreaterThanOrEqual(newestId);
  expectRightPlaces(order);
  const rows: number[] = [];
  let filled = 0;
  for (let from = 0; from < order.length; from += piece) {
    for (const [i, row] of order.read(from, Math.min(order.length, from + piece)).entries()) {
      if (row >= newestId) continue;
      rows.push(row);
      if (from + i < order.filled) filled += 1;
    }
  }
  return { rows, filled };
};

const expectRight = (
  orders: StoredOrders,
  trail: readonly NewEntry[],
  column: OrderedColumn,
  newestId: number,
  piece = 7,
): void => {
  const wanted = plainOrder(trail.slice(0, newestId).map((entry) => keyIn(entry, column)));
  const { rows, filled } = seenBy(orders, column, newestId, piece);
  expect(rows).toEqual(wanted.rows);
  // In the order of ids either all entries have a value or none has: it reads the same both ways.
  expect(filled === null ? [0, newestId] : [filled]).toContain(wanted.filled);
};

const long = 'Un mismo principio, que se repite y se repite; '.repeat(3);
const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'A',
    'á',
    'ñ',
    'n',
    '7',
    '07',
    '10',
    '9',
    '1a',
    'a-2',
    'a-10',
    'a-9',
    '1 (PENDIENTE)',
    '😀',
    '\uffff',
  ),
  fc.constantFrom(
    'Ávila',
    'avila',
    'AVILA',
    '数据',
    '각',
    'x\0y',
    'x\0z',
    '\ud83d',
    '99999999999999999999',
    '100000000000000000000',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.nat(300).map((n) => `registro-${n}`),
  fc.nat(30).map((n) => `${long}${n}`),
  fc.nat(30).map((n) => `${'x'.repeat(155)}${n}${'y'.repeat(n)}`),
  fc.nat(9).map((n) => `${'x'.repeat(158)}😀${n}`),
);
const maybe = fc.option(text, { freq: 3 });

/** How a column's values come: nothing, all, some, ascending. */
const shape = fc.constantFrom('none', 'all', 'some', 'some', 'ascending', 'few');

const entries = fc
  .record({
    shapes: fc.array(shape, { minLength: 6, maxLength: 6 }),
    cells: fc.array(fc.record({ texts: fc.array(maybe, { minLength: 5, maxLength: 5 }), late: fc.nat(20) }), {
      minLength: 1,
      maxLength: 120,
    }),
  })
  .map(({ shapes, cells }) =>
    cells.map(({ texts, late }, place): NewEntry => {
      const value = (i: number): string | null => {
        const given = texts[i] ?? null;
        if (shapes[i] === 'none') return null;
        if (shapes[i] === 'all') return given ?? '';
        if (shapes[i] === 'ascending') return `a${Math.floor(place / 2)}`;
        return shapes[i] === 'few' && given !== null ? given.slice(0, 1) : given;
      };
      const ordered = shapes[5] === 'all' || shapes[5] === 'ascending';
      return newEntry({
        eventId: Buffer.from(`entry-${String(place).padStart(10, '0')}`),
        occurredAt: someTime + (ordered || (shapes[5] === 'few' && late > 0) ? place : place - late) * 1_000_000,
        recordId: value(0),
        oldValue: value(1),
        newValue: value(2),
        detail: value(3),
        action: value(4),
      });
    }),
  );

type Event =
  | { readonly kind: 'append'; readonly rows: number }
  | { readonly kind: 'upkeep'; readonly steps: number; readonly pace: IndexPace; readonly stopAfter: number }
  | { readonly kind: 'restart' }
  | {
      readonly kind: 'harm';
      readonly file: number;
      readonly how: 'cut' | 'change' | 'remove' | 'empty' | 'swap';
      readonly at: number;
    }
  | {
      readonly kind: 'ask';
      readonly column: OrderedColumn;
      readonly newest: number;
      readonly piece: number;
      readonly stopAfter: number;
    };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('upkeep' as const),
      steps: fc.integer({ min: 1, max: 80 }),
      pace: fc.constantFrom('quiet' as const, 'quiet' as const, 'steady' as const, 'yielding' as const),
      stopAfter: fc.oneof(fc.constant(-1), fc.nat(40)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('harm' as const),
      file: fc.nat(1000),
      how: fc.constantFrom('cut' as const, 'change' as const, 'remove' as const, 'empty' as const, 'swap' as const),
      at: fc.nat(5000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      column: fc.constantFrom(...orderedColumns),
      newest: fc.nat(120),
      piece: fc.integer({ min: 1, max: 50 }),
      stopAfter: fc.oneof(fc.constant(-1), fc.constant(-1), fc.nat(20)),
    }),
  },
);

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort()
    : [];

const harm = (files: readonly string[], { file, how, at }: Extract<Event, { kind: 'harm' }>): void => {
  const name = files[file % Math.max(1, files.length)];
  if (name === undefined) return;
  const sound = readFileSync(name);
  const other = files[(file + 1) % files.length] as string;
  if (how === 'remove') rmSync(name);
  else if (how === 'empty') writeFileSync(name, '');
  else if (how === 'cut') writeFileSync(name, sound.subarray(0, at % Math.max(1, sound.length)));
  else if (how === 'swap') copyFileSync(other, name);
  else {
    const changed = Buffer.from(sound);
    const place = at % Math.max(1, sound.length);
    changed[place] = (changed[place] ?? 0) ^ 0x55;
    writeFileSync(name, changed);
  }
};

describe('orders of any values, under appends, upkeep, restarts, stops and damage', () => {
  test('every frozen view sees what a plain sort gives', () => {
    fc.assert(
      fc.property(entries, fc.array(event, { minLength: 4, maxLength: 30 }), (trail, events) => {
        const folder = temporaryFolder();
        const indexes = path.join(folder, 'index');
        const writing: Writing = openWriting(folder);
        const db = openReader(writing.file, 'in turn');
        let left = -1;
        const shouldStop = (): boolean => left >= 0 && left-- === 0;
        const upkeepOf = () => createOrderUpkeep(db, indexes, shouldStop, small);
        const ordersOf = () => openStoredOrders({ db, folder: indexes, access: 'write', shouldStop, limits: small });
        let upkeep = upkeepOf();
        let orders = ordersOf();
        let stored = 0;
        /** An order that was got earlier goes on to say the same. */
        const held: (() => void)[] = [];
        const unlessStopped = (work: () => void): void => {
          try {
            work();
          } catch (error) {
            expect((error as Error).message).toContain('cancelled');
          }
          left = -1;
        };
        for (const happened of events) {
          if (happened.kind === 'append') {
            writing.append(trail.slice(stored, stored + happened.rows));
            stored = Math.min(trail.length, stored + happened.rows);
          } else if (happened.kind === 'upkeep') {
            left = happened.stopAfter;
            unlessStopped(() => {
              for (let i = 0; i < happened.steps && upkeep.step(stored, happened.pace); i++);
            });
          } else if (happened.kind === 'restart') {
            orders.close();
            upkeep = upkeepOf();
            orders = ordersOf();
            for (const check of upkeep.checks) check();
          } else if (happened.kind === 'harm') {
            harm(filesIn(indexes), happened);
          } else {
            const newest = Math.min(stored, happened.newest);
            left = happened.stopAfter;
            unlessStopped(() => {
              if (left < 0) expectRight(orders, trail, happened.column, newest, happened.piece);
              else orders.orderOf(happened.column, newest);
            });
            const order = orders.orderOf(happened.column, newest);
            if (order !== 'id') {
              const said = [...order.read(0, order.length)];
              held.push(() => expect([...order.read(0, order.length)]).toEqual(said));
            }
          }
        }
        for (const column of orderedColumns) expectRight(orders, trail, column, stored);
        for (const check of held) check();
        while (upkeep.step(stored, 'quiet'));
        const anew = ordersOf();
        for (const column of orderedColumns) {
          expectRight(anew, trail, column, stored);
          expectRight(orders, trail, column, stored);
        }
        // A few more, which stand among those whose places are kept.
        const more = trail.slice(0, 6).map((entry, i) => ({ ...entry, eventId: Buffer.from(`one-more-entry-${i}`) }));
        writing.append(more);
        const longer = [...trail.slice(0, stored), ...more];
        for (const column of orderedColumns) expectRight(anew, longer, column, longer.length);
        orders.close();
        anew.close();
        db.close();
        writing.db.close();
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 60, seed: 20_261_121 },
    );
  });
});

/** Counts the entries that statements give. */
const counting = (db: SqliteDatabase) => {
  let rows = 0;
  const proxy = new Proxy(db, {
    get: (target, name) => {
      if (name !== 'prepare') return Reflect.get(target, name);
      return (sql: string) => {
        const statement = target.prepare(sql);
        const { get, all } = statement;
        return Object.assign(statement, {
          get: (...bounds: unknown[]) => {
            rows += 1;
            return get.apply(statement, bounds);
          },
          all: (...bounds: unknown[]) => {
            const found = all.apply(statement, bounds);
            rows += found.length;
            return found;
          },
        });
      };
    },
  });
  return {
    db: proxy as SqliteDatabase,
    taken: (): number => {
      const taken = rows;
      rows = 0;
      return taken;
    },
  };
};

describe('the work of one step', () => {
  const limits: OrderLimits = {
    ...small,
    runRows: 512,
    stepRows: 128,
    timeRows: 256,
    stride: () => 32,
    worthQuiet: 50,
    worthAnew: (length) => Math.max(200, length / 8),
    worthFolding: (length) => Math.max(100, length / 32),
  };
  /** No two values are the same, and times go to and fro: the worst case. */
  const worst = (from: number, count: number): readonly NewEntry[] =>
    Array.from({ length: count }, (_, i) => {
      const place = from + i;
      const value = `v${(place * 7919) % 100_003}`;
      return newEntry({
        eventId: Buffer.from(`entry-${String(place).padStart(10, '0')}`),
        occurredAt: someTime + ((place * 7919) % 100_003) * 1000,
        recordId: value,
        oldValue: value,
        newValue: value,
        detail: value,
        action: value,
      });
    });

  test('does not grow with the ledger, neither when orders are made nor when entries are added', () => {
    const writing = openWriting(temporaryFolder());
    const counted = counting(openReader(writing.file, 'in turn'));
    const upkeep = createOrderUpkeep(counted.db, path.join(path.dirname(writing.file), 'index'), goOn, limits);
    const trail: NewEntry[] = [];
    const most: number[] = [];
    const append = (count: number): void => {
      const more = worst(trail.length, count);
      writing.append(more);
      trail.push(...more);
      let longest = 0;
      counted.taken();
      for (let steps = 0; ; steps++) {
        expect(steps).toBeLessThan(10_000);
        if (!upkeep.followTime(trail.length, 'quiet') && !upkeep.step(trail.length, 'quiet')) break;
        longest = Math.max(longest, counted.taken());
      }
      most.push(longest);
    };
    append(1000);
    append(9000);
    for (let i = 0; i < 8; i++) append(300);
    // A step takes 256 entries, or 64 new ones with some twenty looks at others for each.
    for (const longest of most) expect(longest).toBeLessThan(64 * 22);

    const db = openReader(writing.file, 'in turn');
    const folder = path.join(path.dirname(writing.file), 'index');
    const orders = openStoredOrders({ db, folder, access: 'read', shouldStop: goOn, limits });
    for (const column of orderedColumns) expectRight(orders, trail, column, trail.length, 5000);
    orders.close();
    db.close();
    writing.db.close();
  });
});

describe('an order of several blocks', () => {
  const count = 2 * blockRows + 5000;
  const folder = temporaryFolder();
  const indexes = path.join(folder, 'index');
  const file = path.join(indexes, 'order', 'recordId', `0000000001-${String(count).padStart(10, '0')}.ord`);
  let db: SqliteDatabase;
  let wanted: readonly number[];
  let sound: Buffer;
  const open = (access: 'read' | 'write' = 'write', shouldStop = goOn) =>
    openStoredOrders({ db, folder: indexes, access, shouldStop });
  const orderOf = (orders: StoredOrders): StoredOrder => {
    const order = orders.orderOf('recordId', count);
    if (order === 'id') throw new Error('these entries are in no order');
    return order;
  };

  beforeAll(() => {
    const writing = openWriting(folder);
    const records = Array.from({ length: count }, (_, row) => `r${(row * 7919) % 100_003}`);
    writing.append(
      records.map((recordId, row) =>
        newEntry({
          recordId,
          eventId: Buffer.from(`entry-${String(row).padStart(10, '0')}`),
          occurredAt: someTime + row,
        }),
      ),
    );
    writing.db.close();
    db = openReader(writing.file, 'in turn');
    wanted = plainOrder(records.map(sortKey)).rows;
    const upkeep = createOrderUpkeep(db, indexes, goOn);
    while (upkeep.followTime(count, 'quiet') || upkeep.step(count, 'quiet'));
    sound = readFileSync(file);
  });
  afterAll(() => db.close());
  beforeEach(() => writeFileSync(file, sound));

  const firstPage = (order: StoredOrder) => [...order.read(0, 200)];
  const middlePage = (order: StoredOrder) => [...order.read(blockRows + 10, blockRows + 210)];

  test('a page reads its own block and no other', () => {
    const harmed = Buffer.from(sound);
    // The second block; what stands around the rows and the other blocks are as they were.
    harmed.fill(0xff, 64 + 4 * blockRows + 4, 64 + 4 * blockRows + 8);
    writeFileSync(file, harmed);
    const orders = open('read');
    const order = orderOf(orders);
    expect(firstPage(order)).toEqual(wanted.slice(0, 200));
    expect([...order.read(count - 100, count)]).toEqual(wanted.slice(count - 100));
    // Nobody has noticed, and whoever only reads changes nothing, also once somebody does.
    expect(middlePage(order)).toEqual(wanted.slice(blockRows + 10, blockRows + 210));
    expect(firstPage(order)).toEqual(wanted.slice(0, 200));
    orders.close();
    expect(readFileSync(file).equals(harmed)).toBe(true);
    expect(filesIn(path.join(indexes, 'order', 'scratch'))).toEqual([]);
  });

  test('a damaged block is noticed when it is read: the file goes, the answer stays right, and the file is made again', () => {
    const harmed = Buffer.from(sound);
    harmed.fill(0, 64 + 4 * blockRows + 4, 64 + 4 * blockRows + 8);
    writeFileSync(file, harmed);
    let left = -1;
    const orders = open('write', () => left >= 0 && left-- === 0);
    const order = orderOf(orders);
    expect(firstPage(order)).toEqual(wanted.slice(0, 200));
    // The first try to go around it is cancelled.
    left = 3;
    expect(() => middlePage(order)).toThrow('cancelled');
    left = -1;
    expect(existsSync(file)).toBe(false);
    expect(middlePage(order)).toEqual(wanted.slice(blockRows + 10, blockRows + 210));
    expect(middlePage(orderOf(orders))).toEqual(wanted.slice(blockRows + 10, blockRows + 210));
    orders.close();
    expect(filesIn(path.join(indexes, 'order', 'scratch'))).toEqual([]);

    const upkeep = createOrderUpkeep(db, indexes, goOn);
    while (upkeep.followTime(count, 'quiet') || upkeep.step(count, 'quiet'));
    expect(readFileSync(file).equals(sound)).toBe(true);
  });

  test('an order that is held goes on when its file is removed or another takes its place', () => {
    const orders = open();
    const order = orderOf(orders);
    rmSync(file);
    expect(middlePage(order)).toEqual(wanted.slice(blockRows + 10, blockRows + 210));
    expect(firstPage(order)).toEqual(wanted.slice(0, 200));
    orders.close();
  });

  test('the checks after an opening find damage that nobody has read', () => {
    const harmed = Buffer.from(sound);
    harmed.fill(0, 64 + 8 * blockRows + 4, 64 + 8 * blockRows + 8);
    writeFileSync(file, harmed);
    const upkeep = createOrderUpkeep(db, indexes, goOn);
    expect(upkeep.step(count, 'quiet')).toBe(null);
    for (const check of upkeep.checks) check();
    expect(existsSync(file)).toBe(false);
    while (upkeep.step(count, 'quiet'));
    expect(readFileSync(file).equals(sound)).toBe(true);
  });

  test('what a process that ended in the middle left is cleared away', () => {
    const folderOf = path.dirname(file);
    mkdirSync(path.join(indexes, 'order', 'scratch', '999999999-1'), { recursive: true });
    writeFileSync(path.join(indexes, 'order', 'scratch', '999999999-1', 'half'), 'x');
    writeFileSync(path.join(folderOf, '0000000001-0000000009.ord.1-1.new'), 'x');
    createOrderUpkeep(db, indexes, goOn);
    expect(filesIn(path.join(indexes, 'order', 'scratch'))).toEqual([]);
    expect(readdirSync(folderOf)).toEqual([path.basename(file), path.basename(file).replace('.ord', '.plc')]);
  });
});

describe('sort keys', () => {
  test('numbers are in the order of their size, however long; case and accents do not matter', () => {
    const wanted = [
      '',
      ' 1',
      'A2',
      'a10',
      'a99999999999999999999',
      'a100000000000000000000',
      'Ábaco',
      'abad',
      'ñu',
      'z1',
      'Z002',
      'z10',
    ];
    const sorted = [...wanted].reverse().sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    expect(sorted).toEqual(wanted);
    expect(sortKey('0007')).toBe(sortKey('7'));
    expect(sortKey('000')).toBe(sortKey('0'));
  });

  test('instants sort as they follow each other, to the microsecond and before 1970', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })), (one, other) => {
        const two =
          Math.abs(other) <= 3
            ? Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, one + other))
            : other;
        expect(Math.sign(compareKeys(timeKey(one), timeKey(two)))).toBe(Math.sign(one < two ? -1 : one > two ? 1 : 0));
      }),
    );
  });
});

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { readerThread } from '#main/query/reader-thread.ts';
import { applicationId } from '#main/store/sqlite/database.ts';
import { migrations } from '#main/store/sqlite/migrations/index.ts';
import { openLedger, type SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { migrate, openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { withBuiltThreads } from '../engine/built-threads.ts';
import { newEntry, openWriting, temporaryFolder } from './ledger-kit.ts';

const open = (dataFolder: string, access: 'write' | 'read' = 'write'): Promise<SqliteLedger> =>
  openLedger({ dataFolder, access, readerThread, onIndexed: () => undefined, onFault: () => undefined });

/** The code with which opening (and then reading) fails. */
const codeOf = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return error instanceof BitacoraError ? error.code : `not an error of ours: ${String(error)}`;
  }
  return 'nothing was thrown';
};

/** What is in the ledger's files, their lock and SQLite's shared memory aside. */
const fingerprint = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => statSync(path.join(folder, name)).isFile() && statSync(path.join(folder, name)).size > 0)
      .filter((name) => !/\.lock|-shm$/.test(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(path.join(folder, name)))
          .digest('hex'),
      ]),
  );

const schemaOf = (db: Database.Database): unknown =>
  db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').raw().all();

const page = {
  view: {
    query: { clauses: [] },
    sort: { column: 'id', descending: false },
    reading: { zone: 'UTC', ignoreAccents: true },
    newestId: null,
    now: null,
  },
  start: { position: 0 },
  limit: 1000,
};

describe('migrations', () => {
  test('from nothing to the newest: what opening a new ledger gives', () => {
    const db = new Database(':memory:');
    migrate(db);
    const { db: opened } = openWriting(temporaryFolder());
    expect(schemaOf(db)).toEqual(schemaOf(opened));
    expect(opened.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(opened.pragma('application_id', { simple: true })).toBe(applicationId);
    expect(opened.prepare('SELECT key FROM meta').pluck().all()).toEqual(['ledger_id']);
    opened.close();
  });

  // Each step keeps what was there. A step that moves data adds a test of its own for what it makes of the data.
  test.each(migrations)('$number ($name): from the step before, once, and whole or not at all', ({ number, up }) => {
    const db = new Database(':memory:');
    migrate(db, migrations.slice(0, number - 1));
    expect(db.pragma('user_version', { simple: true })).toBe(number - 1);
    const before = schemaOf(db);

    const torn = migrations
      .slice(0, number)
      .map((step) => (step.number === number ? { ...step, up: [...up, 'NONSENSE'] } : step));
    expect(() => migrate(db, torn)).toThrow('NONSENSE');
    expect(schemaOf(db)).toEqual(before);
    expect(db.pragma('user_version', { simple: true })).toBe(number - 1);

    migrate(db, migrations.slice(0, number));
    expect(db.pragma('user_version', { simple: true })).toBe(number);
    const after = schemaOf(db);
    expect(after).not.toEqual(before);
    migrate(db, migrations.slice(0, number));
    expect(schemaOf(db)).toEqual(after);
  });

  test('1: the tables are strict, and identity is unique', () => {
    const db = new Database(':memory:');
    migrate(db, migrations.slice(0, 1));
    const loose = db
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
      .pluck()
      .all();
    expect(loose).toEqual(['sqlite_schema']);
    const insert = db.prepare('INSERT INTO entry (occurred_at, received_at, event_id) VALUES (1, 1, zeroblob(?))');
    insert.run(16);
    expect(() => insert.run(16)).toThrow('UNIQUE');
    expect(() => insert.run(15)).toThrow('CHECK');
  });
});

describe('a file that is no ledger for us', () => {
  const refused: readonly (readonly [string, string, (file: string) => void])[] = [
    ['text', 'ledger_not_ours', (file) => writeFileSync(file, 'Estimados señores:\n'.repeat(50))],
    ['one byte', 'ledger_not_ours', (file) => writeFileSync(file, 'x')],
    ['zeros', 'ledger_not_ours', (file) => writeFileSync(file, Buffer.alloc(8192))],
    ['a folder', 'ledger_not_ours', (file) => mkdirSync(file)],
    [
      'another program’s database',
      'ledger_not_ours',
      (file) => new Database(file).exec('CREATE TABLE notes (text)').close(),
    ],
    [
      'a newer ledger',
      'ledger_newer',
      (file) => {
        const db = openLedgerForWriting(file);
        db.pragma(`user_version = ${migrations.length + 1}`);
        db.close();
      },
    ],
    [
      'a newer ledger whose newest writes are still in its log',
      'ledger_newer',
      (file) => {
        const db = openLedgerForWriting(file);
        db.pragma('wal_checkpoint(TRUNCATE)');
        db.pragma(`user_version = ${migrations.length + 1}`);
        const [whole, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
        db.close();
        // As a program that was killed leaves them.
        writeFileSync(file, whole);
        writeFileSync(`${file}-wal`, log);
      },
    ],
    [
      'a ledger whose first page is damaged',
      'ledger_damaged',
      (file) => {
        openLedgerForWriting(file).close();
        const handle = openSync(file, 'r+');
        writeSync(handle, Buffer.alloc(300, 0xff), 0, 300, 100);
      },
    ],
  ];

  test.each(refused)('%s: %s, and not a byte of it is changed', async (_what, code, make) => {
    const folder = temporaryFolder();
    make(path.join(folder, 'ledger.db'));
    const before = fingerprint(folder);
    for (const access of ['write', 'read'] as const) {
      expect(await codeOf(() => open(folder, access))).toBe(code);
      expect(fingerprint(folder)).toEqual(before);
    }
  });

  test('an empty file is what a crash at the first start leaves: it becomes a ledger', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'ledger.db'), '');
    expect(await codeOf(() => open(folder, 'read'))).toBe('ledger_missing');
    const ledger = await open(folder);
    expect(await ledger.read('any', 'info', {})).toMatchObject({ entries: 0 });
    await ledger.close();
  });

  test('reading makes nothing', async () => {
    const folder = path.join(temporaryFolder(), 'nowhere');
    expect(await codeOf(() => open(folder, 'read'))).toBe('ledger_missing');
    expect(existsSync(folder)).toBe(false);
  });
});

test('a page damaged in the middle is told when it is read, and the rest stays readable', async () => {
  const folder = temporaryFolder();
  const { db, file, append } = openWriting(folder);
  append(Array.from({ length: 2000 }, () => newEntry({ detail: 'd'.repeat(200) })));
  db.pragma('wal_checkpoint(TRUNCATE)');
  // Among the pages of entries are some of the index of their ids, which a search never reads.
  const pages = db
    .prepare<[], number>("SELECT pageno FROM dbstat WHERE name = 'entry' AND pagetype = 'leaf' ORDER BY pageno")
    .pluck()
    .all();
  const damaged = pages[pages.length >> 1] ?? 0;
  db.close();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xee), 0, 4096, (damaged - 1) * 4096);
  const before = fingerprint(folder);
  const ledger = await open(folder, 'read');
  const wholeSearch = {
    ...page.view,
    query: { clauses: [{ kind: 'word', exclude: false, value: { text: 'nothing has it', prefix: false } }] },
  };
  expect(await codeOf(() => ledger.read('count', 'count', { view: wholeSearch }))).toBe('ledger_damaged');
  expect(await ledger.read('any', 'entry', { id: 1 })).toMatchObject({ id: 1 });
  await ledger.close();
  expect(fingerprint(folder)['ledger.db']).toBe(before['ledger.db']);
});

describe('a folder that another process holds, or that nobody may write', () => {
  const holdLedger = (folder: string, as: { uid?: number; gid?: number } = {}) =>
    spawn(process.execPath, [...withBuiltThreads, path.join(import.meta.dirname, 'hold-ledger.ts'), folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...as,
    });
  const firstWord = async (started: ReturnType<typeof holdLedger>): Promise<string> => {
    const [chunk] = (await once(started.stdout, 'data')) as [Buffer];
    return chunk.toString().trim();
  };

  test('another process has it open: locked for writing, readable all the same, and free when that one is killed', async () => {
    const folder = temporaryFolder();
    const { db, append } = openWriting(folder);
    append([newEntry(), newEntry()]);
    db.close();
    const holder = holdLedger(folder);
    expect(await firstWord(holder)).toBe('open');
    expect(await codeOf(() => open(folder))).toBe('ledger_locked');
    const reading = await open(folder, 'read');
    expect(await reading.read('any', 'info', {})).toMatchObject({ entries: 2 });
    expect(reading.desk).toBe(null);
    expect(await codeOf(() => reading.connectWriter())).toBe('ledger_read_only');
    await reading.close();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const after = await open(folder);
    expect(await after.read('any', 'info', {})).toMatchObject({ entries: 2 });
    await after.close();
  });

  // Root may write everywhere, so the attempt is made as somebody else.
  const isRoot = process.getuid?.() === 0;
  const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};

  test.skipIf(process.platform === 'win32')('no permission: said as such, with the ledger as it was', async () => {
    const folder = temporaryFolder();
    openWriting(folder).db.close();
    writeFileSync(path.join(folder, 'ledger.lock'), '');
    const before = fingerprint(folder);
    for (const [where, mode] of [
      [folder, 0o555],
      [path.join(folder, 'ledger.db'), 0o444],
      [path.join(folder, 'ledger.lock'), 0o444],
    ] as const) {
      chmodSync(where, mode);
    }
    const started = holdLedger(folder, nobody);
    expect(await firstWord(started)).toBe('ledger_read_only');
    expect(fingerprint(folder)).toEqual(before);
    chmodSync(folder, 0o755);
  });

  test.skipIf(process.platform === 'win32')('a folder that can’t be made there', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    const started = holdLedger(path.join(folder, 'data'), nobody);
    expect(await firstWord(started)).toBe('ledger_read_only');
    chmodSync(folder, 0o755);
    const file = path.join(folder, 'file');
    writeFileSync(file, 'x');
    expect(await codeOf(() => open(path.join(file, 'data')))).toBe('ledger_read_only');
  });
});

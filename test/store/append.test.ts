import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { createAppender } from '#main/store/sqlite/appender.ts';
import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { isBitacoraError } from '#shared/contract/errors.ts';
import { newEntry, openWriting, someTime, temporaryFolder } from './ledger-kit.ts';

const idsOf = (db: SqliteDatabase): unknown => db.prepare('SELECT id FROM entry ORDER BY id').pluck().all();
const upTo = (count: number): number[] => Array.from({ length: count }, (_, place) => place + 1);
const dictionaryTables = ['event', 'target', 'field', 'source', 'module', 'actor'];
/** Everything in the ledger, to see that nothing at all has changed. */
const everything = (db: SqliteDatabase): unknown =>
  ['entry', 'import', 'module_label', ...dictionaryTables].map((table) => db.prepare(`SELECT * FROM ${table}`).all());

const codeOf = (thrown: () => unknown): string => {
  try {
    thrown();
  } catch (error) {
    return isBitacoraError(error) ? error.code : String(error);
  }
  return 'nothing was thrown';
};

const beginImport = (db: SqliteDatabase): number =>
  Number(
    db.prepare("INSERT INTO import (fingerprint, file, started_at) VALUES ('f', 'a.csv', 1)").run().lastInsertRowid,
  );
const checkpointOf = (db: SqliteDatabase, id: number): unknown =>
  JSON.parse(String(db.prepare('SELECT checkpoint FROM import WHERE id = ?').pluck().get(id)));

describe('a batch', () => {
  test('is stored with codes for its names, the same code for the same name', () => {
    const { db, append } = openWriting(temporaryFolder());
    const cells = { event: 'UPDATE', target: 'Artículo', moduleNumber: 3, actorLogin: 'ana' };
    expect(append([newEntry(cells), newEntry({ ...cells, event: 'CREATE' })])).toEqual({
      stored: 2,
      duplicates: 0,
      newestId: 2,
    });
    append([newEntry(cells)]);
    expect(db.prepare('SELECT id, event, target, module, actor FROM entry').raw().all()).toEqual([
      [1, 1, 1, 1, 1],
      [2, 2, 1, 1, 1],
      [3, 1, 1, 1, 1],
    ]);
    expect(db.prepare('SELECT number, name FROM module_label').raw().all()).toEqual([[3, 'Artículo']]);
    db.close();
  });

  test('names that could be mistaken for each other keep codes of their own', () => {
    const { db, append } = openWriting(temporaryFolder());
    append([
      newEntry({ moduleNumber: 1, moduleName: null }),
      newEntry({ moduleNumber: 1, moduleName: '\u0001' }),
      newEntry({ moduleNumber: 1, moduleName: '' }),
      newEntry({ moduleNumber: null, moduleName: '1' }),
      newEntry({ moduleNumber: null, moduleName: '1\0' }),
      newEntry({ moduleNumber: null, moduleName: null }),
    ]);
    const stored = db
      .prepare('SELECT number, name FROM entry LEFT JOIN module ON module.id = entry.module ORDER BY entry.id')
      .raw();
    expect(stored.all()).toEqual([
      [1, null],
      [1, '\u0001'],
      [1, ''],
      [null, '1'],
      [null, '1\0'],
      [null, null],
    ]);
    const people = [
      { actorLogin: 'ana' },
      { actorName: 'ana' },
      { actorId: 'ana' },
      { actorEmail: 'ana' },
      { actorLogin: 'Ana' },
    ];
    append(people.map((person) => newEntry(person)));
    expect(db.prepare('SELECT count(*) FROM actor').pluck().get()).toBe(people.length);
    db.close();
  });

  test('finds what is stored already, inside the batch and from before, and leaves no gap for it', () => {
    const { db, append } = openWriting(temporaryFolder());
    const [one, two, three] = [newEntry(), newEntry(), newEntry()];
    expect(append([one, two, one])).toMatchObject({ stored: 2, duplicates: 1 });
    expect(append([two, three, three, one])).toMatchObject({ stored: 1, duplicates: 3 });
    expect(append([one, two, three])).toEqual({ stored: 0, duplicates: 3, newestId: 3 });
    expect(append([newEntry()])).toMatchObject({ stored: 1, newestId: 4 });
    expect(idsOf(db)).toEqual(upTo(4));
    db.close();
  });

  test('an empty one keeps its checkpoint all the same', () => {
    const { db, appender } = openWriting(temporaryFolder());
    const importId = beginImport(db);
    expect(appender.append([], { importId, checkpoint: { offset: 7 } })).toMatchObject({ stored: 0, duplicates: 0 });
    expect(checkpointOf(db, importId)).toEqual({ offset: 7 });
    db.close();
  });

  test('goes on where the file ended when it is opened again', () => {
    const folder = temporaryFolder();
    const before = openWriting(folder);
    before.append([newEntry({ event: 'A', actorLogin: 'ana' }), newEntry({ event: 'B' })]);
    before.db.close();
    const after = openWriting(folder);
    expect(after.appender.newestId()).toBe(2);
    after.append([newEntry({ event: 'C' }), newEntry({ event: 'A', actorLogin: 'ana' })]);
    expect(after.db.prepare('SELECT id, event, actor FROM entry').raw().all()).toEqual([
      [1, 1, 1],
      [2, 2, null],
      [3, 3, null],
      [4, 1, 1],
    ]);
    after.db.close();
  });
});

describe('a batch that fails', () => {
  /** SQLite refuses it: a line number is a whole number. */
  const impossible = newEntry({ sourceLine: 1.5, event: 'NEW', actorLogin: 'eva', moduleNumber: 9, target: 'T' });

  test('leaves nothing behind, its checkpoint included, and the next one goes on as if it had not been', () => {
    const { db, appender } = openWriting(temporaryFolder());
    const importId = beginImport(db);
    appender.append([newEntry({ event: 'UPDATE', field: 'precio' })], { importId, checkpoint: { offset: 1 } });
    const before = everything(db);
    const failing = [newEntry({ event: 'FRESH', field: 'nombre', source: 'erp' }), impossible];
    expect(() => appender.append(failing, { importId, checkpoint: { offset: 2 } })).toThrow();
    expect(db.inTransaction).toBe(false);
    expect(everything(db)).toEqual(before);
    expect(checkpointOf(db, importId)).toEqual({ offset: 1 });

    const fresh = newEntry({ event: 'OTHER', field: 'nombre', actorLogin: 'eva', moduleNumber: 9, target: 'U' });
    appender.append([fresh, newEntry({ event: 'FRESH' })], { importId, checkpoint: { offset: 2 } });
    expect(idsOf(db)).toEqual(upTo(3));
    const named = db.prepare(
      `SELECT event.name, field.name, login, label.name FROM entry
       LEFT JOIN event ON event.id = entry.event LEFT JOIN field ON field.id = entry.field
       LEFT JOIN actor ON actor.id = entry.actor LEFT JOIN module ON module.id = entry.module
       LEFT JOIN module_label AS label ON label.number = module.number ORDER BY entry.id`,
    );
    expect(named.raw().all()).toEqual([
      ['UPDATE', 'precio', null, null],
      ['OTHER', 'nombre', 'eva', 'U'],
      ['FRESH', null, null, null],
    ]);
    expect(db.prepare('SELECT id, name FROM event').raw().all()).toEqual([
      [1, 'UPDATE'],
      [2, 'OTHER'],
      [3, 'FRESH'],
    ]);
    db.close();
  });

  test('a full disk says so, stores nothing of the batch, and what comes after there is room again is stored', () => {
    const folder = temporaryFolder();
    const { db, appender, file } = openWriting(folder);
    const importId = beginImport(db);
    appender.append([newEntry({ event: 'UPDATE' })], { importId, checkpoint: { offset: 1 } });
    const before = everything(db);
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    const large = Array.from({ length: 50 }, (_, place) =>
      newEntry({ event: `E${place}`, detail: 'x'.repeat(4000), actorLogin: `u${place}` }),
    );
    expect(codeOf(() => appender.append(large, { importId, checkpoint: { offset: 2 } }))).toBe('disk_full');
    expect(everything(db)).toEqual(before);
    expect(codeOf(() => appender.append(large, { importId, checkpoint: { offset: 2 } }))).toBe('disk_full');

    db.pragma('max_page_count = 1000000');
    expect(appender.append(large, { importId, checkpoint: { offset: 2 } })).toEqual({
      stored: 50,
      duplicates: 0,
      newestId: 51,
    });
    expect(idsOf(db)).toEqual(upTo(51));
    expect(checkpointOf(db, importId)).toEqual({ offset: 2 });
    db.close();
    const reader = openReader(file, 'in turn');
    expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(reader.prepare('SELECT count(DISTINCT event) FROM entry').pluck().get()).toBe(51);
    reader.close();
  });
});

describe('what the writing connection promises', () => {
  test('write-ahead log, and a sync at every commit, before and after the first write, and after opening again', () => {
    const folder = temporaryFolder();
    for (let round = 0; round < 2; round++) {
      const { db, append } = openWriting(folder);
      const settings = (): unknown[] => [
        db.pragma('journal_mode', { simple: true }),
        db.pragma('synchronous', { simple: true }),
      ];
      expect(settings()).toEqual(['wal', 2]);
      for (let batch = 0; batch < 3; batch++) {
        db.exec('BEGIN IMMEDIATE');
        // What the commit that follows will do: NORMAL here would leave the batch in memory of the system.
        expect(db.pragma('synchronous', { simple: true })).toBe(2);
        db.exec('ROLLBACK');
        append([newEntry()]);
        expect(settings()).toEqual(['wal', 2]);
      }
      db.close();
    }
  });

  test.each(['entry', ...dictionaryTables])(
    '%s can be added to, and neither changed nor deleted, by anybody',
    (table) => {
      const { db, file, append } = openWriting(temporaryFolder());
      append([
        newEntry({
          event: 'E',
          target: 'T',
          field: 'F',
          source: 'S',
          moduleName: 'M',
          actorLogin: 'a',
          occurredAt: someTime,
        }),
      ]);
      const rows = (): unknown => db.prepare(`SELECT * FROM ${table}`).all();
      const before = rows();
      expect(before).toHaveLength(1);
      const raw = new Database(file);
      for (const connection of [db, raw]) {
        for (const statement of [`UPDATE ${table} SET id = id + 1`, `DELETE FROM ${table}`]) {
          expect(() => connection.exec(statement)).toThrow('append-only');
        }
      }
      // A raw connection's REPLACE is beyond triggers; ours is not.
      expect(() => db.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow('append-only');
      expect(rows()).toEqual(before);
      raw.close();
      db.close();
    },
  );

  test('a reading connection can’t write', () => {
    const { db, file } = openWriting(temporaryFolder());
    const reader = openReader(file, 'here and there');
    expect(() => reader.exec("INSERT INTO event (name) VALUES ('x')")).toThrow(/readonly|read-only/);
    expect(() => createAppender(reader, file, () => 0).append([newEntry()], null)).toThrow();
    reader.close();
    db.close();
  });
});

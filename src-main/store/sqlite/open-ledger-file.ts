import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { BitacoraError } from '#shared/contract/errors.ts';
import {
  applicationId,
  assertDurable,
  makeDurable,
  openReader,
  openWriter,
  type SqliteDatabase,
  translateSqliteError,
} from './database.ts';
import { migrations, newestMigration } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

const headerBytes = 100;

/** Looks at a file's header without opening it as a database, so that a foreign file is never touched. */
export const inspectLedgerFile = (file: string): { readonly state: 'missing' | 'ours'; readonly version: number } => {
  if (!existsSync(file)) return { state: 'missing', version: 0 };
  if (!statSync(file).isFile()) throw new BitacoraError('ledger_not_ours', { path: file });
  const header = Buffer.alloc(headerBytes);
  let read = 0;
  try {
    const handle = openSync(file, 'r');
    try {
      read = readSync(handle, header, 0, headerBytes, 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new BitacoraError(
      'file_unreadable',
      { path: file, reason: (error as NodeJS.ErrnoException).code ?? '' },
      { cause: error },
    );
  }
  // An empty file is what a crash right after the first open leaves behind.
  if (read === 0) return { state: 'missing', version: 0 };
  // Offsets 60 and 68 of the header: https://www.sqlite.org/fileformat2.html#the_database_header
  const ours = header.toString('latin1', 0, 16) === 'SQLite format 3\0' && header.readUInt32BE(68) === applicationId;
  if (!ours) throw new BitacoraError('ledger_not_ours', { path: file });
  const version = header.readUInt32BE(60);
  refuseNewer(file, version);
  return { state: 'ours', version };
};

const refuseNewer = (file: string, version: number): void => {
  if (version > newestMigration) {
    throw new BitacoraError('ledger_newer', { path: file, found: version, known: newestMigration });
  }
};

/**
 * Throws `ledger_newer` by what a reading connection sees: after a crash the header may be older than what still lies in
 * the write-ahead log, which a writing connection would fold into the file.
 */
export const refuseNewerLedger = (db: SqliteDatabase, file: string): void =>
  refuseNewer(file, Number(db.pragma('user_version', { simple: true })));

/** Brings the schema from its version to `steps.length`; each step is one transaction. */
export const migrate = (db: SqliteDatabase, steps: readonly Migration[] = migrations): void => {
  const current = Number(db.pragma('user_version', { simple: true }));
  for (const step of steps.slice(current)) {
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const statement of step.up) db.exec(statement);
      db.pragma(`user_version = ${step.number}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
};

/** Opens the ledger for writing; makes it when it is missing. Throws the `ledger_…` errors and leaves the file alone then. */
export const openLedgerForWriting = (file: string): SqliteDatabase => {
  const { state } = inspectLedgerFile(file);
  let db: SqliteDatabase | undefined;
  try {
    if (state === 'ours') {
      db = openReader(file, 'in turn');
      refuseNewerLedger(db, file);
      db.close();
    }
    db = openWriter(file);
    if (state === 'missing') db.pragma(`application_id = ${applicationId}`);
    makeDurable(db);
    migrate(db);
    db.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run('ledger_id', randomUUID());
    assertDurable(db);
    return db;
  } catch (error) {
    db?.close();
    throw translateSqliteError(error, file);
  }
};

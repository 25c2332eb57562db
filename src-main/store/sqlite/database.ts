import Database from 'better-sqlite3';
import { BitacoraError } from '#shared/contract/errors.ts';

export type SqliteDatabase = Database.Database;

/** «BITA»: marks a file as a ledger of ours (SQLite's application_id). */
export const applicationId = 0x42495441;

/** How long a connection waits for another one's lock, milliseconds. */
const busyTimeout = 5000;

const commonPragmas = (db: SqliteDatabase): void => {
  db.pragma(`busy_timeout = ${busyTimeout}`);
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
  // Else INSERT OR REPLACE would get past the triggers that keep the ledger append-only.
  db.pragma('recursive_triggers = ON');
};

/** The one connection that writes. `create` makes the file when it is missing. */
export const openWriter = (file: string): SqliteDatabase => {
  const db = new Database(file, { timeout: busyTimeout });
  commonPragmas(db);
  db.pragma('cache_size = -32768');
  return db;
};

/** Write-ahead log with a sync at each commit. The library forgets the setting, so `assertDurable` looks after writes. */
export const makeDurable = (db: SqliteDatabase): void => {
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') throw new BitacoraError('disk_fault', { reason: `journal_mode ${String(mode)}` });
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 2000');
  db.pragma('journal_size_limit = 67108864');
};

/** SQLite's number for synchronous=FULL. */
const fullSync = 2;

/** Sets FULL again when the library has fallen back to NORMAL at its first write, and fails when that does not hold. */
export const assertDurable = (db: SqliteDatabase): void => {
  if (db.pragma('synchronous', { simple: true }) === fullSync) return;
  db.pragma('synchronous = FULL');
  if (db.pragma('synchronous', { simple: true }) !== fullSync) {
    throw new BitacoraError('disk_fault', { reason: 'synchronous=FULL does not hold' });
  }
};

/**
 * What a connection reads: entries here and there, for which it keeps many pages in its cache, or everything in turn, for
 * which it keeps few. Neither maps the file into memory: at ten million entries that would be the process's memory.
 */
export type ReadingWay = 'here and there' | 'in turn';
const cacheKibibytes: Readonly<Record<ReadingWay, number>> = { 'here and there': 16_384, 'in turn': 4096 };

/** A connection that can only read. */
export const openReader = (file: string, way: ReadingWay): SqliteDatabase => {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeout });
  commonPragmas(db);
  db.pragma('query_only = ON');
  db.pragma(`cache_size = -${cacheKibibytes[way]}`);
  db.pragma('mmap_size = 0');
  return db;
};

const sqliteCode = (error: unknown): string | null => (error instanceof Database.SqliteError ? error.code : null);

/** Something was to be stored that a unique index has already. */
export const isUniqueConflict = (error: unknown): boolean => sqliteCode(error) === 'SQLITE_CONSTRAINT_UNIQUE';

/** Turns what SQLite says of the disk, the lock or the file into an error that a person understands; others pass on. */
export const translateSqliteError = (error: unknown, file: string): unknown => {
  const code = sqliteCode(error);
  if (code === null) return error;
  const reason = code;
  if (code === 'SQLITE_FULL') return new BitacoraError('disk_full', {}, { cause: error });
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'SQLITE_CANTOPEN') {
    return new BitacoraError('ledger_read_only', { path: file }, { cause: error });
  }
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') {
    return new BitacoraError('ledger_locked', { path: file }, { cause: error });
  }
  if (code === 'SQLITE_NOTADB') return new BitacoraError('ledger_not_ours', { path: file }, { cause: error });
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new BitacoraError('ledger_damaged', { path: file, reason }, { cause: error });
  }
  if (code.startsWith('SQLITE_IOERR')) return new BitacoraError('disk_fault', { reason }, { cause: error });
  return error;
};

/** Looks after the statistics by which SQLite plans its reads; at most so many rows of an index are looked at. */
export const optimizePlans = (db: SqliteDatabase): void => {
  db.pragma('analysis_limit = 400');
  // 0x10000: also tables that this connection has not read from. https://www.sqlite.org/pragma.html#pragma_optimize
  db.pragma('optimize = 0x10002');
};

/**
 * Folds the write-ahead log into the ledger and cuts it, as far as readers let it: nobody is waited for. What a reader
 * still looks at stays, and goes with the next time.
 */
export const checkpointWhatIsFree = (db: SqliteDatabase): void => {
  db.pragma('wal_checkpoint(PASSIVE)');
  db.pragma('busy_timeout = 0');
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.pragma(`busy_timeout = ${busyTimeout}`);
  }
};

/**
 * Holds a data folder for one Bitácora: an exclusive lock on a small database of its own, which the operating system
 * lets go of whatever way the process ends. Throws `ledger_locked`.
 */
export const lockFolder = (lockFile: string, shownPath: string, waitMs: number): SqliteDatabase => {
  let db: SqliteDatabase | undefined;
  try {
    db = new Database(lockFile, { timeout: waitMs });
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    throw translateSqliteError(error, shownPath);
  }
};

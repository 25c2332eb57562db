import Database from 'better-sqlite3';
import { type Cell, parsedColumns } from './parsed-rows.ts';

const batchRows = 2000;
const fullSync = 2;

const typeOf = (column: (typeof parsedColumns)[number]): string => {
  switch (column) {
    case 'eventId':
      return 'BLOB';
    case 'occurredAt':
    case 'moduleNumber':
    case 'status':
    case 'sourceLine':
      return 'INTEGER';
    default:
      return 'TEXT';
  }
};

/**
 * The bare way to keep a trail: one table without an index, one loop, a transaction per batch as large as the import's,
 * write-ahead log with a sync at each commit as there.
 */
export const insertBare = (file: string, rows: readonly (readonly Cell[])[]): void => {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec(
      `CREATE TABLE entry (id INTEGER PRIMARY KEY, ${parsedColumns.map((name) => `${name} ${typeOf(name)}`).join(', ')})`,
    );
    // The library falls back to NORMAL at the first write.
    db.pragma('synchronous = FULL');
    if (db.pragma('synchronous', { simple: true }) !== fullSync) throw new Error('synchronous=FULL does not hold');
    const insert = db.prepare(
      `INSERT INTO entry (${parsedColumns.join(', ')}) VALUES (${parsedColumns.map(() => '?').join(', ')})`,
    );
    const insertBatch = db.transaction((start: number) => {
      const end = Math.min(start + batchRows, rows.length);
      for (let at = start; at < end; at++) insert.run(rows[at]);
    });
    for (let start = 0; start < rows.length; start += batchRows) insertBatch(start);
  } finally {
    db.close();
  }
};

/** What two tables with the same entries agree in. */
export interface Digest {
  readonly rows: number;
  readonly seconds: number;
  readonly oldValue: number;
  readonly newValue: number;
  readonly detail: number;
  readonly recordId: number;
}

const digestOf = (file: string, names: Readonly<Record<'oldValue' | 'newValue' | 'recordId', string>>): Digest => {
  const db = new Database(file, { readonly: true });
  try {
    const time = names.oldValue === 'oldValue' ? 'occurredAt' : 'occurred_at';
    return db
      .prepare(
        `SELECT count(*) AS rows, sum(${time} / 1000000) AS seconds, sum(length(${names.oldValue})) AS oldValue,
           sum(length(${names.newValue})) AS newValue, sum(length(detail)) AS detail,
           sum(length(${names.recordId})) AS recordId FROM entry`,
      )
      .get() as Digest;
  } finally {
    db.close();
  }
};

export const digestOfBare = (file: string): Digest =>
  digestOf(file, { oldValue: 'oldValue', newValue: 'newValue', recordId: 'recordId' });
export const digestOfLedger = (file: string): Digest =>
  digestOf(file, { oldValue: 'old_value', newValue: 'new_value', recordId: 'record_id' });

import { hash } from 'node:crypto';
import type { SqliteDatabase } from './database.ts';

/** What a ledger holds up to an entry, and how to know it again. */
export interface LedgerExtent {
  readonly ledgerId: string;
  /** Entries up to the newest one of the look. */
  readonly entries: number;
  /** Ids that are not there; the first 100 ranges, both ends included. */
  readonly missing: {
    readonly count: number;
    readonly ranges: readonly { readonly from: number; readonly to: number }[];
  };
  /** SHA-256 (hexadecimal) over ledger id, number of entries, and event id of the newest entry, a line each. */
  readonly fingerprint: string;
}

const shownRanges = 100;

/** Ids that a ledger does not have although it has later ones. */
const findGaps = (db: SqliteDatabase, newestId: number): readonly { from: number; to: number }[] =>
  db
    .prepare(
      `SELECT before + 1 AS "from", id - 1 AS "to" FROM (
         SELECT id, lag(id, 1, 0) OVER (ORDER BY id) AS before FROM entry WHERE id <= ?
       ) WHERE id > before + 1 LIMIT ${shownRanges}`,
    )
    .all(newestId) as { from: number; to: number }[];

/** Counts over the smallest index there is: at ten million entries that is a look of about half a second. */
export const readLedgerExtent = (db: SqliteDatabase, newestId: number): LedgerExtent => {
  const ledgerId = String(db.prepare("SELECT value FROM meta WHERE key = 'ledger_id'").pluck().get());
  const entries = Number(
    db.prepare('SELECT count(*) FROM entry INDEXED BY entry_identity WHERE +id <= ?').pluck().get(newestId),
  );
  const newest = db.prepare('SELECT hex(event_id) FROM entry WHERE id = ?').pluck().get(newestId) as string | undefined;
  const count = newestId - entries;
  return {
    ledgerId,
    entries,
    missing: { count, ranges: count === 0 ? [] : findGaps(db, newestId) },
    fingerprint: hash('sha256', `${ledgerId}\n${entries}\n${newest ?? ''}\n`),
  };
};

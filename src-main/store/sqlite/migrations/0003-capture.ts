import type { Migration } from './migration.ts';

/**
 * Tokens of the programs that capture and read, what is set for capture, and the ids that senders gave their events. A
 * sender may repeat an event without a time of its own, so that the unique index over time and id would not notice it;
 * only captured events are in here, and only those whose sender gave an id.
 */
export const capture0003: Migration = {
  number: 3,
  name: 'capture',
  up: [
    `CREATE TABLE token (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL CHECK (scope IN ('capture', 'read')),
      hint TEXT NOT NULL, token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
      created_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER
    ) STRICT`,
    'CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
    `CREATE TABLE captured (
      event_id BLOB PRIMARY KEY CHECK (length(event_id) = 16), entry INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    ...['UPDATE', 'DELETE'].map(
      (verb) =>
        `CREATE TRIGGER captured_refuses_${verb.toLowerCase()} BEFORE ${verb} ON captured
         BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END`,
    ),
  ],
};

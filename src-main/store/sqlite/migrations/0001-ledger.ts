import type { Migration } from './migration.ts';

const dictionaries = ['event', 'target', 'field', 'source'];
const appendOnly = [...dictionaries, 'module', 'actor', 'entry'];

/**
 * Entries with their dictionaries, what was imported, and the desk: accounts, sessions, what windows remember.
 * The one index on entries carries identity; everything else is indexed beside the ledger, behind a watermark.
 */
export const ledger0001: Migration = {
  number: 1,
  name: 'ledger',
  up: [
    'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
    ...dictionaries.map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT`),
    'CREATE TABLE module (id INTEGER PRIMARY KEY, number INTEGER, name TEXT) STRICT',
    'CREATE TABLE actor (id INTEGER PRIMARY KEY, actor_id TEXT, login TEXT, name TEXT, email TEXT) STRICT',
    'CREATE TABLE module_label (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
    `CREATE TABLE import (
      id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, file TEXT NOT NULL,
      started_at INTEGER NOT NULL, finished_at INTEGER, checkpoint TEXT
    ) STRICT`,
    'CREATE INDEX import_by_fingerprint ON import (fingerprint)',
    `CREATE TABLE entry (
      id INTEGER PRIMARY KEY,
      occurred_at INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      event_id BLOB NOT NULL CHECK (length(event_id) = 16),
      event INTEGER, module INTEGER, actor INTEGER, target INTEGER, field INTEGER, source INTEGER, status INTEGER,
      record_id TEXT, old_value TEXT, new_value TEXT, detail TEXT, action TEXT, request TEXT,
      occurred_text TEXT, source_entry_id TEXT, import INTEGER, source_line INTEGER, extra TEXT
    ) STRICT`,
    'CREATE UNIQUE INDEX entry_identity ON entry (occurred_at, event_id)',
    `CREATE TABLE account (
      id INTEGER PRIMARY KEY, login TEXT NOT NULL, login_folded TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('admin', 'auditor')), password_hash TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE session (
      token_hash BLOB PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account (id), expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE attempt (
      subject TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_failure_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE preference (
      account_id INTEGER NOT NULL REFERENCES account (id), key TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (account_id, key)
    ) STRICT, WITHOUT ROWID`,
    ...appendOnly.flatMap((table) =>
      ['UPDATE', 'DELETE'].map(
        (verb) =>
          `CREATE TRIGGER ${table}_refuses_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
           BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END`,
      ),
    ),
  ],
};

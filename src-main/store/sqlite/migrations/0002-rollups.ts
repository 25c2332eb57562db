import type { Migration } from './migration.ts';

const dayMicros = 86_400_000_000;
/** Days since 1970-01-01, rounded down also before it: SQLite’s division rounds towards zero. */
const dayOfEntry = `occurred_at / ${dayMicros} - (occurred_at % ${dayMicros} < 0)`;
/** Months since January 1970. */
const monthOfDay = `(CAST(strftime('%Y', day * 86400, 'unixepoch') AS INTEGER) - 1970) * 12
  + CAST(strftime('%m', day * 86400, 'unixepoch') AS INTEGER) - 1`;

const tables = {
  rollup_day: ['day', 'event', 'module'],
  rollup_actor_day: ['day', 'actor', 'event', 'module'],
  rollup_actor_month: ['month', 'actor', 'event', 'module'],
} as const;

/**
 * How many entries there are of each day, user, event and module: what a report of a period, the statistics of a
 * compliance review and «what did each of them do» ask for. Three tables, since one can't serve all of it in
 * milliseconds: by day without users (some 20,000 rows at ten million entries), by day and user (some 900,000), by month
 * and user (some 80,000; the whole months of a period). Days and months are UTC’s, so that the figures do not depend on
 * who asks. Time comes first in the keys: what is being written then lies together on a few pages, whoever did it.
 *
 * Codes are those of the entries, 0 is «none». Kept in the transaction that stores the entries. A count only ever rises:
 * the triggers refuse everything else, as they do for the entries; `statistics.check` compares with the entries.
 * Filling them here sorts in a temporary file when the cache does not hold it, so that memory stays bounded.
 */
export const rollups0002: Migration = {
  number: 2,
  name: 'rollups',
  up: [
    ...Object.entries(tables).flatMap(([table, keys]) => [
      `CREATE TABLE ${table} (
        ${keys.map((key) => `${key} INTEGER NOT NULL`).join(', ')}, entries INTEGER NOT NULL CHECK (entries > 0),
        PRIMARY KEY (${keys.join(', ')})
      ) STRICT, WITHOUT ROWID`,
    ]),
    `INSERT INTO rollup_actor_day (day, actor, event, module, entries)
     SELECT ${dayOfEntry}, coalesce(actor, 0), coalesce(event, 0), coalesce(module, 0), count(*)
     FROM entry GROUP BY 1, 2, 3, 4`,
    `INSERT INTO rollup_day (day, event, module, entries)
     SELECT day, event, module, sum(entries) FROM rollup_actor_day GROUP BY 1, 2, 3`,
    `INSERT INTO rollup_actor_month (month, actor, event, module, entries)
     SELECT ${monthOfDay}, actor, event, module, sum(entries) FROM rollup_actor_day GROUP BY 1, 2, 3, 4`,
    ...Object.entries(tables).flatMap(([table, keys]) => [
      `CREATE TRIGGER ${table}_only_rises BEFORE UPDATE ON ${table}
       WHEN NEW.entries <= OLD.entries OR ${keys.map((key) => `NEW.${key} <> OLD.${key}`).join(' OR ')}
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END`,
      `CREATE TRIGGER ${table}_refuses_delete BEFORE DELETE ON ${table}
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END`,
    ]),
  ],
};

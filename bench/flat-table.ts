import Database from 'better-sqlite3';

/** The texts that a search looks into, as columns of the flat table. */
export const searchedColumns = [
  'old_value',
  'new_value',
  'detail',
  'record_id',
  'action',
  'request',
  'event',
  'target',
  'field',
  'actor_name',
  'actor_login',
  'actor_email',
  'date_text',
  'occurred_text',
] as const;

/** What a row of the grid shows, from the flat table. */
export const gridColumns =
  'id, occurred_at, event, module_number, module_name, actor_name, actor_login, actor_email, record_id, target, field, old_value, new_value, detail, action, status, source';

/** The indexes that a developer gives such a table for the questions that an auditor asks. */
export const flatIndexes = [
  'occurred_at',
  'event',
  'module_name, event',
  'actor_login, event',
  'record_id',
  'target',
  'field',
  'status',
] as const;

/** Columns whose most frequent values are kept beside the flat table, so that filters are chosen without counting again. */
const countedColumns = ['event', 'module_name', 'actor_login', 'target', 'field', 'record_id', 'source'] as const;
export type CountedColumn = (typeof countedColumns)[number];
const mostValues = 1000;

/**
 * The bare way to look into a trail: one table with every name written out, as a program keeps it that has no
 * dictionaries, so that no join is paid for, and with the indexes above. The ids are the ledger's.
 */
export const makeFlatTable = (ledgerFile: string, file: string): void => {
  const db = new Database(file);
  try {
    db.pragma('synchronous = OFF');
    db.pragma('journal_mode = OFF');
    db.pragma('cache_size = -262144');
    db.exec(`CREATE TABLE flat (
      id INTEGER PRIMARY KEY, occurred_at INTEGER, date_text TEXT, occurred_text TEXT, event TEXT, module_number INTEGER,
      module_name TEXT, actor_id TEXT, actor_name TEXT, actor_login TEXT, actor_email TEXT, target TEXT, field TEXT,
      source TEXT, status INTEGER, record_id TEXT, old_value TEXT, new_value TEXT, detail TEXT, action TEXT, request TEXT)`);
    db.prepare('ATTACH ? AS ledger').run(ledgerFile);
    db.exec(`INSERT INTO flat
      SELECT entry.id, occurred_at, strftime('%Y-%m-%dT%H:%M:%fZ', occurred_at / 1000000.0, 'unixepoch'), occurred_text,
        event.name, module.number, coalesce(module.name, label.name), actor.actor_id, actor.name, actor.login,
        actor.email, target.name, field.name, source.name, status, record_id, old_value, new_value, detail, action,
        request
      FROM ledger.entry AS entry
      LEFT JOIN ledger.event AS event ON event.id = entry.event
      LEFT JOIN ledger.module AS module ON module.id = entry.module
      LEFT JOIN ledger.module_label AS label ON label.number = module.number
      LEFT JOIN ledger.actor AS actor ON actor.id = entry.actor
      LEFT JOIN ledger.target AS target ON target.id = entry.target
      LEFT JOIN ledger.field AS field ON field.id = entry.field
      LEFT JOIN ledger.source AS source ON source.id = entry.source
      ORDER BY entry.id`);
    db.exec('CREATE TABLE person AS SELECT DISTINCT login, email, name, actor_id FROM ledger.actor');
    for (const columns of flatIndexes) {
      db.exec(`CREATE INDEX by_${columns.replaceAll(/\W+/g, '_')} ON flat (${columns})`);
    }
    db.exec('CREATE TABLE usual (column TEXT, value TEXT, entries INTEGER)');
    for (const column of countedColumns) {
      db.exec(`INSERT INTO usual SELECT '${column}', ${column}, count(*) FROM flat
        WHERE ${column} IS NOT NULL AND ${column} <> '' GROUP BY ${column}
        ORDER BY count(*) DESC, ${column} LIMIT ${mostValues}`);
    }
    db.exec(
      `INSERT INTO usual SELECT 'day', strftime('%Y-%m-%d', day * 86400, 'unixepoch'), entries
       FROM (SELECT occurred_at / 86400000000 AS day, count(*) AS entries FROM flat GROUP BY 1)`,
    );
    db.exec('ANALYZE');
  } finally {
    db.close();
  }
};

/** Opened as the engine opens its ledger for reading, only that more is kept and as much of the file mapped as can be. */
export const openFlatTable = (file: string): Database.Database => {
  const db = new Database(file, { readonly: true });
  db.pragma('cache_size = -65536');
  db.pragma(`mmap_size = ${2 ** 31 - 65_536}`);
  return db;
};

/** The values of a column, the most frequent first, at most a thousand. */
export const usualValues = (db: Database.Database, column: CountedColumn): readonly string[] =>
  db
    .prepare('SELECT value FROM usual WHERE column = ? ORDER BY entries DESC, value')
    .pluck()
    .all(column) as readonly string[];

/** The period with the most entries, as a year, a month or a day is written. */
export const busiestPeriod = (db: Database.Database, characters: 4 | 7 | 10): string | undefined =>
  db
    .prepare(
      `SELECT substr(value, 1, ${characters}) FROM usual WHERE column = 'day' GROUP BY 1 ORDER BY sum(entries) DESC, 1 LIMIT 1`,
    )
    .pluck()
    .get() as string | undefined;

/** The condition that some searched column holds the text; takes the pattern as parameter `:name`. */
export const likeAnywhere = (name: string): string =>
  `(${searchedColumns.map((column) => `${column} LIKE :${name}`).join(' OR ')})`;

/** The same texts and the same row, from the ledger's own tables with the dictionaries joined. Takes `:text` and `:limit`. */
export const joinedRows = `SELECT entry.id, occurred_at, event.name AS event, module.number AS module_number,
    module.name AS module_name, actor.name AS actor_name, actor.login AS actor_login, actor.email AS actor_email,
    record_id, target.name AS target, field.name AS field, old_value, new_value, detail, action, status, source.name AS source
  FROM entry
  LEFT JOIN event ON event.id = entry.event
  LEFT JOIN module ON module.id = entry.module
  LEFT JOIN actor ON actor.id = entry.actor
  LEFT JOIN target ON target.id = entry.target
  LEFT JOIN field ON field.id = entry.field
  LEFT JOIN source ON source.id = entry.source
  WHERE ${[
    'old_value',
    'new_value',
    'detail',
    'record_id',
    'action',
    'request',
    'event.name',
    'target.name',
    'field.name',
    'actor.name',
    'actor.login',
    'actor.email',
    "strftime('%Y-%m-%dT%H:%M:%fZ', occurred_at / 1000000.0, 'unixepoch')",
    'occurred_text',
  ]
    .map((column) => `${column} LIKE :text`)
    .join(' OR ')}
  ORDER BY entry.id DESC LIMIT :limit`;

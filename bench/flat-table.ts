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

/**
 * The bare way to look into a trail: one table with every name written out, as a program keeps it that has no
 * dictionaries, so that no join is paid for. The ids are the ledger's.
 */
export const makeFlatTable = (ledgerFile: string, file: string): void => {
  const db = new Database(file);
  try {
    db.pragma('synchronous = OFF');
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
  } finally {
    db.close();
  }
};

/** Opened as the engine opens its ledger for reading: the same cache, the file mapped. */
export const openFlatTable = (file: string): Database.Database => {
  const db = new Database(file, { readonly: true });
  db.pragma('cache_size = -16384');
  db.pragma(`mmap_size = ${2 ** 31 - 65_536}`);
  return db;
};

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

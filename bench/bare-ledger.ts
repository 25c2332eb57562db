import Database from 'better-sqlite3';
import { type Cost, costOf } from './measures.ts';
import { type Cell, parsedColumns, parsedRow } from './parsed-rows.ts';
import { readEntries } from './trail-entries.ts';

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

/** A bare table that rows are inserted into. */
export interface BareLedger {
  /** One transaction, on the disk when it returns. */
  insert(rows: readonly (readonly Cell[])[]): void;
  close(): void;
}

/**
 * The bare way to keep a trail: one table without an index, one loop, a transaction per batch as large as the import's,
 * write-ahead log with a sync at each commit as there.
 */
export const openBareLedger = (file: string): BareLedger => {
  const db = new Database(file);
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
  return {
    insert: db.transaction((rows: readonly (readonly Cell[])[]) => {
      for (const row of rows) insert.run(row);
    }),
    close: () => db.close(),
  };
};

/** What inserting a trail took by itself; reading it first is not counted. */
export interface BareTimes extends Cost {
  readonly rows: number;
}

/** Inserts a file as `import` reads it. In batches of the import's, so that a long one does not have to be held whole. */
export const insertBare = async (file: string, trailFile: string): Promise<BareTimes> => {
  const bare = openBareLedger(file);
  let [rows, wall, cpu] = [0, 0, 0];
  try {
    await readEntries(trailFile, (entries) => {
      const parsed = entries.map(parsedRow);
      const { cost } = costOf(() => bare.insert(parsed));
      rows += parsed.length;
      wall += cost.wall;
      cpu += cost.cpu;
    });
    return { rows, wall, cpu };
  } finally {
    bare.close();
  }
};

/** What two tables with the same entries agree in: their number, the sum of their times, the lengths of their texts. */
export type Digest = { readonly rows: number } & Readonly<Record<string, number | null>>;

const digestedTexts = {
  oldValue: 'old_value',
  newValue: 'new_value',
  detail: 'detail',
  recordId: 'record_id',
  action: 'action',
  request: 'request',
  sourceEntryId: 'source_entry_id',
  event: 'event.name',
  target: 'target.name',
  field: 'field.name',
  source: 'source.name',
  actorLogin: 'actor.login',
  actorName: 'actor.name',
  moduleName: 'module.name',
} as const;

const digestOf = (
  file: string,
  time: string,
  id: string,
  from: string,
  texts: readonly (readonly string[])[],
): Digest => {
  const db = new Database(file, { readonly: true });
  try {
    const lengths = texts.map(([name, column]) => `sum(length(${column})) AS ${name}`);
    return db
      .prepare(
        `SELECT count(*) AS rows, sum(${time} / 1000 % 1000003) AS times, sum(unicode(hex(${id})) * unicode(substr(hex(${id}), 30))) AS ids, sum(status) AS status,
           ${lengths.join(', ')} FROM ${from}`,
      )
      .get() as Digest;
  } finally {
    db.close();
  }
};

export const digestOfBare = (file: string): Digest =>
  digestOf(
    file,
    'occurredAt',
    'eventId',
    'entry',
    Object.keys(digestedTexts).map((name) => [name, name]),
  );
export const digestOfLedger = (file: string): Digest =>
  digestOf(
    file,
    'occurred_at',
    'event_id',
    `entry LEFT JOIN event ON event.id = entry.event LEFT JOIN target ON target.id = entry.target
     LEFT JOIN field ON field.id = entry.field LEFT JOIN source ON source.id = entry.source
     LEFT JOIN actor ON actor.id = entry.actor LEFT JOIN module ON module.id = entry.module`,
    Object.entries(digestedTexts),
  );

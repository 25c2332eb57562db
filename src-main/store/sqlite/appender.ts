import type { NewEntry } from '#main/store/new-entry.ts';
import { assertDurable, type SqliteDatabase, translateSqliteError } from './database.ts';
import { createDictionaryWriter, type DictionaryWriter } from './dictionary-writer.ts';

export interface AppendResult {
  readonly stored: number;
  readonly duplicates: number;
  /** The newest id of the ledger after this batch. */
  readonly newestId: number;
}

export interface ImportMark {
  readonly importId: number;
  readonly checkpoint: unknown;
}

export interface Appender {
  append(entries: readonly NewEntry[], mark: ImportMark | null): AppendResult;
  newestId(): number;
}

interface ActorCells {
  readonly id: string | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

interface ModuleCells {
  readonly number: number | null;
  readonly name: string | null;
}

const nameDictionary = (db: SqliteDatabase, table: string): DictionaryWriter<string> =>
  createDictionaryWriter(db, {
    table,
    columns: ['name'],
    keyOf: (name: string) => name,
    cellsOf: (name) => [name],
    fromCells: (cells) => String(cells[0]),
  });

const textCell = (cell: string | number | null | undefined): string | null => (cell == null ? null : String(cell));

const entryColumns = [
  'id',
  'occurred_at',
  'received_at',
  'event_id',
  'event',
  'module',
  'actor',
  'target',
  'field',
  'source',
  'status',
  'record_id',
  'old_value',
  'new_value',
  'detail',
  'action',
  'request',
  'occurred_text',
  'source_entry_id',
  'import',
  'source_line',
  'extra',
] as const;

/** The commit path: one transaction per batch, on disk when `append` returns. Only the writer thread has one. */
export const createAppender = (db: SqliteDatabase, file: string, now: () => number): Appender => {
  const events = nameDictionary(db, 'event');
  const targets = nameDictionary(db, 'target');
  const fields = nameDictionary(db, 'field');
  const sources = nameDictionary(db, 'source');
  const modules = createDictionaryWriter<ModuleCells>(db, {
    table: 'module',
    columns: ['number', 'name'],
    keyOf: ({ number, name }) => `${number ?? ''}\u0000${name ?? '\u0001'}`,
    cellsOf: ({ number, name }) => [number, name],
    fromCells: ([number, name]) => ({ number: number == null ? null : Number(number), name: textCell(name) }),
  });
  const actors = createDictionaryWriter<ActorCells>(db, {
    table: 'actor',
    columns: ['actor_id', 'login', 'name', 'email'],
    keyOf: ({ id, login, name, email }) => JSON.stringify([id, login, name, email]),
    cellsOf: ({ id, login, name, email }) => [id, login, name, email],
    fromCells: ([id, login, name, email]) => ({
      id: textCell(id),
      login: textCell(login),
      name: textCell(name),
      email: textCell(email),
    }),
  });
  const dictionaries = [events, targets, fields, sources, modules, actors];

  const labelled = new Set(db.prepare('SELECT number FROM module_label').pluck().all() as number[]);
  const insertLabel = db.prepare('INSERT INTO module_label (number, name) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const insert = db.prepare(
    `INSERT INTO entry (${entryColumns.join(', ')}) VALUES (${entryColumns.map(() => '?').join(', ')})
     ON CONFLICT (occurred_at, event_id) DO NOTHING`,
  );
  const saveCheckpoint = db.prepare('UPDATE import SET checkpoint = ? WHERE id = ?');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let newest = Number(db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck().get());

  const code = (dictionary: DictionaryWriter<string>, value: string | null): number | null =>
    value === null ? null : dictionary.codeOf(value);

  const moduleCode = (entry: NewEntry): number | null => {
    const { moduleNumber: number, moduleName: name } = entry;
    if (number === null && name === null) return null;
    // A module that came as a bare number is shown by the name of what it was first seen to affect.
    const label = name ?? entry.target;
    if (number !== null && label !== null && !labelled.has(number)) {
      insertLabel.run(number, label);
      labelled.add(number);
    }
    return modules.codeOf({ number, name });
  };

  const actorCode = (entry: NewEntry): number | null => {
    const { actorId: id, actorLogin: login, actorName: name, actorEmail: email } = entry;
    if (id === null && login === null && name === null && email === null) return null;
    return actors.codeOf({ id, login, name, email });
  };

  const insertAll = (entries: readonly NewEntry[], mark: ImportMark | null): number => {
    const receivedAt = now();
    const importId = mark?.importId ?? null;
    let next = newest + 1;
    for (const entry of entries) {
      const { changes } = insert.run(
        next,
        entry.occurredAt,
        receivedAt,
        entry.eventId,
        code(events, entry.event),
        moduleCode(entry),
        actorCode(entry),
        code(targets, entry.target),
        code(fields, entry.field),
        code(sources, entry.source),
        entry.status,
        entry.recordId,
        entry.oldValue,
        entry.newValue,
        entry.detail,
        entry.action,
        entry.request,
        entry.occurredText,
        entry.sourceEntryId,
        importId,
        entry.sourceLine,
        entry.extra,
      );
      next += changes;
    }
    if (mark) saveCheckpoint.run(JSON.stringify(mark.checkpoint ?? null), mark.importId);
    return next - 1;
  };

  return {
    newestId: () => newest,
    append: (entries, mark) => {
      try {
        begin.run();
        const newestAfter = insertAll(entries, mark);
        commit.run();
        assertDurable(db);
        for (const dictionary of dictionaries) dictionary.keepPending();
        const stored = newestAfter - newest;
        newest = newestAfter;
        return { stored, duplicates: entries.length - stored, newestId: newest };
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        for (const dictionary of dictionaries) dictionary.forgetPending();
        labelled.clear();
        throw translateSqliteError(error, file);
      }
    },
  };
};

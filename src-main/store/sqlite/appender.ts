import type { CapturedBatch, CapturedIds } from '#main/store/captured.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import {
  type PackedActor,
  type PackedEntries,
  type PackedModule,
  type PackedValues,
  packEntries,
} from '#main/store/packed-entries.ts';
import { assertDurable, isUniqueConflict, type SqliteDatabase, translateSqliteError } from './database.ts';
import { createDictionaryWriter, type DictionaryWriter } from './dictionary-writer.ts';
import { createRollupWriter } from './rollup-writer.ts';

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
  appendPacked(entries: PackedEntries, mark: ImportMark | null): AppendResult;
  /**
   * Entries that programs send. An id that the sender gave is the entry’s identity whatever its time says: a repetition
   * may have been given another time of arrival.
   */
  appendCaptured(batch: CapturedBatch): CapturedIds;
  newestId(): number;
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

/** Entries that one statement inserts: the library’s and SQLite’s cost for a statement is paid once for all of them. */
const groupRows = 16;

const insertSql = (rows: number): string => {
  const places = `(${entryColumns.map(() => '?').join(', ')})`;
  return `INSERT INTO entry (${entryColumns.join(', ')}) VALUES ${Array(rows).fill(places).join(', ')}`;
};

type Cell = string | number | Uint8Array | null | undefined;

/** A batch that was taken for all new holds an entry that is stored already. */
class NotAllNew extends Error {}

/** The commit path: one transaction per batch, on disk when `append` returns. Only the writer thread has one. */
export const createAppender = (db: SqliteDatabase, file: string, now: () => number): Appender => {
  const events = nameDictionary(db, 'event');
  const targets = nameDictionary(db, 'target');
  const fields = nameDictionary(db, 'field');
  const sources = nameDictionary(db, 'source');
  const modules = createDictionaryWriter<PackedModule>(db, {
    table: 'module',
    columns: ['number', 'name'],
    keyOf: ({ number, name }) => JSON.stringify([number, name]),
    cellsOf: ({ number, name }) => [number, name],
    fromCells: ([number, name]) => ({ number: number == null ? null : Number(number), name: textCell(name) }),
  });
  const actors = createDictionaryWriter<PackedActor>(db, {
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
  const insertGroup = db.prepare(insertSql(groupRows));
  const insertNew = db.prepare(`${insertSql(1)} ON CONFLICT (occurred_at, event_id) DO NOTHING`);
  const findGiven = db.prepare('SELECT entry FROM captured WHERE event_id = ?').pluck();
  const insertGiven = db.prepare('INSERT INTO captured (event_id, entry) VALUES (?, ?)');
  const insertGivenGroup = db.prepare(
    `INSERT INTO captured (event_id, entry) VALUES ${Array(groupRows).fill('(?, ?)').join(', ')} ON CONFLICT DO NOTHING`,
  );
  const findEntry = db.prepare('SELECT id FROM entry WHERE occurred_at = ? AND event_id = ?').pluck();
  const rollups = createRollupWriter(db);
  const saveCheckpoint = db.prepare('UPDATE import SET checkpoint = ? WHERE id = ?');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  /** The last batch had entries that were stored already; then the next one has some, too. */
  let expectDuplicates = false;
  /** The same of what programs send. */
  let expectRepeated = false;
  let newest = Number(db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck().get());

  /** The ledger's codes for a batch's values, 0 for none; made when an entry of the batch is the first to need them. */
  const coder = <Value>(dictionary: DictionaryWriter<Value>, { values, places }: PackedValues<Value>) => {
    const codes = new Float64Array(values.length + 1);
    return (i: number): number => {
      const place = places[i] as number;
      if (place === 0) return 0;
      let code = codes[place] as number;
      if (code === 0) {
        code = dictionary.codeOf(values[place - 1] as Value);
        codes[place] = code;
      }
      return code;
    };
  };

  /** A module that came as a bare number is shown by the name of what it was first seen to affect. */
  const labelModules = ({ module, target, length }: PackedEntries): void => {
    if (module.values.every(({ number }) => number === null || labelled.has(number))) return;
    for (let i = 0; i < length; i++) {
      const found = module.values[(module.places[i] as number) - 1];
      if (!found || found.number === null || labelled.has(found.number)) continue;
      const label = found.name ?? target.values[(target.places[i] as number) - 1];
      if (label === undefined) continue;
      insertLabel.run(found.number, label);
      labelled.add(found.number);
    }
  };

  /** Puts the cells of a batch's entries into `cells`, in the order of `entryColumns`; its codes are made as they come. */
  const cellsWriter = (batch: PackedEntries, importId: number | null) => {
    const receivedAt = now();
    const event = coder(events, batch.event);
    const module = coder(modules, batch.module);
    const actor = coder(actors, batch.actor);
    const target = coder(targets, batch.target);
    const field = coder(fields, batch.field);
    const source = coder(sources, batch.source);
    const { eventIds, detail } = batch;
    return {
      push: (cells: Cell[], i: number, id: number): void => {
        cells.push(
          id,
          batch.occurredAt[i],
          receivedAt,
          eventIds.subarray(i * 16, i * 16 + 16),
          event(i) || null,
          module(i) || null,
          actor(i) || null,
          target(i) || null,
          field(i) || null,
          source(i) || null,
          batch.status?.[i] ?? null,
          batch.recordId?.[i] ?? null,
          batch.oldValue?.[i] ?? null,
          batch.newValue?.[i] ?? null,
          detail.values[(detail.places[i] as number) - 1] ?? null,
          batch.action?.[i] ?? null,
          batch.request?.[i] ?? null,
          batch.occurredText?.[i] ?? null,
          batch.sourceEntryId?.[i] ?? null,
          importId,
          batch.sourceLine?.[i] ?? null,
          batch.extra?.[i] ?? null,
        );
      },
      count: (i: number): void => rollups.count(batch.occurredAt[i] as number, actor(i), event(i), module(i)),
    };
  };

  type Insert = (batch: PackedEntries, importId: number | null) => number;

  /** Leaves out what is stored already; the answer is the newest id afterwards. */
  const insertSingly: Insert = (batch, importId) => {
    const writer = cellsWriter(batch, importId);
    let next = newest + 1;
    for (let i = 0; i < batch.length; i++) {
      const cells: Cell[] = [];
      writer.push(cells, i, next);
      if (insertNew.run(...cells).changes === 0) continue;
      writer.count(i);
      next += 1;
    }
    return next - 1;
  };

  /** The faster way for a batch that is all new; throws when it is not, since its ids would have gaps. */
  const insertInGroups: Insert = (batch, importId) => {
    const writer = cellsWriter(batch, importId);
    const grouped = batch.length - (batch.length % groupRows);
    for (let start = 0; start < batch.length; start += start < grouped ? groupRows : 1) {
      const end = start < grouped ? start + groupRows : start + 1;
      const cells: Cell[] = [];
      for (let i = start; i < end; i++) {
        writer.push(cells, i, newest + 1 + i);
        writer.count(i);
      }
      if (start < grouped) insertGroup.run(...cells);
      else if (insertNew.run(...cells).changes === 0) throw new NotAllNew();
    }
    return newest + batch.length;
  };

  /** As `insertSingly`, and tells each entry’s id, new or not. */
  const insertCaptured = ({ entries: batch, given }: CapturedBatch, ids: Float64Array, fresh: Uint8Array): number => {
    const writer = cellsWriter(batch, null);
    let next = newest + 1;
    for (let i = 0; i < batch.length; i++) {
      const eventId = batch.eventIds.subarray(i * 16, i * 16 + 16);
      const known = given[i] === 1 ? (findGiven.get(eventId) as number | undefined) : undefined;
      if (known !== undefined) {
        ids[i] = known;
        continue;
      }
      const cells: Cell[] = [];
      writer.push(cells, i, next);
      if (insertNew.run(...cells).changes === 0) {
        const there = Number(findEntry.get(batch.occurredAt[i], eventId));
        if (given[i] === 1) insertGiven.run(eventId, there);
        ids[i] = there;
        continue;
      }
      if (given[i] === 1) insertGiven.run(eventId, next);
      writer.count(i);
      ids[i] = next;
      fresh[i] = 1;
      next += 1;
    }
    return next - 1;
  };

  const undo = (): void => {
    if (db.inTransaction) db.exec('ROLLBACK');
    for (const dictionary of dictionaries) dictionary.forgetPending();
    rollups.clear();
    labelled.clear();
  };

  /** The faster way for a batch that is all new; throws `NotAllNew` or a conflict when it is not. */
  const insertAllCaptured = ({ entries, given }: CapturedBatch): number => {
    const newestAfter = insertInGroups(entries, null);
    const cells: Cell[] = [];
    for (let i = 0; i < entries.length; i++) {
      if (given[i] === 1) cells.push(entries.eventIds.subarray(i * 16, i * 16 + 16), newest + 1 + i);
    }
    const grouped = cells.length - (cells.length % (groupRows * 2));
    let inserted = 0;
    for (let at = 0; at < grouped; at += groupRows * 2) {
      inserted += insertGivenGroup.run(...cells.slice(at, at + groupRows * 2)).changes;
    }
    if (inserted * 2 < grouped) throw new NotAllNew();
    for (let at = grouped; at < cells.length; at += 2) {
      if (findGiven.get(cells[at]) !== undefined) throw new NotAllNew();
      insertGiven.run(cells[at], cells[at + 1]);
    }
    return newestAfter;
  };

  const storeCaptured = (batch: CapturedBatch, insert: () => number): number => {
    begin.run();
    labelModules(batch.entries);
    const newestAfter = insert();
    rollups.write();
    commit.run();
    return newestAfter;
  };

  const appendCaptured = (batch: CapturedBatch): CapturedIds => {
    const { length } = batch.entries;
    const ids = new Float64Array(length);
    const fresh = new Uint8Array(length);
    const storeNewest = (): number => {
      if (!expectRepeated) {
        try {
          const newestAfter = storeCaptured(batch, () => insertAllCaptured(batch));
          for (let i = 0; i < length; i++) ids[i] = newest + 1 + i;
          fresh.fill(1);
          return newestAfter;
        } catch (error) {
          if (!(error instanceof NotAllNew) && !isUniqueConflict(error)) throw error;
          undo();
        }
      }
      return storeCaptured(batch, () => insertCaptured(batch, ids, fresh));
    };
    try {
      const newestAfter = storeNewest();
      assertDurable(db);
      for (const dictionary of dictionaries) dictionary.keepPending();
      expectRepeated = newestAfter - newest < length;
      newest = newestAfter;
      return { ids, fresh };
    } catch (error) {
      undo();
      throw translateSqliteError(error, file);
    }
  };

  const store = (batch: PackedEntries, mark: ImportMark | null, insert: Insert): number => {
    begin.run();
    labelModules(batch);
    const newestAfter = insert(batch, mark?.importId ?? null);
    rollups.write();
    if (mark) saveCheckpoint.run(JSON.stringify(mark.checkpoint ?? null), mark.importId);
    commit.run();
    return newestAfter;
  };

  const storeNew = (batch: PackedEntries, mark: ImportMark | null): number => {
    if (!expectDuplicates) {
      try {
        return store(batch, mark, insertInGroups);
      } catch (error) {
        if (!(error instanceof NotAllNew) && !isUniqueConflict(error)) throw error;
        undo();
      }
    }
    return store(batch, mark, insertSingly);
  };

  const appendPacked = (batch: PackedEntries, mark: ImportMark | null): AppendResult => {
    try {
      const newestAfter = storeNew(batch, mark);
      assertDurable(db);
      for (const dictionary of dictionaries) dictionary.keepPending();
      const stored = newestAfter - newest;
      newest = newestAfter;
      expectDuplicates = stored < batch.length;
      return { stored, duplicates: batch.length - stored, newestId: newest };
    } catch (error) {
      undo();
      throw translateSqliteError(error, file);
    }
  };

  return {
    newestId: () => newest,
    append: (entries, mark) => appendPacked(packEntries(entries), mark),
    appendPacked,
    appendCaptured,
  };
};

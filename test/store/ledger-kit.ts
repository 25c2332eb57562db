import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { createViewEngine, type ViewEngine } from '#main/query/view-engine.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { type Appender, type AppendResult, createAppender } from '#main/store/sqlite/appender.ts';
import {
  type Columns,
  createSharedColumns,
  openColumns,
  type SharedColumns,
} from '#main/store/sqlite/columns/columns.ts';
import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { type Dictionaries, openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { type EntryReader, openEntryReader } from '#main/store/sqlite/entry-reader.ts';
import { eventIdAt } from '#main/store/sqlite/index-folder.ts';
import { createIndexer } from '#main/store/sqlite/indexer.ts';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { openStoredOrders, type StoredOrders } from '#main/store/sqlite/order/stored-orders.ts';
import { createSearchState, openSearchIndex, type SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { createSettledMatches } from '#main/store/sqlite/settled-matches.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that goes away with the test file. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-store-'));
  folders.push(folder);
  return folder;
};

const nothing: Omit<NewEntry, 'eventId' | 'occurredAt'> = {
  occurredText: null,
  actorId: null,
  actorLogin: null,
  actorName: null,
  actorEmail: null,
  event: null,
  moduleNumber: null,
  moduleName: null,
  target: null,
  recordId: null,
  field: null,
  oldValue: null,
  newValue: null,
  detail: null,
  action: null,
  status: null,
  request: null,
  source: null,
  sourceEntryId: null,
  sourceLine: null,
  extra: null,
};

/** 2026-03-01T10:00:00Z. */
export const someTime = Date.UTC(2026, 2, 1, 10) * 1000;

export const newEntry = (cells: Partial<NewEntry> = {}): NewEntry => ({
  ...nothing,
  eventId: randomBytes(16),
  occurredAt: someTime,
  ...cells,
});

export const goOn = (): boolean => false;

export interface Writing {
  readonly file: string;
  readonly db: SqliteDatabase;
  readonly appender: Appender;
  append(entries: readonly NewEntry[]): AppendResult;
}

/** The writer's side of a ledger file. */
export const openWriting = (folder: string): Writing => {
  const file = path.join(folder, 'ledger.db');
  const db = openLedgerForWriting(file);
  const appender = createAppender(db, file, () => someTime);
  return { file, db, appender, append: (entries: readonly NewEntry[]) => appender.append(entries, null) };
};

export interface Reading {
  readonly db: SqliteDatabase;
  readonly indexes: string;
  readonly shared: SharedColumns;
  readonly searchState: SharedArrayBuffer;
  readonly columns: Columns;
  readonly dictionaries: Dictionaries;
  readonly indexer: ReturnType<typeof createIndexer>;
  readonly search: SearchIndex;
  readonly reader: EntryReader;
  readonly orders: StoredOrders;
  readonly views: ViewEngine;
  /** Others like `views`, as another thread has them: what one has settled is known to all. */
  openViews(): ViewEngine;
  /** Brings every index as far as it goes. */
  catchUp(): void;
  close(): void;
}

/** The readers' side of a ledger file, in this thread: what a reader thread and the indexer thread have. */
export const openReading = (folder: string, shouldStop: () => boolean = goOn): Reading => {
  const file = path.join(folder, 'ledger.db');
  const indexes = path.join(folder, 'index');
  const db = openReader(file, 'here and there');
  const indexDb = openReader(file, 'in turn');
  const shared = createSharedColumns();
  const searchState = createSearchState();
  const columns = openColumns(db, shared, indexes, shouldStop);
  const dictionaries = openDictionaries(db);
  const indexer = createIndexer({
    db: indexDb,
    folder: indexes,
    searchState,
    shouldStop: goOn,
  });
  const search = openSearchIndex(indexes, searchState, (id) => eventIdAt(db, id), shouldStop);
  const reader = openEntryReader(db, dictionaries);
  const stored = openStoredOrders({ db, folder: indexes, access: 'write', shouldStop });
  const settledMatches = createSettledMatches();
  const openViews = (): ViewEngine =>
    createViewEngine({
      db,
      columns,
      dictionaries,
      search,
      orders: stored,
      reader,
      settledMatches,
      shouldStop,
      clock: () => someTime,
    });
  return {
    db,
    indexes,
    shared,
    searchState,
    columns,
    dictionaries,
    indexer,
    search,
    reader,
    orders: stored,
    views: openViews(),
    openViews,
    catchUp: (): void => {
      while (indexer.step('quiet', true).did !== 'idle');
    },
    close: (): void => {
      search.close();
      columns.close();
      stored.close();
      db.close();
      indexDb.close();
    },
  };
};

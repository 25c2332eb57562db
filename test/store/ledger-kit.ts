import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { openOrders } from '#main/query/orders-for-views.ts';
import { createViewEngine } from '#main/query/view-engine.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { createAppender } from '#main/store/sqlite/appender.ts';
import { createSharedColumns, openColumns } from '#main/store/sqlite/columns.ts';
import { openReader } from '#main/store/sqlite/database.ts';
import { openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { openEntryReader } from '#main/store/sqlite/entry-reader.ts';
import { createIndexer } from '#main/store/sqlite/indexer.ts';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { createSearchState, openSearchIndex } from '#main/store/sqlite/search/search-index.ts';

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

/** The writer's side of a ledger file. */
export const openWriting = (folder: string) => {
  const file = path.join(folder, 'ledger.db');
  const db = openLedgerForWriting(file);
  const appender = createAppender(db, file, () => someTime);
  return { file, db, appender, append: (entries: readonly NewEntry[]) => appender.append(entries, null) };
};

/** The readers' side of a ledger file, in this thread: what a reader thread and the indexer thread have. */
export const openReading = (folder: string, shouldStop: () => boolean = goOn) => {
  const file = path.join(folder, 'ledger.db');
  const indexes = path.join(folder, 'index');
  const db = openReader(file, 'mapped');
  const indexDb = openReader(file, 'cached');
  const shared = createSharedColumns();
  const searchState = createSearchState();
  const columns = openColumns(db, shared, indexes, shouldStop);
  const dictionaries = openDictionaries(db);
  const indexer = createIndexer({
    db: indexDb,
    folder: indexes,
    columns: openColumns(indexDb, shared, indexes, goOn),
    searchState,
    shouldStop: goOn,
  });
  const search = openSearchIndex(indexes, searchState, shouldStop);
  const reader = openEntryReader(db, dictionaries);
  const orders = openOrders({ db, folder: indexes, columns, dictionaries, shouldStop });
  const views = createViewEngine({
    db,
    columns,
    dictionaries,
    search,
    orders,
    reader,
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
    orders,
    views,
    /** Brings every index as far as it goes. */
    catchUp: (): void => {
      while (indexer.step('quiet').did !== 'idle');
    },
    close: (): void => {
      search.close();
      db.close();
      indexDb.close();
    },
  };
};

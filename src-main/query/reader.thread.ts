import { statSync } from 'node:fs';
import { openColumns } from '#main/store/sqlite/columns/columns.ts';
import { openReader, translateSqliteError } from '#main/store/sqlite/database.ts';
import { openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { openEntryReader } from '#main/store/sqlite/entry-reader.ts';
import { eventIdAt } from '#main/store/sqlite/index-folder.ts';
import { openStoredOrders } from '#main/store/sqlite/order/stored-orders.ts';
import { openSearchIndex } from '#main/store/sqlite/search/search-index.ts';
import type { LedgerThreadSetup } from '#main/store/sqlite/thread-setup.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import { estimateFacets, listFacets } from './facets.ts';
import { packPage } from './packed-page.ts';
import type { ReaderOperations } from './reader-operations.ts';
import { readRecordLife } from './record-life.ts';
import { checkStatistics, readStatistics } from './statistics.ts';
import { estimateTimeline, makeTimeline } from './timeline.ts';
import { createViewEngine } from './view-engine.ts';

/** A count is told of so often, milliseconds: as often as a window draws, and not thousands of times. */
const tellEvery = 16;

/** Calls `tell` at once, and then at most once in `tellEvery` milliseconds. */
const nowAndThen = <Value>(tell: (value: Value) => void): ((value: Value) => void) => {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (value) => {
    const now = performance.now();
    if (now - toldAt < tellEvery) return;
    toldAt = now;
    tell(value);
  };
};

/** A thread that answers queries on its own read-only connection. */
serveThread<LedgerThreadSetup>((setup, { shouldStop }) => {
  const db = openReader(setup.file, 'here and there');
  const columns = openColumns(db, setup.columns, setup.indexFolder, shouldStop);
  const dictionaries = openDictionaries(db);
  const search = openSearchIndex(setup.indexFolder, setup.searchState, (id) => eventIdAt(db, id), shouldStop);
  const reader = openEntryReader(db, dictionaries);
  const stored = openStoredOrders({ db, folder: setup.indexFolder, access: setup.access, shouldStop });
  const views = createViewEngine({
    db,
    columns,
    dictionaries,
    search,
    orders: stored,
    reader,
    settledMatches: setup.settled,
    shouldStop,
    clock: () => Date.now() * 1000,
  });
  const maxId = db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck();

  /** What the first filter would have to read, and once this thread pages, what pages need: not both threads do. */
  const ahead: Iterator<void>[] = [columns.readAhead(Number(maxId.get()))];
  let hasPaged = false;
  const readOn = (): boolean => {
    try {
      if (ahead[0]?.next().done !== false) ahead.shift();
    } catch {
      // Only a head start: whoever asks for these entries meets the same failure and is told.
      ahead.length = 0;
    }
    return ahead.length > 0;
  };

  type Handlers = {
    [N in keyof ReaderOperations]: (
      input: ReaderOperations[N]['input'],
      progress: (value: ReaderOperations[N]['progress']) => void,
    ) => ReaderOperations[N]['output'];
  };
  const handlers: Handlers = {
    page: ({ view, start, limit }) => {
      if (!hasPaged) {
        ahead.unshift(reader.readAhead(Number(maxId.get())));
        ahead.push(stored.readAhead());
      }
      hasPaged = true;
      return packPage(views.page(view, start, limit));
    },
    ids: ({ view, position, limit }) => views.ids(view, position, limit),
    count: ({ view }, progress) => ({
      count: views.count(
        view,
        nowAndThen((atLeast: number) => progress({ atLeast, exact: false })),
      ),
    }),
    facets: (asked) => listFacets(views, dictionaries, asked, shouldStop),
    estimateFacets: (asked) => estimateFacets(views, dictionaries, asked, shouldStop),
    timeline: (asked) => makeTimeline(views, asked, shouldStop),
    estimateTimeline: (asked) => estimateTimeline(views, asked, shouldStop),
    entry: ({ id }) => {
      dictionaries.refresh();
      return reader.entry(id);
    },
    recordLife: (asked) => readRecordLife(columns, dictionaries, reader, Number(maxId.get()), asked, shouldStop),
    actors: () => {
      dictionaries.refresh();
      return { actors: dictionaries.actor.slice(1) };
    },
    statistics: (asked) => readStatistics(db, dictionaries, asked, shouldStop),
    checkStatistics: (_asked, progress) => checkStatistics(db, dictionaries, shouldStop, progress),
    info: () => ({ entries: Number(maxId.get()), bytes: statSync(setup.file).size, indexed: search.through() }),
  };

  return {
    run: (operation, { input, progress }) => {
      if (!Object.hasOwn(handlers, operation)) throw new Error(`no operation ${operation}`);
      // The engine is the only caller, and calls by the types of `ReaderOperations`.
      const handler = handlers[operation as keyof Handlers] as (
        input: unknown,
        progress: (value: unknown) => void,
      ) => unknown;
      try {
        return handler(input, progress);
      } catch (error) {
        throw translateSqliteError(error, setup.file);
      }
    },
    idle: () => readOn() || views.prepare(),
    close: () => {
      search.close();
      columns.close();
      stored.close();
      db.close();
    },
  };
});

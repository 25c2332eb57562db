import { chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import type { Columns } from '#main/store/sqlite/columns/columns.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { EntryReader } from '#main/store/sqlite/entry-reader.ts';
import { Kept } from '#main/store/sqlite/kept.ts';
import { type OrderedColumn, openKeyReader, orderedColumns } from '#main/store/sqlite/order/ordered-columns.ts';
import type { StoredOrders } from '#main/store/sqlite/order/stored-orders.ts';
import type { SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { openSettledMatches, type SettledMatches } from '#main/store/sqlite/settled-matches.ts';
import { compareKeys } from '#main/store/sqlite/sort-key.ts';
import type { SortColumn } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { Query, QueryValue } from '#shared/contract/query.ts';
import type { Page, PageStart, View } from '#shared/contract/view.ts';
import { isoOf, microsOf } from '#shared/text/zoned-time.ts';
import { countBits, rowsOfBits } from './bitmap.ts';
import { createCodeRanks } from './code-ranks.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { entryRow } from './entry-rows.ts';
import { beginWithGlance } from './glance.ts';
import { createShortListing, type Listing } from './listing.ts';
import { listByCode } from './listing-by-code.ts';
import { listById } from './listing-by-id.ts';
import { listByOrder } from './listing-by-order.ts';
import { createMatchSet, type MatchSet } from './match-set.ts';
import { createTextMatch } from './text-match.ts';
import { resolveWhere, type Where } from './where.ts';

export interface ViewSources {
  readonly db: SqliteDatabase;
  readonly columns: Columns;
  readonly dictionaries: Dictionaries;
  readonly search: SearchIndex;
  readonly orders: StoredOrders;
  readonly reader: EntryReader;
  readonly settledMatches: SettledMatches;
  readonly shouldStop: () => boolean;
  /** Microseconds since 1970. */
  readonly clock: () => number;
}

/** A view with its freezing point filled in. */
export interface FrozenView extends View {
  readonly newestId: number;
  readonly now: string;
}

/** How much is kept for views that are looked at again: at 10 million entries a match set takes up to 1.3 MB. */
const keptSets = 12;
const keptListings = 8;

/** So few candidates are put into an order by reading their values sooner than by walking the order. */
const fewCandidates = 1000;

export const freeWords = (query: Query): readonly QueryValue[] =>
  query.clauses.flatMap((clause) => (clause.kind === 'word' && !clause.exclude ? [clause.value] : []));

const isOrderedColumn = (column: SortColumn): column is OrderedColumn =>
  (orderedColumns as readonly SortColumn[]).includes(column);

/** The rows of all candidates when they are few. */
const fewRows = (set: MatchSet, few: number): readonly number[] | null => {
  let count = 0;
  for (let chunk = 0; chunk < set.chunks; chunk++) {
    count += countBits(set.candidates(chunk));
    if (count > few) return null;
  }
  const rows: number[] = [];
  for (let chunk = 0; chunk < set.chunks; chunk++) {
    for (const row of rowsOfBits(set.candidates(chunk))) rows.push(chunk * chunkRows + row);
  }
  return rows;
};

/** True when the query's meaning moves with the clock. */
const isRelative = (query: Query): boolean =>
  query.clauses.some(
    (clause) =>
      clause.kind === 'time' && [clause.start, clause.end].some((bound) => bound !== null && !/^\d/.test(bound)),
  );

/** Views over one thread's connection: match sets, listings and pages, with what was found kept for the next look. */
export const createViewEngine = (sources: ViewSources) => {
  const { db, columns, dictionaries, search, orders, reader, shouldStop, clock } = sources;
  const maxId = db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck();
  /** The listing that a page was last taken from, and of which set; a jump in it may be next. */
  let latest: { readonly listing: Listing; readonly of: MatchSet } | null = null;
  const sets = new Kept<{ readonly set: MatchSet; readonly number: number }>(keptSets, ({ set }) => {
    if (latest?.of === set) latest = null;
    set.release();
  });
  let madeSets = 0;
  const listings = new Kept<Listing>(keptListings);
  const ranksOf = createCodeRanks(dictionaries);
  const settled = openSettledMatches(sources.settledMatches);

  let refreshedAt = -1;
  const freeze = (view: View): FrozenView => {
    const newest = Number(maxId.get());
    // Names come with entries.
    if (newest !== refreshedAt) dictionaries.refresh();
    refreshedAt = newest;
    return { ...view, newestId: Math.min(view.newestId ?? newest, newest), now: view.now ?? isoOf(clock()) };
  };

  const setKey = (view: FrozenView): string =>
    JSON.stringify([view.query.clauses, view.reading, view.newestId, isRelative(view.query) ? view.now : null]);

  const makeSet = (view: FrozenView, where: Where): MatchSet =>
    createMatchSet(where, view.newestId, {
      columns: (chunk) => columns.chunk(chunk, view.newestId),
      searchedOf: reader.searchedOf,
      isKept: reader.isKept,
      settled: settled(setKey(view)),
      matchOf: (test) =>
        createTextMatch(test, view.reading.ignoreAccents, { dictionaries, search, recordOf: reader.recordOf }),
      shouldStop,
    });

  const whereOf = (view: FrozenView): Where => resolveWhere(view.query, view.reading, microsOf(view.now), dictionaries);

  const numberedSet = (view: FrozenView): { readonly set: MatchSet; readonly number: number } =>
    sets.get(setKey(view), () => {
      search.refresh();
      madeSets += 1;
      return { set: makeSet(view, whereOf(view)), number: madeSets };
    });
  const matchSet = (view: FrozenView): MatchSet => numberedSet(view).set;

  /** The rows of few candidates in the order of a column, those without a value last. */
  const sortFew = (rows: readonly number[], column: OrderedColumn, descending: boolean): readonly number[] => {
    const { keyOf } = openKeyReader(db, column);
    const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
    const direction = descending ? -1 : 1;
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null)
        return a.key === b.key ? direction * (a.row - b.row) : a.key === null ? 1 : -1;
      return direction * (compareKeys(a.key, b.key) || a.row - b.row);
    });
    return keyed.map(({ row }) => row);
  };

  const listSet = (set: MatchSet, view: FrozenView): Listing => {
    const { column, descending } = view.sort;
    if (column === 'id') return listById(set, descending, shouldStop);
    if (!isOrderedColumn(column)) return listByCode(set, column, ranksOf(column, set), descending, shouldStop);
    if (column === 'occurredAt' && orders.orderOf(column, view.newestId) === 'id') {
      return listById(set, descending, shouldStop);
    }
    if (!set.everything) {
      const rows = fewRows(set, fewCandidates);
      if (rows) return createShortListing(sortFew(rows, column, descending), set.has, shouldStop);
    }
    const order = orders.orderOf(column, view.newestId);
    return order === 'id' ? listById(set, descending, shouldStop) : listByOrder(set, order, descending, shouldStop);
  };

  const makeListing = (view: FrozenView): Listing => {
    const set = matchSet(view);
    if (!set.sought || set.isSure()) return listSet(set, view);
    const byColumns = (): Listing => listSet(makeSet(view, { ...whereOf(view), texts: [] }), view);
    return beginWithGlance(view.newestId, set.sought, byColumns, () => listSet(set, view));
  };

  // Once all texts are looked at, by whichever thread, a listing has less to do than the one that was made before. A set
  // that was made again has another number: what was listed of the one before is of no use any more.
  const listing = (view: FrozenView): Listing => {
    const { set, number } = numberedSet(view);
    return listings.get(`${number} ${set.isSure() ? 'sure' : ''} ${JSON.stringify(view.sort)}`, () =>
      makeListing(view),
    );
  };

  /** The first position whose entry is at or past an instant, in the direction of the view; the last one when none is. */
  const positionAtInstant = (view: FrozenView, list: Listing, instant: number): number => {
    const { descending } = view.sort;
    const mayPass = (number: number): boolean => {
      const chunk = columns.chunk(number, view.newestId);
      return descending ? chunk.minTime <= instant : chunk.maxTime >= instant;
    };
    const passes = (row: number): boolean => {
      const number = Math.floor(row / chunkRows);
      if (!mayPass(number)) return false;
      const time = columns.chunk(number, view.newestId).times()[row - number * chunkRows] as number;
      return descending ? time <= instant : time >= instant;
    };
    const position = list.firstPosition(passes, mayPass);
    return position ?? Math.max(0, list.found().atLeast - 1);
  };

  const startPosition = (view: FrozenView, list: Listing, start: PageStart): number => {
    if ('position' in start) return start.position;
    if ('instant' in start) return positionAtInstant(view, list, microsOf(start.instant));
    if ('id' in start) {
      const position = list.positionOf(start.id - 1);
      if (position < 0) throw new BitacoraError('entry_not_found', { id: start.id });
      return position;
    }
    const cursor = readCursor(start.after);
    if (list.rows(cursor.position, 1)[0] === cursor.id - 1) return cursor.position + 1;
    const position = list.positionOf(cursor.id - 1);
    if (position < 0) throw new BitacoraError('invalid', { fields: 'after' });
    return position + 1;
  };

  return {
    freeze,
    matchSet,
    /** Does a short piece of work for the view that was last looked at; false when there is none. */
    prepare: (): boolean => {
      const more = latest?.listing.prepare() ?? false;
      if (!more) latest = null;
      return more;
    },
    page: (asked: View, start: PageStart, limit: number): Page => {
      const cursor = 'after' in start ? readCursor(start.after) : null;
      const view = freeze(cursor ? { ...asked, newestId: cursor.newestId, now: cursor.now } : asked);
      const list = listing(view);
      const position = startPosition(view, list, start);
      // One more than asked for tells whether there is a next page.
      const listed = list.rows(position, limit + 1);
      const words = freeWords(view.query);
      const rows = reader
        .cellsOfMany(listed.slice(0, limit))
        .map((cells) => entryRow(cells, dictionaries, words, view.reading.ignoreAccents));
      const set = matchSet(view);
      const total = set.counted() ? { atLeast: set.count(), exact: true } : list.found();
      // Where texts have to be read, nobody reads them all on the chance that somebody jumps.
      latest = set.isSure() ? { listing: list, of: set } : null;
      const last = rows.at(-1);
      const next =
        last && listed.length > limit
          ? writeCursor({ id: last.id, position: position + limit - 1, newestId: view.newestId, now: view.now })
          : null;
      return { rows, position, newestId: view.newestId, now: view.now, total, next };
    },
    /** The ids at positions from `position` on: `limit` of them, or as many as there are. */
    ids: (asked: View, position: number, limit: number) => {
      const view = freeze(asked);
      const rows = listing(view).rows(position, limit);
      return { ids: Float64Array.from(rows, (row) => row + 1), newestId: view.newestId, now: view.now };
    },
    count: (asked: View, onProgress: (atLeast: number) => void): number => {
      return matchSet(freeze(asked)).count(onProgress);
    },
  };
};
export type ViewEngine = ReturnType<typeof createViewEngine>;

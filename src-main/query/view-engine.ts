import type { Columns } from '#main/store/sqlite/columns.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { EntryReader } from '#main/store/sqlite/entry-reader.ts';
import type { SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { Query, QueryValue } from '#shared/contract/query.ts';
import type { Page, PageStart, View } from '#shared/contract/view.ts';
import { isoOf, microsOf } from '#shared/text/zoned-time.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { entryRow } from './entry-rows.ts';
import { Kept } from './kept.ts';
import { createListing, type Listing } from './listing.ts';
import { createMatchSet, type MatchSet } from './match-set.ts';
import type { Orders } from './orders-for-views.ts';
import { createTextMatch, type TextMatch } from './text-match.ts';
import { resolveWhere } from './where.ts';

export interface ViewSources {
  readonly db: SqliteDatabase;
  readonly columns: Columns;
  readonly dictionaries: Dictionaries;
  readonly search: SearchIndex;
  readonly orders: Orders;
  readonly reader: EntryReader;
  readonly shouldStop: () => boolean;
  /** Microseconds since 1970. */
  readonly clock: () => number;
}

/** A view with its freezing point filled in. */
export interface FrozenView extends View {
  readonly newestId: number;
  readonly now: string;
}

/** How much is kept for views that are looked at again; each match set is an eighth of a byte an entry. */
const keptSets = 24;
const keptMatches = 24;
const keptListings = 12;

export const freeWords = (query: Query): readonly QueryValue[] =>
  query.clauses.flatMap((clause) => (clause.kind === 'word' && !clause.exclude ? [clause.value] : []));

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
  const sets = new Kept<MatchSet>(keptSets);
  const matches = new Kept<TextMatch>(keptMatches);
  const listings = new Kept<Listing>(keptListings);

  const freeze = (view: View): FrozenView => {
    const newest = Number(maxId.get());
    dictionaries.refresh();
    return { ...view, newestId: Math.min(view.newestId ?? newest, newest), now: view.now ?? isoOf(clock()) };
  };

  const setKey = (view: FrozenView): string =>
    JSON.stringify([view.query.clauses, view.reading, view.newestId, isRelative(view.query) ? view.now : null]);

  const matchSet = (view: FrozenView): MatchSet =>
    sets.get(setKey(view), () => {
      const arrays = columns.upTo(view.newestId);
      const where = resolveWhere(view.query, view.reading, microsOf(view.now), dictionaries);
      return createMatchSet(
        where,
        arrays,
        view.newestId,
        (test) =>
          matches.get(JSON.stringify([test.kind, test.values, view.reading.ignoreAccents, view.newestId]), () =>
            createTextMatch(test, view.reading.ignoreAccents, {
              arrays,
              newestId: view.newestId,
              dictionaries,
              search,
              searchedOf: reader.searchedOf,
            }),
          ),
        shouldStop,
      );
    });

  const listing = (view: FrozenView): Listing =>
    listings.get(`${JSON.stringify(view.sort)} ${setKey(view)}`, () =>
      createListing(matchSet(view), orders.orderOf(view.sort.column, view.newestId), view.sort.descending),
    );

  /** The first position whose entry is at or past an instant, in the direction of the view. */
  const positionAtInstant = (view: FrozenView, list: Listing, instant: number): number => {
    const { occurredAt } = columns.upTo(view.newestId);
    const past = (row: number): boolean =>
      view.sort.descending ? (occurredAt[row] as number) <= instant : (occurredAt[row] as number) >= instant;
    for (let position = 0; ; position++) {
      if (position >= list.found()) list.ensure(position + 4096, shouldStop);
      if (position >= list.found()) return Math.max(0, list.found() - 1);
      if (past(list.at(position))) return position;
    }
  };

  const startPosition = (view: FrozenView, list: Listing, start: PageStart): number => {
    if ('position' in start) return start.position;
    if ('instant' in start) return positionAtInstant(view, list, microsOf(start.instant));
    if ('id' in start) {
      const position = list.positionOf(start.id - 1, shouldStop);
      if (position < 0) throw new BitacoraError('entry_not_found', { id: start.id });
      return position;
    }
    const cursor = readCursor(start.after);
    list.ensure(cursor.position + 1, shouldStop);
    if (cursor.position < list.found() && list.at(cursor.position) === cursor.id - 1) return cursor.position + 1;
    const position = list.positionOf(cursor.id - 1, shouldStop);
    if (position < 0) throw new BitacoraError('invalid', { fields: 'after' });
    return position + 1;
  };

  return {
    freeze,
    matchSet,
    page: (asked: View, start: PageStart, limit: number): Page => {
      const cursor = 'after' in start ? readCursor(start.after) : null;
      const view = freeze(cursor ? { ...asked, newestId: cursor.newestId, now: cursor.now } : asked);
      const list = listing(view);
      const position = startPosition(view, list, start);
      // One more than asked for tells whether there is a next page.
      list.ensure(position + limit + 1, shouldStop);
      const end = Math.min(position + limit, list.found());
      const words = freeWords(view.query);
      const rows = [];
      for (let p = position; p < end; p++) {
        rows.push(entryRow(reader.cellsOf(list.at(p)), dictionaries, words, view.reading.ignoreAccents));
      }
      const set = matchSet(view);
      const total = set.exact()
        ? { atLeast: set.count(), exact: true }
        : { atLeast: list.found(), exact: list.complete() };
      const last = rows.at(-1);
      const next =
        last && list.found() > end
          ? writeCursor({ id: last.id, position: end - 1, newestId: view.newestId, now: view.now })
          : null;
      return { rows, position, newestId: view.newestId, now: view.now, total, next };
    },
    count: (asked: View, onProgress: (atLeast: number) => void): number => {
      const set = matchSet(freeze(asked));
      set.settle(shouldStop, onProgress);
      return set.count();
    },
  };
};
export type ViewEngine = ReturnType<typeof createViewEngine>;

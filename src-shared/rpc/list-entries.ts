import type { Entry } from '#shared/contract/entry.ts';
import type { Page, Total } from '#shared/contract/view.ts';
import { parseSort, readBookmark, writeBookmark } from '#shared/contract/view-text.ts';
import { parseQuery } from '#shared/query/parse.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

/** How many entries are asked for at once. */
const entriesAtOnce = 25;

export interface ListingQuestion {
  /** A query as text. */
  readonly query: string;
  /** As `parseSort` reads it. */
  readonly sort: string;
  /** At most `maxPageRows`. */
  readonly limit: number;
  /** The `next` of the listing before, or null for the first. */
  readonly after: string | null;
  /** IANA zone in which the query's dates are read. */
  readonly zone: string;
  readonly ignoreAccents: boolean;
}

/** A page of rows as the grid has them, and the text that leads to the next one. */
interface RowListing {
  readonly rows: Page['rows'];
  readonly next: string | null;
  readonly total: Total;
}

interface EntryListing {
  readonly entries: readonly Entry[];
  readonly next: string | null;
  readonly total: Total;
}

/** Lists rows by a query in its text form. Throws `query_unreadable`, and `invalid` for a bad sort, limit or `after`. */
export const listRows = async (call: EngineClient['call'], question: ListingQuestion): Promise<RowListing> => {
  const { query, sort, limit, after, zone, ignoreAccents } = question;
  const identity = JSON.stringify([query, sort, zone, ignoreAccents]);
  const bookmark = after === null ? null : readBookmark(after, identity);
  const page = await call('log.page', {
    view: {
      query: parseQuery(query),
      sort: parseSort(sort),
      reading: { zone, ignoreAccents },
      newestId: bookmark?.newestId ?? null,
      now: bookmark?.now ?? null,
    },
    start: bookmark === null ? { position: 0 } : { after: bookmark.after },
    limit,
  });
  const { newestId, now } = page;
  return {
    rows: page.rows,
    next: page.next === null ? null : writeBookmark({ newestId, now, after: page.next }, identity),
    total: page.total,
  };
};

/** The same with the entries whole, where a row has only excerpts of long values. */
export const listEntries = async (call: EngineClient['call'], question: ListingQuestion): Promise<EntryListing> => {
  const { rows, next, total } = await listRows(call, question);
  const entries: Entry[] = [];
  for (let start = 0; start < rows.length; start += entriesAtOnce) {
    const some = rows.slice(start, start + entriesAtOnce);
    entries.push(...(await Promise.all(some.map(({ id }) => call('log.entry', { id })))));
  }
  return { entries, next, total };
};

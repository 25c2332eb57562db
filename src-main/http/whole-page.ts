import type { OneCall } from '#main/http/one-call.ts';
import { ownApiModule } from '#shared/contract/capture.ts';
import type { Entry, Sort } from '#shared/contract/entry.ts';
import type { Clause, Query } from '#shared/contract/query.ts';

/** How many entries are asked for at once. */
const entriesAtOnce = 25;

interface WholePage {
  readonly entries: readonly Entry[];
  /** How many match, exactly. */
  readonly count: number;
}

/**
 * Leaves out the requests to our own HTTP API: pages by number would shift with each page that is read, which is itself an
 * entry. Whoever asks for an action, a module or an event gets them too.
 */
export const withoutOwnReads: Clause = {
  kind: 'value',
  key: 'module',
  exclude: true,
  values: [{ text: ownApiModule, prefix: false }],
};

/** A page by its position, whole entries, with the exact count of the same frozen view: what page numbers need. */
export const readWholePage = async (
  call: OneCall,
  from: { readonly session: string | undefined; readonly signal: AbortSignal },
  asked: { readonly query: Query; readonly sort: Sort; readonly position: number; readonly limit: number },
): Promise<WholePage> => {
  const view = {
    query: asked.query,
    sort: asked.sort,
    reading: { zone: 'UTC', ignoreAccents: false },
    newestId: null,
    now: null,
  };
  const page = await call('log.page', { view, start: { position: asked.position }, limit: asked.limit }, from);
  const { newestId, now, rows, total } = page;
  const count = total.exact
    ? total.atLeast
    : (await call('log.count', { view: { ...view, newestId, now } }, from)).count;
  const entries: Entry[] = [];
  // A position past the end gives the last rows in some views: here it gives none.
  const wanted = rows.slice(Math.max(0, asked.position - page.position));
  for (let start = 0; start < wanted.length; start += entriesAtOnce) {
    const some = wanted.slice(start, start + entriesAtOnce);
    entries.push(...(await Promise.all(some.map(({ id }) => call('log.entry', { id }, from)))));
  }
  return { entries, count };
};

const wholeNumber = /^-?\d{1,15}$/;

/** Identifiers are numbers in the systems that these routes come from; one that is none stays a text. */
export const asNumber = (text: string | null): number | string | null =>
  text !== null && wholeNumber.test(text) && String(Number(text)) === text ? Number(text) : text;

import type { CaptureFigures } from '#main/capture/capture-figures.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import { unpackPage } from '#main/query/packed-page.ts';
import type { ReaderOperations } from '#main/query/reader-operations.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import type { CaptureSource } from '#shared/contract/capture-state.ts';
import type { OutputOf } from '#shared/contract/procedures.ts';
import type { Query } from '#shared/contract/query.ts';
import type { View } from '#shared/contract/view.ts';

/** So many sources are listed. */
const mostSources = 100;

const everything: Query = { clauses: [] };
const sinceToday = (today: string): Query => ({
  clauses: [{ kind: 'time', key: 'from', exclude: false, start: today, end: null }],
});
const ofSource = (name: string): Query => ({
  clauses: [{ kind: 'value', key: 'source', exclude: false, values: [{ text: name, prefix: false }] }],
});

const todayIn = (zone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(Date.now());

/**
 * The sources of the open ledger that entries were captured from. Who they are and how many entries each has comes from the
 * ledger’s columns; the newest entry of each is looked up once, from then on what arrives tells when it was heard of.
 */
export const createSourceList = (
  holder: LedgerHolder,
  figures: CaptureFigures,
): ((zone: string, signal: AbortSignal) => Promise<OutputOf<'capture.sources'>>) => {
  /** When each source was last heard of before this engine heard of it; null for one that was imported. */
  let seen: { readonly ledger: SqliteLedger; readonly last: Map<string, string | null> } | null = null;

  return async (zone, signal) => {
    const ledger = holder.current();
    if (seen?.ledger !== ledger) {
      if (seen !== null) figures.forgetSources();
      seen = { ledger, last: new Map() };
    }
    const { last } = seen;
    const read = async <N extends 'facets' | 'page' | 'entry'>(
      operation: N,
      input: ReaderOperations[N]['input'],
    ): Promise<ReaderOperations[N]['output']> =>
      (await ledger.read('any', operation, input, { signal })) as ReaderOperations[N]['output'];
    const viewOf = (query: Query): View => ({
      query,
      sort: { column: 'id', descending: true },
      reading: { zone, ignoreAccents: false },
      newestId: null,
      now: null,
    });
    const countsIn = async (query: Query) => {
      const { facets } = await read('facets', {
        view: viewOf(query),
        columns: ['source'],
        limit: mostSources,
        search: null,
      });
      return facets[0] ?? { values: [], distinct: 0 };
    };
    const lookUp = async (name: string): Promise<string | null> => {
      const { rows } = unpackPage(
        await read('page', { view: viewOf(ofSource(name)), start: { position: 0 }, limit: 1 }),
      );
      const [row] = rows;
      if (row === undefined) return null;
      const { origin, receivedAt } = await read('entry', { id: row.id });
      return origin === null ? receivedAt : null;
    };

    const whole = await countsIn(everything);
    const ofToday = new Map(
      (await countsIn(sinceToday(todayIn(zone)))).values.map(({ value, count }) => [value, count]),
    );
    const heard = figures.heard();
    const sources: CaptureSource[] = [];
    for (const { value, count } of whole.values) {
      const now = heard.get(value);
      if (now === undefined && !last.has(value)) last.set(value, await lookUp(value));
      const lastSeenAt = now === undefined ? last.get(value) : new Date(now.lastSeenAt).toISOString();
      if (typeof lastSeenAt !== 'string') continue;
      sources.push({
        name: value,
        lastMinute: now?.lastMinute ?? 0,
        lastHour: now?.lastHour ?? 0,
        today: ofToday.get(value) ?? 0,
        entries: count,
        lastSeenAt,
      });
    }
    sources.sort((a, b) => (a.lastSeenAt < b.lastSeenAt ? 1 : -1));
    return { sources, more: Math.max(0, whole.distinct - whole.values.length) };
  };
};

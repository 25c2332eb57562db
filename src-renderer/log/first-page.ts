import { parseHash } from '#renderer/app/screen-hash.ts';
import { gridBlockSize } from '#renderer/grid/entry-blocks.ts';
import { draftToChips, type LogState, logStateText, queryOf, readLogState } from '#renderer/log/log-state.ts';
import { isSavedViews, startViewOf } from '#renderer/log/saved-views.ts';
import { initialSettings, readingOf, readSettings } from '#renderer/settings/stored-settings.ts';
import type { Sort } from '#shared/contract/entry.ts';
import type { InputOf } from '#shared/contract/procedures.ts';
import type { Query, Reading } from '#shared/contract/query.ts';

/** What a view is made of before its first page has frozen it. */
export interface Asked {
  readonly query: Query;
  readonly sort: Sort;
  readonly reading: Reading;
}

/** The question that opens a view. */
export const firstPageOf = (asked: Asked): InputOf<'log.page'> => ({
  view: { ...asked, newestId: null, now: null },
  start: { position: 0 },
  limit: gridBlockSize,
});

/** The state that a window’s first look at the log settles in: its address, else the start view, else where it was left. */
export const openingState = (
  addressed: LogState,
  remembered: { readonly last: string; readonly views: Parameters<typeof startViewOf>[0] },
): LogState =>
  logStateText(addressed) === ''
    ? readLogState(new URLSearchParams(startViewOf(remembered.views)?.state ?? remembered.last))
    : // An address that came from outside (a link, another screen) may hold a whole query as text.
      draftToChips(addressed, false);

/** What the log will ask first in a window at this address; null where another screen comes first. */
export const openingPage = (hash: string, values: Readonly<Record<string, unknown>>): InputOf<'log.page'> | null => {
  const { screen, params } = parseHash(hash);
  if (screen !== 'log') return null;
  const last = values['log.last'];
  const state = openingState(readLogState(params), {
    last: typeof last === 'string' ? last : '',
    views: isSavedViews(values.views) ? values.views : [],
  });
  const query = queryOf(state);
  const reading = readingOf({ ...initialSettings(), ...readSettings(values) });
  return query && firstPageOf({ query, sort: state.sort, reading });
};

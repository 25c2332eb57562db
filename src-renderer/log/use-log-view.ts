import { useCallback, useEffect, useMemo, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { type Asked, firstPageOf } from '#renderer/log/first-page.ts';
import { type Answer, useAnswer } from '#renderer/log/use-answer.ts';
import type { Query } from '#shared/contract/query.ts';
import type { FacetColumn, Facets, Page, Timeline, View } from '#shared/contract/view.ts';

/** A view whose first page is here: from then on nothing that arrives shifts it. */
export interface FrozenView {
  /** What decides rows and order. */
  readonly key: string;
  /** What decides which rows there are, whatever their order: counts, facets and the timeline hang on it. */
  readonly setKey: string;
  /** What was asked: the same for a view and for the one that only has newer entries too. */
  readonly question: string;
  readonly view: View;
  readonly first: Page;
}

const isRelative = (end: string | null): boolean => end?.startsWith('-') ?? false;

/** `now` only matters to a query that speaks of it. */
const speaksOfNow = (query: Query): boolean =>
  query.clauses.some((clause) => clause.kind === 'time' && (isRelative(clause.start) || isRelative(clause.end)));

const freeze = (asked: Asked, first: Page): FrozenView => {
  const view: View = { ...asked, newestId: first.newestId, now: first.now };
  const now = speaksOfNow(asked.query) ? first.now : null;
  const setKey = JSON.stringify([asked.query, asked.reading, first.newestId, now]);
  return { key: `${setKey} ${JSON.stringify(asked.sort)}`, setKey, question: JSON.stringify(asked), view, first };
};

/**
 * The view that is asked for, from its first page on. A question that is superseded is aborted; until the new answer is
 * here the last good view stays. A null question (unreadable text) keeps what is there. While somebody is `typing`,
 * nothing is asked, and what was asked ends. `pending` tells of another view on its way, `renewing` of any.
 */
export const useLogView = (
  asked: Asked | null,
  typing: boolean,
): Answer<FrozenView> & { readonly refresh: () => void; readonly renewing: boolean } => {
  const engine = useEngine();
  const [round, setRound] = useState(0);
  const key = asked === null || typing ? null : `${round} ${JSON.stringify(asked)}`;
  // In a window that opens, the first page may have come while the screen was put together.
  const [known] = useState(() => {
    const first = asked && engine.takeAnswer('log.page', firstPageOf(asked));
    return asked && first && freeze(asked, first);
  });
  const answer = useAnswer(
    key,
    async (signal) => {
      if (asked === null) throw new Error('nothing was asked');
      return freeze(asked, await engine.call('log.page', firstPageOf(asked), { signal }));
    },
    0,
    known,
  );
  const refresh = useCallback(() => setRound((count) => count + 1), []);
  const another = answer.pending && answer.value?.question !== JSON.stringify(asked);
  return { ...answer, pending: another || typing, renewing: answer.pending, refresh };
};

/**
 * The exact number of entries, as soon as it is known; until then how many there are at least. Like all that stands
 * around the rows it is only asked for while it is `wanted`: a newer view on its way has the engine to itself.
 */
export const useCount = (
  frozen: FrozenView | null,
  wanted: boolean,
): { readonly count: number; readonly exact: boolean } | null => {
  const engine = useEngine();
  const total = frozen?.first.total ?? null;
  const key = frozen === null || total?.exact === true || !wanted ? null : frozen.setKey;
  const [progress, setProgress] = useState<{ readonly key: string; readonly atLeast: number } | null>(null);
  const answer = useAnswer(key, async (signal) => {
    if (frozen === null) throw new Error('nothing was asked');
    const { count } = await engine.call(
      'log.count',
      { view: frozen.view },
      { signal, onProgress: ({ atLeast }) => setProgress({ key: frozen.setKey, atLeast }) },
    );
    return { count, setKey: frozen.setKey };
  });
  if (frozen === null || total === null) return null;
  if (total.exact) return { count: total.atLeast, exact: true };
  if (answer.value?.setKey === frozen.setKey) return { count: answer.value.count, exact: true };
  const counted = progress?.key === frozen.setKey ? progress.atLeast : 0;
  return { count: Math.max(total.atLeast, counted), exact: false };
};

/** How long a window that has just opened leaves to its rows before it asks for what stands around them, milliseconds. */
const rowsFirstMs = 300;

/** The view, but null until the first rows of a newly opened window have had their turn. */
const useRowsFirst = (frozen: FrozenView | null): FrozenView | null => {
  const [open, setOpen] = useState(false);
  const here = frozen !== null;
  useEffect(() => {
    if (!here || open) return;
    const timer = setTimeout(() => setOpen(true), rowsFirstMs);
    return () => clearTimeout(timer);
  }, [here, open]);
  return open ? frozen : null;
};

export const useTimeline = (shown: FrozenView | null, bars: number, wanted: boolean): Answer<Timeline> => {
  const engine = useEngine();
  const frozen = useRowsFirst(shown);
  // The timeline leaves the periods aside, so a period that is dragged asks nothing anew.
  const key = useMemo(() => {
    if (frozen === null || !wanted) return null;
    const clauses = frozen.view.query.clauses.filter((clause) => clause.kind !== 'time');
    return JSON.stringify([clauses, frozen.view.reading, frozen.view.newestId, bars]);
  }, [frozen, bars, wanted]);
  return useAnswer(key, (signal, tell) => {
    if (frozen === null) throw new Error('nothing was asked');
    return engine.call('log.timeline', { view: frozen.view, bars }, { signal, onProgress: tell });
  });
};

export interface FacetQuestion {
  readonly columns: readonly FacetColumn[];
  readonly limit: number;
  readonly search: string | null;
}

/** Facets of a view; nothing is asked while there are no columns. */
export const useFacets = (shown: FrozenView | null, question: FacetQuestion, wanted: boolean): Answer<Facets> => {
  const engine = useEngine();
  const frozen = useRowsFirst(shown);
  const isAsked = frozen !== null && wanted && question.columns.length > 0;
  const key = isAsked ? `${frozen.setKey} ${JSON.stringify(question)}` : null;
  return useAnswer(
    key,
    async (signal, tell) => {
      if (frozen === null) throw new Error('nothing was asked');
      const input = { view: frozen.view, ...question, columns: [...question.columns] };
      return engine.call('log.facets', input, { signal, onProgress: tell });
    },
    question.search === null ? 0 : 120,
  );
};

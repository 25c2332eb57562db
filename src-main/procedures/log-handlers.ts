import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import { unpackPage } from '#main/query/packed-page.ts';
import type { ReaderOperations } from '#main/query/reader-operations.ts';
import type { ThreadCallOptions } from '#main/store/threads/thread-client.ts';
import { isCancelled } from '#shared/contract/errors.ts';

type LogProcedure =
  | 'log.page'
  | 'log.count'
  | 'log.facets'
  | 'log.timeline'
  | 'log.entry'
  | 'log.recordLife'
  | 'log.actors'
  | 'statistics.read'
  | 'statistics.check';
type Lane = 'page' | 'count' | 'any';

/**
 * Reports an estimate, if there is one, until the exact answer is there. Asked of the reader that gives pages: the other
 * one may be counting for seconds. Whichever of the two fails first ends both: an unreadable filter is refused once.
 */
const withEstimate = async <Answer>(
  signal: AbortSignal,
  progress: (estimate: Answer) => void,
  estimate: (until: AbortSignal) => Promise<Answer | null>,
  exact: (until: AbortSignal) => Promise<Answer>,
): Promise<Answer> => {
  const settled = new AbortController();
  const until = AbortSignal.any([signal, settled.signal]);
  const report = async (): Promise<void> => {
    try {
      const found = await estimate(until);
      if (found !== null && !settled.signal.aborted) progress(found);
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  };
  const answer = async (): Promise<Answer> => {
    try {
      return await exact(until);
    } finally {
      settled.abort();
    }
  };
  try {
    const [found] = await Promise.all([answer(), report()]);
    return found;
  } finally {
    settled.abort();
  }
};

/** Handlers that read the trail: each asks a reader thread. */
export const createLogHandlers = (holder: LedgerHolder): HandlersFor<LogProcedure> => {
  const read = async <N extends keyof ReaderOperations>(
    lane: Lane,
    operation: N,
    input: ReaderOperations[N]['input'],
    options: ThreadCallOptions,
  ): Promise<ReaderOperations[N]['output']> =>
    (await holder.current().read(lane, operation, input, options)) as ReaderOperations[N]['output'];
  return {
    'log.page': async (input, { signal }) => unpackPage(await read('page', 'page', input, { signal })),
    'log.count': (input, { signal, progress }) =>
      read('count', 'count', input, {
        signal,
        onProgress: (value) => progress(value as ReaderOperations['count']['progress']),
      }),
    'log.facets': (input, { signal, progress }) =>
      withEstimate(
        signal,
        progress,
        (until) => read('page', 'estimateFacets', input, { signal: until }),
        (until) => read('count', 'facets', input, { signal: until }),
      ),
    'log.timeline': (input, { signal, progress }) =>
      withEstimate(
        signal,
        progress,
        (until) => read('page', 'estimateTimeline', input, { signal: until }),
        (until) => read('count', 'timeline', input, { signal: until }),
      ),
    'log.entry': (input, { signal }) => read('any', 'entry', input, { signal }),
    'log.recordLife': (input, { signal }) => read('any', 'recordLife', input, { signal }),
    'log.actors': (_input, { signal }) => read('any', 'actors', {}, { signal }),
    'statistics.read': (input, { signal }) => read('any', 'statistics', input, { signal }),
    'statistics.check': (_input, { signal, progress }) =>
      read(
        'count',
        'checkStatistics',
        {},
        {
          signal,
          onProgress: (value) => progress(value as ReaderOperations['checkStatistics']['progress']),
        },
      ),
  };
};

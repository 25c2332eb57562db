import type { Clause } from '#shared/contract/query.ts';
import type { Page, PageStart, View } from '#shared/contract/view.ts';
import type { Call } from './bench-engine.ts';

/** What a window asks at once. */
export const pageRows = 200;

export const newestFirst: View['sort'] = { column: 'id', descending: true };

/** Accents matter unless told otherwise: LIKE knows no other way, and answers are compared. */
export const viewOf = (clauses: readonly Clause[], sort: View['sort'] = newestFirst, ignoreAccents = false): View => ({
  query: { clauses: [...clauses] },
  sort,
  reading: { zone: 'UTC', ignoreAccents },
  newestId: null,
  now: null,
});

export const pageOf = (call: Call, view: View, start: PageStart): Promise<Page> =>
  call('log.page', { view, start, limit: pageRows });

/** Numbers from 0 to 1 that look like chance and are the same in every run. */
export const chanceFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Another order of a list, which depends on nothing but its length. */
export const shuffled = <T>(list: readonly T[]): T[] => {
  const chance = chanceFrom(1);
  return list
    .map((value) => ({ value, place: chance() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
};

/** The readers’ head start is over after so many milliseconds with nothing to do, as in a window that has been open a while. */
const settleMs = 8000;
export const settle = (): Promise<void> => pause(settleMs);

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

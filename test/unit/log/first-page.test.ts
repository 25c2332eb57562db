import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { firstPageOf, openingPage, openingState } from '#renderer/log/first-page.ts';
import { emptyLogState, logStateText, newestFirst, readLogState } from '#renderer/log/log-state.ts';
import { parseQuery } from '#shared/query/parse.ts';

const stateOf = (text: string) => readLogState(new URLSearchParams(text));
const nothing = { last: '', views: [] };
const view = (name: string, state: string, start: boolean) => ({ name, state, starred: false, start });

describe('what the log opens with', () => {
  test('is its address, whose query becomes chips', () => {
    const opened = openingState(stateOf('q=user%3Aana '), { last: 'on=event%3ADELETE', views: [] });
    expect(logStateText(opened)).toBe(logStateText(stateOf('on=user%3Aana')));
  });

  test('without an address is the start view, else where it was left, else everything', () => {
    const views = [view('a', 'on=status%3A500', false), view('b', 'on=event%3ADELETE', true)];
    expect(logStateText(openingState(emptyLogState, { last: 'on=user%3Aana', views }))).toBe('on=event%3ADELETE');
    expect(logStateText(openingState(emptyLogState, { last: 'on=user%3Aana', views: views.slice(0, 1) }))).toBe(
      'on=user%3Aana',
    );
    expect(openingState(emptyLogState, nothing)).toEqual(emptyLogState);
  });
});

describe('the first page', () => {
  beforeEach(() => {
    vi.stubGlobal('window', { localStorage: { getItem: () => JSON.stringify({ zone: 'UTC', ignoreAccents: true }) } });
  });
  afterEach(() => void vi.unstubAllGlobals());

  test('is asked for as the screen will ask, so that its answer is taken', () => {
    const values = { 'log.last': 'on=user%3Aana&sort=id', zone: 'America/Mexico_City', ignoreAccents: false };
    const asked = {
      query: parseQuery('user:ana'),
      sort: { column: 'id', descending: false },
      reading: { zone: 'America/Mexico_City', ignoreAccents: false },
    } as const;
    // The same text, since that is what an early answer is known by.
    expect(JSON.stringify(openingPage('#/log', values))).toBe(JSON.stringify(firstPageOf(asked)));
  });

  test('of a window that remembers nothing it can use is the newest of everything', () => {
    const asked = { query: { clauses: [] }, sort: newestFirst, reading: { zone: 'UTC', ignoreAccents: true } };
    for (const values of [{}, { 'log.last': 7, views: 'none', zone: 'Nowhere/At-all' }])
      expect(openingPage('', values)).toEqual(firstPageOf(asked));
  });

  test('is not asked for when another screen comes first, nor for a query that can’t be read', () => {
    expect(openingPage('#/settings', {})).toBeNull();
    expect(openingPage('#/log?q=from%3A2026-13-45+', {})).toBeNull();
  });
});

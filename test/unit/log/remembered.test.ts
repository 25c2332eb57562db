import { describe, expect, it } from 'vitest';
import { aroundChips } from '#renderer/detail/around.ts';
import { citationOf } from '#renderer/detail/citation.ts';
import { toQuery } from '#renderer/log/chip.ts';
import { deleteView, inOrder, makeStartView, saveView, startViewOf, starView } from '#renderer/log/saved-views.ts';
import { mostMarks, toggleMark } from '#renderer/log/use-marks.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { formatQuery } from '#shared/query/format.ts';
import { parseQuery } from '#shared/query/parse.ts';

describe('saved views', () => {
  const views = saveView(saveView([], 'b', 'q=1'), 'a', 'q=2');

  it('are saved once under a name and keep what they were', () => {
    const again = saveView(makeStartView(starView(views, 'b'), 'b'), 'b', 'q=3');
    expect(again).toHaveLength(2);
    expect(again[0]).toEqual({ name: 'b', state: 'q=3', starred: true, start: true });
  });

  it('come starred first, then by name', () => {
    expect(inOrder(views).map((view) => view.name)).toEqual(['a', 'b']);
    expect(inOrder(starView(views, 'b')).map((view) => view.name)).toEqual(['b', 'a']);
  });

  it('have one start view at most, which can be taken back', () => {
    const moved = makeStartView(makeStartView(views, 'a'), 'b');
    expect(moved.filter((view) => view.start).map((view) => view.name)).toEqual(['b']);
    expect(startViewOf(makeStartView(moved, 'b'))).toBeNull();
    expect(startViewOf(deleteView(moved, 'b'))).toBeNull();
  });
});

describe('marks', () => {
  it('belong to their view and go away again', () => {
    const one = toggleMark([], 'v', 7);
    const two = toggleMark(one ?? [], 'w', 8);
    expect(two).toEqual([
      { view: 'v', ids: [7] },
      { view: 'w', ids: [8] },
    ]);
    expect(toggleMark(two ?? [], 'v', 7)).toEqual([{ view: 'w', ids: [8] }]);
  });

  it('are refused beyond their limit, but can always be taken away', () => {
    const full = [{ view: 'v', ids: Array.from({ length: mostMarks }, (_, index) => index + 1) }];
    expect(toggleMark(full, 'w', 1)).toBeNull();
    expect(toggleMark(full, 'v', 1)?.[0]?.ids).toHaveLength(mostMarks - 1);
  });
});

describe('an entry’s surroundings and citation', () => {
  const entry: Entry = {
    id: 214_907,
    eventId: '5d0c1f7a-0000-4000-8000-000000000000',
    occurredAt: '2021-02-12T00:04:27.000Z',
    occurredText: '2021-02-12T00:04:27Z',
    receivedAt: '2021-02-12T00:04:28.000Z',
    actor: { id: '2', login: 'maria.yanez2', name: null, email: null },
    event: 'UPDATE',
    module: { number: 3, name: 'Social media' },
    target: null,
    recordId: 'SSAS',
    field: 'url',
    oldValue: null,
    newValue: null,
    detail: null,
    action: null,
    status: null,
    request: null,
    source: null,
    sourceEntryId: null,
    origin: null,
    extra: null,
  };

  it('are a view that can be written and read again', () => {
    const around = { minutes: 5, sameUser: true, sameRecord: true } as const;
    const text = formatQuery(toQuery(aroundChips(entry, around, 'America/Mexico_City')), 'en');
    expect(text).toBe(
      'date:2021-02-11T17:59:27−06:00..2021-02-11T18:09:27−06:00 user:maria.yanez2 record:SSAS module:"Social media"',
    );
    expect(formatQuery(parseQuery(text), 'en')).toBe(text);
  });

  it('leave out what is not asked for', () => {
    const around = { minutes: 1, sameUser: false, sameRecord: false } as const;
    expect(aroundChips(entry, around, 'UTC')).toHaveLength(1);
  });

  it('are cited by id, time with its offset, and the start of the event id', () => {
    expect(citationOf(entry, 'America/Mexico_City')).toBe('Bitácora 214907 · 2021-02-11 18:04:27 −06:00 · 5d0c1f7a');
  });
});

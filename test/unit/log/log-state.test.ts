import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { switchChip, toChips } from '#renderer/log/chip.ts';
import {
  draftToChips,
  emptyLogState,
  type LogState,
  logStateText,
  newestFirst,
  queryOf,
  readLogState,
  settledDraft,
  sortBy,
  writeLogState,
} from '#renderer/log/log-state.ts';
import { sortColumns } from '#shared/contract/entry.ts';
import { formatQuery } from '#shared/query/format.ts';
import { parseQuery } from '#shared/query/parse.ts';

const state = (chips: string, draft = ''): LogState => ({ ...emptyLogState, chips: toChips(parseQuery(chips)), draft });
const queryText = (some: LogState): string | null => {
  const query = queryOf(some);
  return query === null ? null : formatQuery(query, 'en');
};

describe('the log’s address', () => {
  it('holds chips in their order, on and off, the draft and the sort', () => {
    const some = { ...state('event:UPDATE "a b"', 'sen'), sort: { column: 'field', descending: false } } as const;
    const off = { ...some, chips: switchChip(some.chips, 0) };
    expect([...writeLogState(off)]).toEqual([
      ['off', 'event:UPDATE'],
      ['on', '"a b"'],
      ['q', 'sen'],
      ['sort', 'field'],
    ]);
    expect(readLogState(writeLogState(off))).toEqual(off);
  });

  it('is empty for everything, newest first', () => {
    expect(logStateText(emptyLogState)).toBe('');
    expect(readLogState(new URLSearchParams(''))).toEqual(emptyLogState);
  });

  it('puts a chip that can’t be read back into the box', () => {
    const read = readLogState(
      new URLSearchParams([
        ['on', 'id:many'],
        ['on', 'event:UPDATE'],
        ['q', 'word'],
      ]),
    );
    expect(read.draft).toBe('id:many word');
    expect(read.chips).toHaveLength(1);
  });

  it('ignores a sort that there is not', () => {
    expect(readLogState(new URLSearchParams('sort=-password')).sort).toEqual(newestFirst);
  });

  it('comes back the same for any state', () => {
    const text = fc.stringMatching(/^[a-zÑ&=#%+ "]{0,12}$/);
    const chip = fc.record({
      clause: fc.record({
        kind: fc.constant('value' as const),
        key: fc.constantFrom('user' as const, 'record' as const),
        exclude: fc.boolean(),
        values: fc.array(fc.record({ text: text.filter((one) => one !== ''), prefix: fc.boolean() }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
      on: fc.boolean(),
    });
    const sort = fc.record({ column: fc.constantFrom(...sortColumns), descending: fc.boolean() });
    fc.assert(
      fc.property(fc.array(chip, { maxLength: 5 }), text, sort, (chips, draft, by) => {
        const some: LogState = { chips, draft: draft.trim() === '' ? '' : draft, sort: by };
        const address = writeLogState(some).toString();
        expect(readLogState(new URLSearchParams(address))).toEqual(some);
      }),
    );
  });
});

describe('what is written in the box', () => {
  it('counts word by word, but a condition only when it is finished', () => {
    expect(settledDraft('sena')).toBe('sena');
    expect(settledDraft('senate evento:UP')).toBe('senate');
    expect(settledDraft('senate -usuario:"ana r')).toBe('senate');
    expect(settledDraft('evento:UPDATE ')).toBe('evento:UPDATE ');
    expect(settledDraft('http://x')).toBe('http://x');
  });

  it('makes chips of its finished conditions and keeps its words', () => {
    const done = draftToChips(state('user:ana', 'senate evento:UPDATE '), false);
    expect(queryText({ ...done, draft: '' })).toBe('user:ana event:UPDATE');
    expect(done.draft).toBe('senate ');
  });

  it('makes chips of its words too when the person says so', () => {
    const done = draftToChips(state('', 'senate "two words"'), true);
    expect(done.draft).toBe('');
    expect(queryText(done)).toBe('senate "two words"');
  });

  it('adds no chip that is there already', () => {
    expect(draftToChips(state('event:UPDATE', 'evento:UPDATE '), false).chips).toHaveLength(1);
  });

  it('stays text, and asks for nothing new, while it can’t be read', () => {
    const wrong = state('event:UPDATE', 'usario:ana ');
    expect(draftToChips(wrong, true)).toBe(wrong);
    expect(queryOf(wrong)).toBeNull();
  });
});

describe('sorting by a column', () => {
  it('turns round at the second click and begins dates at the newest', () => {
    expect(sortBy(newestFirst, 'occurredAt')).toEqual({ column: 'occurredAt', descending: false });
    expect(sortBy(newestFirst, 'field')).toEqual({ column: 'field', descending: false });
    expect(sortBy({ column: 'field', descending: false }, 'id')).toEqual({ column: 'id', descending: true });
  });
});

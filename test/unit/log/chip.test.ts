import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addValue,
  type Chips,
  chipsOfIds,
  filterState,
  removeChip,
  removeValue,
  setPeriod,
  switchChip,
  toChips,
  toggleValue,
  toQuery,
} from '#renderer/log/chip.ts';
import type { Clause } from '#shared/contract/query.ts';
import { formatQuery } from '#shared/query/format.ts';
import { parseQuery } from '#shared/query/parse.ts';

const chipsOf = (text: string): Chips => toChips(parseQuery(text));
const textOf = (chips: Chips): string => formatQuery(toQuery(chips), 'en');

const word = fc.stringMatching(/^[a-zñÁ0-9 ]{1,8}$/).filter((text) => text.trim() !== '');
const clause = fc.oneof(
  fc.record({
    kind: fc.constant('value' as const),
    key: fc.constantFrom('user', 'event', 'module'),
    exclude: fc.boolean(),
    values: fc.array(fc.record({ text: word, prefix: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('word' as const),
    exclude: fc.boolean(),
    value: fc.record({ text: word, prefix: fc.boolean() }),
  }),
) as fc.Arbitrary<Clause>;
const chips = fc.array(fc.record({ clause, on: fc.boolean() }), { maxLength: 6 });

describe('chips', () => {
  it('are the query when they are on and nothing when they are off', () => {
    const both = chipsOf('event:UPDATE user:ana');
    expect(textOf(both)).toBe('event:UPDATE user:ana');
    expect(textOf(switchChip(both, 0))).toBe('user:ana');
    expect(switchChip(switchChip(both, 0), 0)).toEqual(both);
    expect(textOf(removeChip(both, 1))).toBe('event:UPDATE');
  });

  it('take a second value of a key as an alternative of the first', () => {
    expect(textOf(addValue(chipsOf('event:UPDATE word'), 'event', ['DELETE'], false))).toBe('event:UPDATE,DELETE word');
  });

  it('keep what is included apart from what is excluded', () => {
    const excluded = addValue(chipsOf('event:UPDATE'), 'event', ['DELETE'], true);
    expect(textOf(excluded)).toBe('event:UPDATE -event:DELETE');
    expect(filterState(excluded, 'event', ['UPDATE'])).toBe('included');
    expect(filterState(excluded, 'event', ['DELETE'])).toBe('excluded');
    expect(filterState(excluded, 'event', ['CREATE'])).toBe('none');
  });

  it('don’t add to a chip that is off', () => {
    const off = switchChip(chipsOf('event:UPDATE'), 0);
    expect(textOf(addValue(off, 'event', ['DELETE'], false))).toBe('event:DELETE');
  });

  it('know a value by each of its names, whatever its case and accents', () => {
    const byNumber = chipsOf('module:3');
    expect(filterState(byNumber, 'module', ['Committees', '3'])).toBe('included');
    expect(textOf(toggleValue(byNumber, 'module', ['Committees', '3'], 'included'))).toBe('');
    expect(textOf(toggleValue(byNumber, 'module', ['Committees', '3'], 'excluded'))).toBe('-module:Committees');
    expect(filterState(chipsOf('module:catalogos'), 'module', ['Catálogos', '4'])).toBe('included');
  });

  it('don’t take a prefix for a value', () => {
    expect(filterState(chipsOf('user:ana*'), 'user', ['ana'])).toBe('none');
  });

  it('write statuses and ids as numbers, and leave what is no number alone', () => {
    expect(textOf(addValue(chipsOf('status:404'), 'status', ['500'], false))).toBe('status:404,500');
    expect(textOf(addValue([], 'status', ['—'], false))).toBe('');
    expect(textOf(chipsOfIds([7, 3]))).toBe('id:3,7');
    expect(chipsOfIds([])).toEqual([]);
  });

  it('hold one chosen period, where the old one was', () => {
    const before = chipsOf('event:UPDATE from:2019 to:2020 senate -date:2019-05');
    const after = setPeriod(before, { start: '2021-01-01', end: '2021-02-01' });
    expect(textOf(after)).toBe('event:UPDATE date:2021-01-01..2021-02-01 senate -date:2019-05');
    expect(textOf(setPeriod(after, null))).toBe('event:UPDATE senate -date:2019-05');
  });

  it('come back to where they were when a value is toggled on and off', () => {
    fc.assert(
      fc.property(chips, word, fc.constantFrom('included' as const, 'excluded' as const), (some, text, wanted) => {
        const without = removeValue(some, 'user', [text]);
        const on = toggleValue(without, 'user', [text], wanted);
        expect(filterState(on, 'user', [text])).toBe(wanted);
        expect(toggleValue(on, 'user', [text], wanted)).toEqual(without);
      }),
    );
  });
});

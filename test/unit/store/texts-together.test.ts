import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SearchedCells, textsOf } from '#main/store/sqlite/search/searched-texts.ts';
import { putTogether } from '#main/store/sqlite/search/texts-together.ts';
import { fold } from '#shared/text/fold.ts';

const text = fc.option(
  fc.string({ unit: fc.constantFrom('a', 'b', 'Á', 'á', 'ñ', 'İ', 'ß', '漢', '😀', ' ', '\u0301'), maxLength: 6 }),
);
const cells: fc.Arbitrary<SearchedCells> = fc.record({
  occurredAt: fc.constant(0),
  occurredText: text,
  recordId: text,
  oldValue: text,
  newValue: text,
  detail: text,
  action: text,
  request: text,
});
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'á', 'ñ', 'İ', '漢', '😀', ' '), minLength: 1, maxLength: 3 });

test('tells of each entry what looking into its texts one by one tells', () => {
  fc.assert(
    fc.property(fc.array(cells, { maxLength: 20 }), word, fc.boolean(), (entries, asked, ignoreAccents) => {
      const wanted = fold(asked, ignoreAccents);
      fc.pre(wanted !== '');
      const together = putTogether(entries);
      const expected = entries.map((entry) =>
        textsOf(entry).some((said) => said !== null && fold(said, ignoreAccents).includes(wanted)),
      );
      expect(entries.map((_entry, place) => together.holds(place, wanted, ignoreAccents))).toEqual(expected);
      expect([...together.holders(wanted, ignoreAccents)].map((hit) => hit === 1)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

const plain = (newValue: string): SearchedCells => ({
  occurredAt: 0,
  occurredText: null,
  recordId: null,
  oldValue: null,
  newValue,
  detail: null,
  action: null,
  request: null,
});

test('leaves out who has long texts, and folds the others when told to', () => {
  const together = putTogether([plain('x'.repeat(5000)), plain('EQUIS')]);
  expect([together.isLong(0), together.isLong(1)]).toEqual([true, false]);
  expect([...together.holders('x', true)]).toEqual([0, 0]);
  expect([together.isFolded(true), together.isFolded(false)]).toEqual([true, false]);
  together.prepare();
  expect(together.isFolded(false)).toBe(true);
  expect([...together.holders('equis', false)]).toEqual([0, 1]);
});

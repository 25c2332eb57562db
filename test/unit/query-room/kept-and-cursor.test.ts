import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCursor, writeCursor } from '#main/query/cursor.ts';
import { excerptOf } from '#main/query/entry-rows.ts';
import { Kept } from '#main/store/sqlite/kept.ts';

test('no more is kept than asked, and what was used last stays', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.nat(9), { maxLength: 60 }), (most, keys) => {
      const kept = new Kept<{ key: number }>(most);
      let recent: number[] = [];
      for (const key of keys) {
        let made = false;
        const value = kept.get(String(key), () => {
          made = true;
          return { key };
        });
        expect(value.key).toBe(key);
        expect(made).toBe(!recent.includes(key));
        recent = [...recent.filter((other) => other !== key), key].slice(-most);
      }
    }),
    { seed: 3 },
  );
});

test('what failed in the making is not kept', () => {
  const kept = new Kept<number>(2);
  expect(() =>
    kept.get('a', () => {
      throw new Error('stopped');
    }),
  ).toThrow('stopped');
  expect(kept.get('a', () => 5)).toBe(5);
});

test('a cursor is read as it was written, and nothing else is one', () => {
  const cursor = fc.record({
    id: fc.integer({ min: 1 }),
    position: fc.nat(),
    newestId: fc.nat(),
    now: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(cursor, (written) => {
      expect(readCursor(writeCursor(written))).toEqual(written);
    }),
    { seed: 4 },
  );
  for (const other of [
    '',
    'x',
    'null',
    'e30',
    '{}',
    btoa('{"id":0,"position":0,"newestId":0,"now":""}'),
    '\0'.repeat(999),
  ]) {
    expect(() => readCursor(other)).toThrow('not valid');
  }
});

test('an excerpt is a piece of the text that shows a hit, and says what it left out', () => {
  const filler = 'ab cd ef '.repeat(60);
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), fc.constantFrom('aguja', 'AGUJA', 'Ágüja'), (before, after, word) => {
      const text = `${filler.slice(0, before * 9)}aguja${filler.slice(0, after * 9)}`;
      const {
        text: piece,
        before: cutBefore,
        after: cutAfter,
      } = excerptOf(text, [{ text: word, prefix: false }], true);
      expect(text).toContain(piece);
      expect(piece).toContain('aguja');
      expect(piece.length).toBeLessThanOrEqual(240);
      expect(cutBefore).toBe(!text.startsWith(piece));
      expect(cutAfter).toBe(!text.endsWith(piece));
    }),
    { seed: 5 },
  );
  const halves = excerptOf('😀'.repeat(200), [], true);
  expect(halves.text.isWellFormed()).toBe(true);
});

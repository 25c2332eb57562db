import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  andInto,
  andNotInto,
  clearBit,
  clearFrom,
  countBits,
  countRange,
  emptyBits,
  firstBits,
  fullBits,
  hasBit,
  keepCodes,
  keepRange,
  keepRows,
  markCodes,
  orInto,
  rowsOfBits,
  setBit,
  setRange,
} from '#main/query/bitmap.ts';
import { chunkRows } from '#main/store/sqlite/columns/chunk.ts';

const rowsOf = (words: Uint32Array): number[] => [...rowsOfBits(words)];
const bitmapOf = (rows: Iterable<number>): Uint32Array => {
  const words = emptyBits();
  for (const row of rows) setBit(words, row);
  return words;
};
/** Rows around word borders, at both ends, and anywhere. */
const row = fc.oneof(
  fc.constantFrom(0, 1, 30, 31, 32, 33, 63, 64, 65, chunkRows - 33, chunkRows - 32, chunkRows - 31, chunkRows - 1),
  fc.nat(300),
  fc.nat(chunkRows - 1),
);
const bound = fc.oneof(row, fc.constant(chunkRows));
const someRows = fc.uniqueArray(row, { maxLength: 200 }).map((rows) => rows.sort((a, b) => a - b));

test('a bitmap is a set of rows', () => {
  fc.assert(
    fc.property(someRows, someRows, bound, bound, (rows, others, some, other) => {
      const [from, to] = [Math.min(some, other), Math.max(some, other)];
      const words = bitmapOf(rows);
      expect(rowsOf(words)).toEqual(rows);
      expect(countBits(words)).toBe(rows.length);
      expect(countRange(words, from, to)).toBe(rows.filter((found) => found >= from && found < to).length);
      for (const found of others) expect(hasBit(words, found)).toBe(rows.includes(found));

      const changed = (change: (words: Uint32Array) => void): number[] => {
        const copy = Uint32Array.from(words);
        change(copy);
        return rowsOf(copy);
      };
      const ascending = (found: Iterable<number>): number[] => [...new Set(found)].sort((a, b) => a - b);
      expect(changed((copy) => andInto(copy, bitmapOf(others)))).toEqual(rows.filter((r) => others.includes(r)));
      expect(changed((copy) => andNotInto(copy, bitmapOf(others)))).toEqual(rows.filter((r) => !others.includes(r)));
      expect(changed((copy) => orInto(copy, bitmapOf(others)))).toEqual(ascending([...rows, ...others]));
      expect(changed((copy) => clearFrom(copy, to))).toEqual(rows.filter((r) => r < to));
      expect(changed((copy) => keepRange(copy, from, to))).toEqual(rows.filter((r) => r >= from && r < to));
      const ranged = Uint32Array.from(words);
      setRange(ranged, from, to);
      expect(countRange(ranged, from, to)).toBe(to - from);
      expect(countBits(ranged)).toBe(to - from + rows.filter((r) => r < from || r >= to).length);
      for (const found of rows) expect(hasBit(ranged, found)).toBe(true);
      for (const found of others) clearBit(words, found);
      expect(rowsOf(words)).toEqual(rows.filter((r) => !others.includes(r)));
    }),
    { seed: 1, numRuns: 40 },
  );
});

test('rows are asked once, ascending, and only in the words that are meant', () => {
  fc.assert(
    fc.property(someRows, fc.nat(2047), (rows, word) => {
      const words = bitmapOf(rows);
      const asked: number[] = [];
      keepRows(
        words,
        (found) => {
          asked.push(found);
          return found % 3 !== 0;
        },
        word,
      );
      expect(asked).toEqual(rows.filter((found) => found >= word * 32));
      expect(rowsOf(words)).toEqual(rows.filter((found) => found < word * 32 || found % 3 !== 0));
    }),
    { seed: 2 },
  );
});

test('a full one has exactly its entries', () => {
  for (const rows of [0, 1, 31, 32, 33, 4096, chunkRows - 1, chunkRows]) expect(countBits(firstBits(rows))).toBe(rows);
  expect(countBits(fullBits)).toBe(chunkRows);
});

test('codes narrow a bitmap and make one, whatever their width and however many are allowed', () => {
  const codesOf = (size: number, seed: number): number[] =>
    Array.from({ length: chunkRows }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 8) % size);
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 5, 256),
      fc.integer({ min: 0, max: 99 }),
      bound,
      fc.array(fc.nat(255)),
      (size, seed, limit, some) => {
        const codes = codesOf(size, seed);
        const allowed = new Uint8Array(size);
        for (const code of some) if (code < size) allowed[code] = 1;
        const wanted = codes.flatMap((code, i) => (i < limit && allowed[code] === 1 ? [i] : []));
        for (const array of [Uint8Array.from(codes), Uint16Array.from(codes)]) {
          const marked = emptyBits();
          markCodes(marked, array, allowed, limit);
          expect(rowsOf(marked)).toEqual(wanted);
          const kept = firstBits(limit);
          keepCodes(kept, array, allowed);
          expect(rowsOf(kept)).toEqual(wanted);
          const few = bitmapOf([0, 40, 41, 70, chunkRows - 1].filter((found) => found < limit));
          keepCodes(few, array, allowed);
          expect(rowsOf(few)).toEqual(wanted.filter((found) => [0, 40, 41, 70, chunkRows - 1].includes(found)));
        }
      },
    ),
    { seed: 3, numRuns: 8 },
  );
});

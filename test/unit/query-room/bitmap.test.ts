import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  andInto,
  bitmapWords,
  clearBit,
  countBits,
  forEachBit,
  fullBitmap,
  hasBit,
  keepCodes,
  keepRows,
  setBit,
} from '#main/query/bitmap.ts';

const rowsOf = (words: Uint32Array): number[] => {
  const rows: number[] = [];
  forEachBit(words, (row) => rows.push(row));
  return rows;
};
const bitmapOf = (entries: number, rows: Iterable<number>): Uint32Array => {
  const words = new Uint32Array(bitmapWords(entries));
  for (const row of rows) setBit(words, row);
  return words;
};
/** A number of entries around word borders, and some of its rows. */
const some = fc.oneof(fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 65), fc.nat(300)).chain((entries) =>
  fc.record({
    entries: fc.constant(entries),
    rows: fc.uniqueArray(fc.nat(Math.max(0, entries - 1)), { maxLength: entries }),
    others: fc.uniqueArray(fc.nat(Math.max(0, entries - 1)), { maxLength: entries }),
  }),
);
const ascending = (rows: Iterable<number>): number[] => [...rows].sort((a, b) => a - b);

test('a bitmap is a set of rows', () => {
  fc.assert(
    fc.property(some, ({ entries, rows, others }) => {
      const words = bitmapOf(entries, rows);
      expect(rowsOf(words)).toEqual(ascending(rows));
      expect(countBits(words)).toBe(rows.length);
      for (const row of others) expect(hasBit(words, row)).toBe(rows.includes(row));

      const both = Uint32Array.from(words);
      andInto(both, bitmapOf(entries, others));
      expect(rowsOf(both)).toEqual(ascending(rows).filter((row) => others.includes(row)));

      const kept = Uint32Array.from(words);
      const asked: number[] = [];
      keepRows(kept, (row) => {
        asked.push(row);
        return row % 3 !== 0;
      });
      expect(asked).toEqual(ascending(rows));
      expect(rowsOf(kept)).toEqual(ascending(rows).filter((row) => row % 3 !== 0));

      for (const row of others) clearBit(words, row);
      expect(rowsOf(words)).toEqual(ascending(rows).filter((row) => !others.includes(row)));
    }),
    { seed: 1 },
  );
});

test('a full one has exactly its entries, and codes narrow it', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.array(fc.nat(5)), (entries, spare) => {
      const all = Array.from({ length: entries }, (_, row) => row);
      expect(rowsOf(fullBitmap(entries))).toEqual(all);
      const codes = Uint32Array.from(all, (row) => spare[row % Math.max(1, spare.length)] ?? 0);
      const words = fullBitmap(entries);
      // Codes that came later than the test was made are not allowed.
      keepCodes(words, codes, Uint8Array.from([1, 0, 1, 1]));
      expect(rowsOf(words)).toEqual(all.filter((row) => [0, 2, 3].includes(codes[row] ?? 0)));
    }),
    { seed: 2 },
  );
});

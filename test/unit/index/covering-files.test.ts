import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coveringFiles, sortIndexFiles } from '#main/store/sqlite/index-folder.ts';
import { packTerm, padUnit, termRange, termsOf } from '#main/store/sqlite/search/terms.ts';

test('files cover the entries from 1 on without a gap or an overlap, and a longer one wins', () => {
  const file = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }))
    .map(([first, rows]) => ({ path: `${first}-${first + rows - 1}`, first, last: first + rows - 1 }));
  fc.assert(
    fc.property(fc.array(file, { maxLength: 12 }), (files) => {
      const covering = coveringFiles(sortIndexFiles(files));
      let next = 1;
      for (const { first, last } of covering) {
        expect(first).toBe(next);
        expect(files.filter((other) => other.first === first && other.last > last)).toEqual([]);
        next = last + 1;
      }
      // It ends only where nothing goes on.
      expect(files.some(({ first }) => first === next)).toBe(false);
    }),
    { seed: 6 },
  );
});

test('every run that begins with one or two characters lies in their range', () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(unit, unit, unit, (a, b, c) => {
      const [term] = termsOf(a + b + c);
      for (const beginning of [a, a + b]) {
        const [low, high] = termRange(beginning);
        expect(term).toBeGreaterThanOrEqual(low);
        expect(term).toBeLessThanOrEqual(high);
      }
      // The end of a text is padded, so that its last characters begin a run too.
      const last = packTerm(c.charCodeAt(0), padUnit, padUnit);
      const [low, high] = termRange(c);
      expect(last).toBeGreaterThanOrEqual(low);
      expect(last).toBeLessThanOrEqual(high);
    }),
    { seed: 7, numRuns: 500 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteReader, createByteWriter, markSet } from '#main/store/sqlite/search/postings.ts';

test('sets come back as they went in, sparse or dense, one after the other', () => {
  const set = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 1000 })).chain(([domain, most]) =>
    fc.uniqueArray(fc.nat(domain - 1), { minLength: 1, maxLength: most }).map((list) => ({
      domain,
      list: list.sort((a, b) => a - b),
    })),
  );
  fc.assert(
    fc.property(fc.array(set, { minLength: 1, maxLength: 6 }), (sets) => {
      const writer = createByteWriter(16);
      const ends = sets.map(({ list, domain }) => {
        writer.set(list, 0, list.length, domain);
        return writer.length();
      });
      const bytes = writer.bytes();
      for (const [i, { list, domain }] of sets.entries()) {
        const words = new Uint32Array(Math.ceil(domain / 32));
        const start = ends[i - 1] ?? 0;
        expect((ends[i] ?? 0) - start).toBeLessThanOrEqual(Math.ceil(domain / 8));
        markSet(bytes, start, ends[i] ?? 0, domain, words);
        const found: number[] = [];
        for (let bit = 0; bit < domain; bit++) if (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) found.push(bit);
        expect(found).toEqual(list);
      }
    }),
    { numRuns: 200, seed: 8 },
  );
});

test('varints hold whole numbers up to 2^53', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat(), { maxLength: 30 }), (numbers) => {
      const writer = createByteWriter(4);
      for (const number of [...numbers, 0, 127, 128, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER])
        writer.varint(number);
      const { varint } = createByteReader(writer.bytes());
      for (const number of [...numbers, 0, 127, 128, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER]) {
        expect(varint()).toBe(number);
      }
    }),
    { seed: 2 },
  );
});

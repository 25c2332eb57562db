import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGramCollector, gramByte, gramMask, gramsOf } from '#main/store/sqlite/search/grams.ts';

const holds = (bytes: Uint8Array, word: string): boolean =>
  gramsOf(word).every((gram) => ((bytes[gramByte(gram, bytes.length)] as number) & gramMask(gram)) !== 0);

test('every piece of a text is held, whatever else was collected', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'ñ', '1', '-', '語', '\ud83d', '\ude00', ' '),
    maxLength: 40,
  });
  const collector = createGramCollector();
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), fc.nat(), fc.nat(40), fc.nat(40), (texts, which, from, length) => {
      collector.clear();
      for (const one of texts) collector.add(one);
      const bytes = collector.bytes();
      const word = (texts[which % Math.max(1, texts.length)] ?? '').slice(from, from + length);
      expect(holds(bytes, word)).toBe(true);
    }),
  );
});

test('few texts make a small bitmap and many a large one; both tell what is not there', () => {
  const collector = createGramCollector();
  collector.add('aprobación');
  expect(collector.bytes().length).toBe(128);
  expect(holds(collector.bytes(), 'aprobación')).toBe(true);
  expect(holds(collector.bytes(), 'aprobado')).toBe(false);

  for (let number = 0; number < 60_000; number++) collector.add(`PTE-${number * 7919}-cambio`);
  const bytes = collector.bytes();
  expect(bytes.length).toBeGreaterThan(32_768);
  expect(bytes.length & (bytes.length - 1)).toBe(0);
  let wrong = 0;
  for (let number = 0; number < 5000; number++) {
    expect(holds(bytes, `-${number * 7919}-camb`)).toBe(true);
    if (holds(bytes, `word${number} not there`)) wrong += 1;
  }
  expect(wrong).toBeLessThan(5);
});

test('a word that is too short tells nothing, a long one is not asked for every piece', () => {
  expect(gramsOf('abcd')).toEqual([]);
  expect(gramsOf('abcde')).toHaveLength(1);
  expect(gramsOf('abcdef')).toHaveLength(1);
  expect(gramsOf('abcdefg')).toHaveLength(2);
  expect(gramsOf(Array.from({ length: 10_000 }, (_, i) => String.fromCharCode(i + 65)).join('')).length).toBe(12);
  expect(gramsOf('a'.repeat(10_000))).toHaveLength(1);
});

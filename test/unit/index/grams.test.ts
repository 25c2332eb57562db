import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGramCollector, gramsOf, hasGrams } from '#main/store/sqlite/search/grams.ts';

const seed = 65_537;

const holds = (bytes: Uint8Array, word: string, its = seed): boolean =>
  hasGrams(gramsOf(word), its, bytes.length, (at) => bytes[at] as number);

test('every piece of a text is held, whatever else was collected', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'ñ', '1', '-', '語', '\ud83d', '\ude00', ' '),
    maxLength: 40,
  });
  const collector = createGramCollector();
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), fc.nat(), fc.nat(40), fc.nat(40), (texts, which, from, length) => {
      collector.clear();
      for (const one of texts) collector.add(one, seed);
      const bytes = collector.bytes();
      const word = (texts[which % Math.max(1, texts.length)] ?? '').slice(from, from + length);
      expect(holds(bytes, word)).toBe(true);
    }),
  );
});

test('few texts make a small bitmap and many a large one; both tell what is not there', () => {
  const collector = createGramCollector();
  collector.add('aprobación', seed);
  expect(collector.bytes().length).toBe(128);
  expect(holds(collector.bytes(), 'aprobación')).toBe(true);
  expect(holds(collector.bytes(), 'aprobado')).toBe(false);

  for (let number = 0; number < 60_000; number++) collector.add(`PTE-${number * 7919}-cambio`, seed);
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

test('a word with a single piece is rarely where it isn’t, and not for the same reason in each segment', () => {
  const texts = Array.from({ length: 20_000 }, (_, number) => `${(number * 7919) % 1_000_003} cambió`);
  const words = Array.from({ length: 400 }, (_, number) => `x${String(number * 7).padStart(5, '0')}`);
  const collector = createGramCollector();
  const seeds = [1, 65_537, 131_073, 196_609, 262_145, 327_681];
  const wrongly = seeds.map((its) => {
    collector.clear();
    for (const text of texts) collector.add(text, its);
    const bytes = collector.bytes();
    return new Set(words.filter((word) => holds(bytes, word, its)));
  });
  for (const wrong of wrongly) expect(wrong.size).toBeLessThan(words.length / 20);
  expect(words.filter((word) => wrongly.filter((wrong) => wrong.has(word)).length > 2)).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueMatches, wordHits, wordMatches } from '#shared/query/matches-value.ts';
import { anyText, queryValue } from './arbitraries.ts';

const whole = (text: string) => ({ text, prefix: false });
const beginning = (text: string) => ({ text, prefix: true });

describe('valueMatches', () => {
  it.each([
    [whole('Catálogos'), 'CATÁLOGOS', false, true],
    [whole('catalogos'), 'Catálogos', false, false],
    [whole('catalogos'), 'Catálogos', true, true],
    [whole('catálogos'), 'Catalogos', true, true],
    [whole('cat'), 'Catálogos', true, false],
    [beginning('cata'), 'Catálogos', true, true],
    [beginning('cata'), 'Catálogos', false, false],
    [beginning('logos'), 'Catálogos', true, false],
    [whole('ana'), ' ana', true, false],
  ])('%j on %j, accents ignored %j: %j', (value, candidate, ignoreAccents, expected) => {
    expect(valueMatches(value, candidate, ignoreAccents)).toBe(expected);
  });
});

describe('wordMatches and wordHits', () => {
  it.each([
    [whole('tálo'), 'Catálogos', false, ['tálo']],
    [whole('talo'), 'Catálogos', false, []],
    [whole('talo'), 'Catálogos', true, ['tálo']],
    [beginning('talo'), 'Catálogos', true, []],
    [beginning('act'), 'valor_actual, actual; impacto', true, ['act', 'act']],
    [beginning('2026'), 'PTE-2026-123 x2026', true, ['2026']],
    [beginning('nin'), 'sen\u0303\u0303nin nin', true, ['nin']],
    [beginning('a-a'), 'xa-a-a', true, ['a-a']],
    [beginning('😀'), 'x😀', true, []],
    [beginning('b'), '𝐚b', true, []],
  ] as const)('%j in %j, accents ignored %j: %j', (value, text, ignoreAccents, marked) => {
    // An emoji is no letter, but the x before it is.
    expect(wordHits(value, text, ignoreAccents).map(([start, end]) => text.slice(start, end))).toEqual(marked);
    expect(wordMatches(value, text, ignoreAccents)).toBe(marked.length > 0);
  });

  it('agree with each other, and a value that matches whole or as a beginning is also found as a word', () => {
    let matched = 0;
    fc.assert(
      fc.property(queryValue, anyText, anyText, fc.boolean(), (value, before, after, ignoreAccents) => {
        for (const text of [before, value.text + after, before + value.text.toUpperCase() + after]) {
          const found = wordMatches(value, text, ignoreAccents);
          const hits = wordHits(value, text, ignoreAccents);
          if (hits.length > 0) expect(found).toBe(true);
          if (valueMatches(value, text, ignoreAccents)) expect(found).toBe(true);
          if (found && hits.length > 0) matched++;
        }
        expect(wordMatches(value, value.text, ignoreAccents)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(matched).toBeGreaterThan(300);
  });
});

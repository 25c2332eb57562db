import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBitacoraError } from '#shared/contract/errors.ts';
import type { Query } from '#shared/contract/query.ts';
import { formatQuery } from '#shared/query/format.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { anyQuery, queryLikeText } from './arbitraries.ts';

const readOrNull = (text: string): Query | null => {
  try {
    return parseQuery(text);
  } catch (error) {
    if (isBitacoraError(error, 'query_unreadable')) return null;
    throw error;
  }
};

describe('formatQuery', () => {
  it('writes what parseQuery reads back as the same query, in both languages', () => {
    fc.assert(
      fc.property(anyQuery, fc.constantFrom('es' as const, 'en' as const), (query, language) => {
        expect(parseQuery(formatQuery(query, language))).toEqual(query);
      }),
      { numRuns: 5000 },
    );
  });

  it('changes nothing more once it has written a text', () => {
    let read = 0;
    fc.assert(
      fc.property(queryLikeText, fc.constantFrom('es' as const, 'en' as const), (text, language) => {
        const query = readOrNull(text);
        if (query === null) return;
        read++;
        const written = formatQuery(query, language);
        expect(parseQuery(written)).toEqual(query);
        expect(formatQuery(parseQuery(written), language)).toBe(written);
      }),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it.each([
    ['User:Ana  EVENT:create,delete', 'usuario:Ana evento:create,delete', 'user:Ana event:create,delete'],
    ['módulo:"catálogos" "palabra"', 'modulo:catálogos palabra', 'module:catálogos palabra'],
    ['-"-x" "usario:a" case:"//x","a*"', '-"-x" "usario:a" caso:"//x","a*"', '-"-x" "usario:a" case:"//x","a*"'],
    ['fecha:2026..2026 id:"5",=6', 'fecha:2026 id:5,6', 'date:2026 id:5,6'],
    ['fecha:-7d', 'fecha:-7d..', 'date:-7d..'],
  ])('writes %s as %s and %s', (text, es, en) => {
    expect(formatQuery(parseQuery(text), 'es')).toBe(es);
    expect(formatQuery(parseQuery(text), 'en')).toBe(en);
  });
});

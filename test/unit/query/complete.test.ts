import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCompletion, completionAt } from '#shared/query/complete.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { anyText, queryLikeText } from './arbitraries.ts';

/** The completion at the `|` of `marked`, with what it would replace. */
const at = (marked: string, language: 'es' | 'en' = 'es') => {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionAt(text, caret, language);
  return found === null ? null : { ...found, replaced: text.slice(found.start, found.end) };
};
const keysAt = (marked: string, language: 'es' | 'en' = 'es'): string[] => {
  const found = at(marked, language);
  return found?.kind === 'key' ? found.keys.map(({ name }) => name) : [];
};

describe('completionAt', () => {
  it('offers every key where nothing is typed yet', () => {
    expect(keysAt('|')).toHaveLength(15);
    expect(keysAt('usuario:ana |')).toHaveLength(15);
    expect(keysAt('uno  |  dos')).toHaveLength(15);
    expect(keysAt('-|', 'en')).toContain('user');
  });

  it('offers the keys that begin so, in either language, named in the one of the window', () => {
    expect(keysAt('us|')).toEqual(['usuario']);
    expect(keysAt('us|', 'en')).toEqual(['user']);
    expect(keysAt('MÓD|', 'en')).toEqual(['module']);
    expect(keysAt('-Ev|')).toEqual(['evento']);
    expect(keysAt('e|')).toEqual(['evento', 'estado', 'etiqueta']);
    expect(keysAt('zzz|')).toEqual([]);
  });

  it.each([
    ['usuario:an|', 'user', 'an', 'an'],
    ['usuario:|', 'user', '', ''],
    ['-usuario:an|a evento:x', 'user', 'an', 'ana'],
    ['evento:CREATE,DE|', 'event', 'DE', 'DE'],
    ['evento:CREATE,| x', 'event', '', ''],
    ['evento:C|REATE,DELETE', 'event', 'C', 'CREATE'],
    ['usuario:"ana m|', 'user', 'ana m', '"ana m'],
    ['usuario:"ana m|aría" x', 'user', 'ana m', '"ana maría"'],
    ['usuario:"a \\"b|', 'user', 'a "b', '"a \\"b'],
    ['usuario:"a","b c|', 'user', 'b c', '"b c'],
    ['usuario:"a"*,b|', 'user', 'b', 'b'],
    ['usuario:"a"*|,b', 'user', 'a', '"a"*'],
    ['x "y z" módulo:3|', 'module', '3', '3'],
    ['fecha:2026-|', 'date', '2026-', '2026-'],
  ])('in %s sees a value of %s begun as %j in place of %j', (marked, key, partial, replaced) => {
    expect(at(marked)).toMatchObject({ kind: 'value', key, partial, replaced });
  });

  it.each(['http://u|', '"us|', '"usuario:a|"', 'user://x|', 'PTE-2|', '12:3|', '"a"|', 'a:b|'])(
    'sees free text in %s',
    (marked) => {
      expect(at(marked)).toBeNull();
    },
  );

  it('sees the key again when the caret goes back into it', () => {
    expect(at('usu|ario:ana')).toMatchObject({ kind: 'key', partial: 'usu', replaced: 'usuario:' });
  });

  it('never throws, for any text and caret, and its place is in the text around the caret', () => {
    fc.assert(
      fc.property(fc.oneof(queryLikeText, fc.string({ unit: 'binary' })), fc.nat(), (text, where) => {
        const caret = where % (text.length + 1);
        const found = completionAt(text, caret, 'en');
        if (found === null) return;
        expect(found.start).toBeLessThanOrEqual(caret);
        expect(found.end).toBeLessThanOrEqual(text.length);
        expect(found.end).toBeGreaterThanOrEqual(caret);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('applyCompletion', () => {
  const choose = (marked: string, chosen: string): string => {
    const caret = marked.indexOf('|');
    const text = marked.replace('|', '');
    const found = completionAt(text, caret, 'es');
    if (found === null) return expect.fail('nothing to complete');
    const applied = applyCompletion(text, found, chosen);
    return `${applied.text.slice(0, applied.caret)}|${applied.text.slice(applied.caret)}`;
  };

  it.each([
    ['us|', 'usuario', 'usuario:|'],
    ['-us| x', 'usuario', '-usuario:| x'],
    ['usu|ario:ana', 'user', 'user:|ana'],
    ['usuario:an|', 'ana', 'usuario:ana |'],
    ['usuario:an|', 'Ana María', 'usuario:"Ana María" |'],
    ['usuario:an|,luis', 'ana', 'usuario:ana|,luis'],
    ['usuario:"an|', 'a, "b"', 'usuario:"a, \\"b\\"" |'],
  ])('in %s puts %s: %s', (marked, chosen, expected) => {
    expect(choose(marked, chosen)).toBe(expected);
  });

  it('writes any value so that it is read back', () => {
    fc.assert(
      fc.property(anyText, (chosen) => {
        const found = completionAt('evento:a,x', 10, 'es');
        if (found === null) return expect.fail('nothing to complete');
        const { text } = applyCompletion('evento:a,x', found, chosen);
        expect(parseQuery(text).clauses).toEqual([
          {
            kind: 'value',
            key: 'event',
            exclude: false,
            values: [
              { text: 'a', prefix: false },
              { text: chosen, prefix: false },
            ],
          },
        ]);
      }),
    );
  });
});

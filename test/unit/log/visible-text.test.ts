import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHighlight } from '#renderer/log/highlight.ts';
import { sharedStart, startBeforeHit } from '#renderer/log/shorten-change.ts';
import { markOf, textPieces, visibleText } from '#renderer/log/visible-text.ts';
import { parseQuery } from '#shared/query/parse.ts';

const shown = (text: string, breaks: 'mark' | 'keep' = 'mark'): string =>
  textPieces(text, [], breaks)
    .map((piece) => piece.text)
    .join('');

describe('text on the screen', () => {
  it('shows marks for what hides or reorders', () => {
    expect(visibleText('a\u202Egpj.exe')).toBe('a\\u202Egpj.exe');
    expect(visibleText('x\u0000y\u001b[31m')).toBe('x␀y␛[31m');
    expect(visibleText('a\u200Bb\uFEFFc\u2028d')).toBe('a\\u200Bb\\uFEFFc\\u2028d');
    expect(visibleText('\u{e0041}')).toBe('\\u{E0041}');
    expect(visibleText('half \ud800')).toBe('half \\uD800');
    expect(markOf('\u007f')).toBe('␡');
  });

  it('leaves ordinary text of any script alone', () => {
    for (const text of ['Ñandú — «ok»', 'Ελληνικά', '漢字かな', 'می\u200cخواهم', '👩\u200d👧', 'e\u0301']) {
      expect(visibleText(text)).toBe(text);
    }
  });

  it('marks a joiner that hides in Latin text', () => {
    expect(visibleText('ad\u200dmin')).toBe('ad\\u200Dmin');
  });

  it('keeps line breaks where there are several lines, and marks them where there is one', () => {
    expect(shown('a\r\n\tb')).toBe('a␍↵⇥b');
    expect(shown('a\r\n\tb', 'keep')).toBe('a\n\tb');
    expect(shown('a\rb', 'keep')).toBe('a␍b');
  });

  it('never lets a hidden character through, and loses nothing else', () => {
    const nasty = fc.array(fc.constantFrom('a', 'ñ', '\u202e', '\u0007', '\u2066', '\n', '👩', '\ud800', 'س'));
    fc.assert(
      fc.property(nasty, fc.nat(10), fc.nat(10), (parts, a, b) => {
        const text = parts.join('');
        const start = Math.min(a, b, text.length);
        const end = Math.min(Math.max(a, b), text.length);
        const pieces = textPieces(text, start < end ? [[start, end]] : []);
        const plain = pieces.filter((piece) => !piece.mark).map((piece) => piece.text);
        const ordinary = Array.from(text).filter((character) => ['a', 'ñ', '👩', 'س'].includes(character));
        expect(plain.join('')).toBe(ordinary.join(''));
      }),
    );
  });

  it('marks hits, also across hidden characters', () => {
    expect(textPieces('a\u0000b', [[0, 2]])).toEqual([
      { text: 'a', hit: true, mark: false },
      { text: '␀', hit: true, mark: true },
      { text: 'b', hit: false, mark: false },
    ]);
  });
});

describe('highlighting', () => {
  it('marks every including word once, joined where they touch', () => {
    const highlight = createHighlight(parseQuery('mino norit -dems event:UPDATE'), true);
    expect(highlight('Minority_MÍNO dems UPDATE')).toEqual([
      [0, 7],
      [9, 13],
    ]);
    expect(highlight('')).toEqual([]);
  });

  it('marks nothing without words', () => {
    expect(createHighlight(parseQuery('event:UPDATE'), true)('UPDATE')).toEqual([]);
  });
});

describe('the shared beginning of two values', () => {
  it('is left out up to a sign shortly before the difference', () => {
    const before = 'https://www.armed-services.senate.gov/minority/rss';
    const after = 'https://www.armed-services.senate.gov/ranking/rss';
    expect(before.slice(sharedStart(before, after, before.length))).toBe('gov/minority/rss');
  });

  it('stays when it is short or holds a hit', () => {
    expect(sharedStart('http://a', 'http://b', 8)).toBe(0);
    expect(sharedStart('https://pou.house.gov/', 'https://pou.house.gov', 40)).toBe(0);
    expect(sharedStart('https://www.armed-services.gov/a', 'https://www.armed-services.gov/b', 4)).toBe(0);
  });

  it('never ends past the difference or inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string(), fc.string(), (start, a, b) => {
        const skip = sharedStart(start + a, start + b, 1000);
        expect((start + a).slice(0, skip)).toBe((start + b).slice(0, skip));
        const low = (start + a).charCodeAt(skip);
        const high = (start + a).charCodeAt(skip - 1);
        expect(low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff).toBe(false);
      }),
    );
  });
});

describe('a hit far inside a value', () => {
  it('comes into sight, with a little of what is before it', () => {
    const text = 'https://www.armed-services.senate.gov/minority';
    expect(text.slice(startBeforeHit(text, text.indexOf('minority')))).toBe('ate.gov/minority');
    expect(startBeforeHit(text, null)).toBe(0);
    expect(startBeforeHit(text, 5)).toBe(0);
    expect(startBeforeHit('👩'.repeat(20), 25)).toBe(16);
  });
});

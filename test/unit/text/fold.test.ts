import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHits, fold, foldAccents, foldCase } from '#shared/text/fold.ts';

/** Characters where folding goes wrong when it goes wrong, beside any others. */
const troublesome = [
  ...'aAeEiInNsSoOkK \t-_.,0é',
  ...'ñÑáÁüÜåÅçÇßẞøØłŁđĐ',
  'İ',
  'ı',
  'ǰ',
  'J\u030c',
  'ẖ',
  'ΐ',
  'ΰ',
  'ŉ',
  'ﬁ',
  'ﬀ',
  'Ǆ',
  'ǅ',
  'ǆ',
  'Σ',
  'σ',
  'ς',
  'ᾈ',
  'ᾼ',
  '\u0345',
  'Ω',
  'Ω',
  'K',
  'Å',
  'ſ',
  'µ',
  'μ',
  'ϐ',
  '\u0300',
  '\u0301',
  '\u0303',
  '\u0307',
  '\u0308',
  '\u0323',
  '\u0327',
  '\u030c',
  '\u0344',
  '\u20dd',
  '\u0488',
  '가',
  '각',
  '갂',
  'ᄀ',
  'ᅡ',
  'ᆨ',
  'ᆩ',
  '한',
  '글',
  'ㄱ',
  '\u{16d63}',
  '\u{16d67}',
  '\u{16d6a}',
  'が',
  'か',
  '\u3099',
  'ஔ',
  '\u0bd7',
  'क',
  '\u093f',
  'й',
  'Й',
  'ё',
  '\u05b0',
  '豈',
  '豈',
  '〈',
  '〈',
  '\u{1d15e}',
  '\u{1d165}',
  '\u{1d157}',
  '\u{10400}',
  '\u{10428}',
  '😀',
  '\ud83d',
  '\ude00',
  '\ud834',
  '\udd65',
  '\ufffd',
  '\0',
]; // prettier-ignore
const character = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...troublesome) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) },
);
const text = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));
const runs = { numRuns: 3000 };

/** A text, and a term that has a fair chance to occur in it in another spelling. */
const textAndTerm = fc
  .tuple(text, fc.nat(12), fc.nat(12), text, fc.constantFrom('NFC', 'NFD', 'none'), fc.boolean(), fc.boolean())
  .map(([whole, from, length, other, form, upper, related]) => {
    let term = related ? whole.slice(from, from + length) : other;
    if (upper) term = term.toUpperCase();
    if (form !== 'none') term = term.normalize(form);
    return { whole, term };
  });

describe('folding', () => {
  it.each([
    ['Ávila', 'ávila', 'avila'],
    ['MUÑOZ', 'muñoz', 'munoz'],
    ['Mun\u0303oz', 'muñoz', 'munoz'],
    ['İstanbul', 'i\u0307stanbul', 'istanbul'],
    ['ΟΔΟΣ', 'οδοσ', 'οδοσ'],
    ['οδός', 'οδόσ', 'οδοσ'],
    ['J\u030c', 'ǰ', 'j'],
    ['STRAẞE', 'straße', 'straße'],
    ['\ud83d', '\ufffd', '\ufffd'],
    ['A\0B', 'a\0b', 'a\0b'],
    ['', '', ''],
  ])('folds %j to %j and, without accents, to %j', (given, withAccents, without) => {
    expect(foldCase(given)).toBe(withAccents);
    expect(foldAccents(given)).toBe(without);
  });

  it('tells accents apart only when they matter', () => {
    expect(foldCase('Ana')).not.toBe(foldCase('Aná'));
    expect(foldAccents('Ana')).toBe(foldAccents('Aná'));
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(foldCase(foldCase(given))).toBe(foldCase(given));
        expect(foldAccents(foldAccents(given))).toBe(foldAccents(given));
        expect(foldAccents(foldCase(given))).toBe(foldAccents(given));
      }),
      runs,
    );
  });

  it('gives one result for all spellings and cases of a text', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('NFC' as const, 'NFD' as const), (given, form) => {
        expect(foldCase(given.toWellFormed().normalize(form))).toBe(foldCase(given));
        expect(foldCase(given.toLowerCase())).toBe(foldCase(given));
      }),
      runs,
    );
  });

  it('finds without accents whatever is found with them, so that one index serves both', () => {
    let found = 0;
    fc.assert(
      fc.property(textAndTerm, ({ whole, term }) => {
        if (!foldCase(whole).includes(foldCase(term))) return;
        found++;
        expect(foldAccents(whole)).toContain(foldAccents(term));
      }),
      { numRuns: 10_000 },
    );
    expect(found).toBeGreaterThan(1000);
  });

  it('holds for every letter of the planes that have case and accents', () => {
    for (let code = 0; code < 0x20000; code++) {
      const letter = String.fromCodePoint(code);
      const at = `U+${code.toString(16)}`;
      // 一 is beyond the fast paths, has neither case nor marks, and joins nothing.
      if (foldCase(`${letter}一`) !== `${foldCase(letter)}一`) expect.fail(`foldCase takes two ways at ${at}`);
      if (foldAccents(`${letter}一`) !== `${foldAccents(letter)}一`) expect.fail(`foldAccents takes two ways at ${at}`);
      if (foldCase(foldCase(letter)) !== foldCase(letter)) expect.fail(`foldCase is not idempotent at ${at}`);
      const decomposed = letter.normalize('NFD');
      if (decomposed !== letter && findHits(decomposed, letter, false).length === 0) expect.fail(`no hit at ${at}`);
    }
  }, 30_000);

  it('without accents, folds a joined text to the joined folds', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        // Two halves of a surrogate pair are something else once joined.
        fc.pre(a.isWellFormed() && b.isWellFormed());
        expect(foldAccents(a + b)).toBe(foldAccents(a) + foldAccents(b));
      }),
      runs,
    );
  });
});

describe('findHits', () => {
  it.each([
    ['Cambio de Ávila a avila', 'AVILA', true, ['Ávila', 'avila']],
    ['Cambio de Ávila a avila', 'AVILA', false, ['avila']],
    ['x A\u0301vila', 'ávila', false, ['A\u0301vila']],
    ['x A\u0301vila', 'avil', true, ['A\u0301vil']],
    ['İİ', 'i', true, ['İ', 'İ']],
    ['İstanbul', 'i\u0307s', false, ['İs']],
    ['각', '가', true, ['각']],
    ['각', '가', false, []],
    ['aaaa', 'aa', true, ['aa', 'aa']],
    ['a\u0301\u0301\u0301', '\u0301', false, ['a\u0301\u0301\u0301']],
    ['😀 ñ 😀 Ñ', 'ñ', false, ['ñ', 'Ñ']],
    ['abc', '', true, []],
    ['abc', '\u0301', true, []],
    ['', 'a', true, []],
  ] as const)('in %j marks %j (accents ignored: %j) as %j', (whole, term, ignoreAccents, marked) => {
    expect(findHits(whole, term, ignoreAccents).map(([start, end]) => whole.slice(start, end))).toEqual(marked);
  });

  it('marks exactly when the folded text contains the folded term, and marks pieces that contain it', () => {
    let marked = 0;
    fc.assert(
      fc.property(textAndTerm, fc.boolean(), ({ whole, term }, ignoreAccents) => {
        const wanted = fold(term, ignoreAccents);
        const hits = findHits(whole, term, ignoreAccents);
        expect(hits.length > 0).toBe(wanted !== '' && fold(whole, ignoreAccents).includes(wanted));
        let before = 0;
        for (const [start, end] of hits) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(whole.length);
          expect(fold(whole.slice(start, end), ignoreAccents)).toContain(wanted);
          before = end;
          marked++;
        }
      }),
      { numRuns: 10_000 },
    );
    expect(marked).toBeGreaterThan(1000);
  });
});

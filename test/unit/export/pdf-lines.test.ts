import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allLines, measureText, type TextLook } from '#main/export/pdf/break-lines.ts';
import { fitColumns } from '#main/export/pdf/fit-columns.ts';
import { isShown, markOf } from '#main/export/pdf/shown-character.ts';
import { openTypeface, type Typeface } from '#main/export/pdf/typeface.ts';
import { pdfFontsFolder } from '#main/export/pdf-fonts-folder.ts';

const look: TextLook = { style: 'regular', size: 10, color: '0 g' };
const opened = (): Typeface => {
  const face = openTypeface(pdfFontsFolder);
  face.startDocument();
  return face;
};

/** Turns a line's operators back into characters, by what the face says that it used. */
const textOf = (face: Typeface, operators: string): string => {
  let text = '';
  let characters: ReadonlyMap<number, number> | undefined;
  for (const word of operators.split('\n')) {
    const key = /^\/(B\d) /.exec(word)?.[1];
    if (key !== undefined) characters = face.used().find((used) => used.key === key)?.characters;
    for (const [, hex = ''] of (/^<(.*)> Tj$/.exec(word)?.[1] ?? '').matchAll(/(.{4})/g))
      text += String.fromCodePoint(characters?.get(Number.parseInt(hex, 16)) ?? 0);
  }
  return text;
};

/** The text with marks where a character has no place in our fonts or hides something. */
const marked = (face: Typeface, text: string): string =>
  Array.from({ length: text.length }, (_value, at) => text.codePointAt(at) ?? 0)
    .filter((code, at) => !(at > 0 && code >= 0xdc00 && code <= 0xdfff && (text.codePointAt(at - 1) ?? 0) > 0xffff))
    .map((code) => (face.glyphsOf(code, 'regular')[0]?.mark === null ? String.fromCodePoint(code) : markOf(code)))
    .join('');

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ' ',
      'a',
      'ñ',
      '\n',
      '\r\n',
      '\t',
      '漢',
      '한',
      '😀',
      'Ω',
      'Ж',
      '\ud800',
      '\u202e',
      '/',
      '-',
      '\u0301',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 200,
});

describe('lines', () => {
  it('hold every character, as it is or as its mark, whatever the width', () => {
    const face = opened();
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 400 }), (text, width) => {
        const lines = allLines(face, text, look, width);
        expect(lines.map((line) => textOf(face, line.operators)).join('')).toBe(marked(face, text));
      }),
    );
  });

  it('are no wider than asked for, but for spaces at their ends and line breaks', () => {
    const face = opened();
    fc.assert(
      fc.property(anyText, (text) => {
        for (const line of allLines(face, text, look, 90)) {
          const shown = textOf(face, line.operators).replace(/[ ␍↵]+$/u, '');
          expect(measureText(face, shown, look)).toBeLessThanOrEqual(90.001);
        }
      }),
    );
  });

  it('end between words, or after a sign in a long name, and keep a mark in one piece', () => {
    const face = opened();
    const linesOf = (text: string, width: number): string[] =>
      allLines(face, text, look, width).map((line) => textOf(face, line.operators));
    expect(linesOf('uno dos tres', 45)).toEqual(['uno dos ', 'tres']);
    expect(linesOf('2026-03-01 10:30:00', 70)).toEqual(['2026-03-01 ', '10:30:00']);
    expect(linesOf('/api/registros/expedientes', 80)).toEqual(['/api/registros/', 'expedientes']);
    expect(linesOf('abcdef\u202eghi', 60)).toEqual(['abcdef', '‹U+202E›ghi']);
    expect(linesOf('a\nb\n', 100)).toEqual(['a↵', 'b↵']);
  });

  it('mark what hides and what no font has, and nothing else', () => {
    const face = opened();
    const shownAs = (text: string): string =>
      allLines(face, text, look, 4000)
        .map((line) => textOf(face, line.operators))
        .join('');
    for (const text of [
      'Ñandú çé ß ø',
      'Ελληνικά ἀρχή',
      'Кириллица Ђ',
      '汉字漢字かなカナ',
      '한국어',
      '😀🎉',
      '→≤∑☑│',
      '€“”…',
    ])
      expect(shownAs(text)).toBe(text);
    expect(shownAs('ش\u0000\u200b\ufeff')).toBe('‹U+0634›‹U+0000›‹U+200B›‹U+FEFF›');
    expect([0x0a, 0x202e, 0xd800, 0xe0041].map(isShown)).toEqual([false, false, false, false]);
  });
});

describe('columns', () => {
  const wishes = fc.array(
    fc.record({
      least: fc.double({ min: 5, max: 120, noNaN: true }),
      more: fc.double({ min: 0, max: 300, noNaN: true }),
    }),
    { minLength: 1, maxLength: 20 },
  );

  it('fill the page, none narrower than it must be; what finds no place stands at the end', () => {
    fc.assert(
      fc.property(wishes, fc.double({ min: 130, max: 900, noNaN: true }), (given, room) => {
        const asked = given.map(({ least, more }) => ({ least, whole: least + more }));
        const widths = fitColumns(asked, room);
        const placed = widths.filter((width) => width !== null);
        expect(widths.slice(0, placed.length)).toEqual(placed);
        expect(placed.reduce((sum, width) => sum + width, 0)).toBeCloseTo(room, 6);
        for (const [index, width] of placed.entries())
          expect(width).toBeGreaterThanOrEqual((asked[index]?.least ?? 0) - 1e-9);
        const next = asked[placed.length];
        if (next)
          expect(asked.slice(0, placed.length).reduce((sum, { least }) => sum + least, next.least)).toBeGreaterThan(
            room,
          );
      }),
    );
  });
});

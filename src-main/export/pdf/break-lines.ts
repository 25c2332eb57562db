import { isIdeographic, mayEndLine, mayStartLine } from './shown-character.ts';
import type { Glyph, TextStyle, Typeface } from './typeface.ts';

/** How a text is set. Colours are PDF's own operators: `0.1 g`. */
export interface TextLook {
  readonly style: TextStyle;
  /** Points. */
  readonly size: number;
  readonly color: string;
}

/** A line, ready for a page. */
export interface TextLine {
  /** PDF operators; they set font and colour themselves and leave nothing behind that a next line relies on. */
  readonly operators: string;
  /** Points. */
  readonly width: number;
}

/** Marks stand out from the text that they stand in. */
const markColor = '0.70 0.23 0.05 rg';
/** How full a line has to be for its end to be one of a word. */
const leastFull = 0.4;
const lineFeed = 0x0a;
const space = 0x20;

/**
 * Breaks a text into lines of at most `width` points, one at each call; null after the last. Nothing is left out: what
 * no font has, and what hides or reorders text, becomes a mark with its code point; a word longer than a line is broken.
 * Only the line under way is held, so a text of many megabytes costs no memory of its size.
 */
export const breakLines = (face: Typeface, text: string, look: TextLook, width: number): (() => TextLine | null) => {
  const limit = (width * 1000) / look.size;
  const { style } = look;
  let at = 0;
  let held: Glyph[] = [];
  return () => {
    const glyphs = held;
    held = [];
    let units = 0;
    for (const glyph of glyphs) units += glyph.advance;
    let over = units > limit;
    while (at < text.length && !over) {
      const code = text.codePointAt(at) ?? 0;
      at += code > 0xffff ? 2 : 1;
      for (const glyph of face.glyphsOf(code, style)) {
        glyphs.push(glyph);
        units += glyph.advance;
      }
      if (code === lineFeed) return setLine(face, glyphs, look);
      // A space may stand over the border: nobody sees it.
      over = units > limit && code !== space;
    }
    if (!over) return glyphs.length === 0 ? null : setLine(face, glyphs, look);
    const place = findBreak(glyphs, limit);
    held = glyphs.slice(place);
    return setLine(face, glyphs.slice(0, place), look);
  };
};

const isWordEnd = (glyph: Glyph | undefined): boolean =>
  glyph !== undefined && (glyph.code === space || isIdeographic(glyph.code));

/** Where a line of glyphs that is too long is to end: as many as fit, up to where a line may end. */
const findBreak = (glyphs: readonly Glyph[], limit: number): number => {
  let fitting = 0;
  for (let units = 0; fitting < glyphs.length; fitting += 1) {
    const glyph = glyphs[fitting];
    units += glyph?.advance ?? 0;
    if (units > limit && glyph?.code !== space) break;
  }
  const mayBreak = (place: number): boolean => {
    const before = glyphs[place - 1];
    const after = glyphs[place];
    if (before === undefined || before.mark !== null || !mayEndLine(before.code)) return false;
    return after === undefined || mayStartLine(after.code);
  };
  // Between words first, unless that leaves most of the line empty: a time is not to be cut at its colons.
  for (let place = fitting; place > fitting * leastFull; place -= 1)
    if (isWordEnd(glyphs[place - 1]) && mayBreak(place)) return place;
  for (let place = fitting; place > 0; place -= 1) if (mayBreak(place)) return place;
  // A mark, and a letter with its accents, stay together when they fit on a line at all.
  let place = fitting;
  const isInside = (glyph: Glyph | undefined): boolean =>
    glyph !== undefined && (glyph.mark === 'inside' || !mayStartLine(glyph.code));
  while (place > 0 && isInside(glyphs[place])) place -= 1;
  return place > 0 ? place : Math.max(1, fitting);
};

const setLine = (face: Typeface, glyphs: readonly Glyph[], look: TextLook): TextLine => {
  let operators = '';
  let hex = '';
  let font = -1;
  let marked: boolean | null = null;
  let units = 0;
  for (const glyph of glyphs) {
    const isMark = glyph.mark !== null;
    if (glyph.font !== font || isMark !== marked) {
      if (hex !== '') operators += `<${hex}> Tj\n`;
      hex = '';
      if (isMark !== marked) operators += `${isMark ? markColor : look.color}\n`;
      if (glyph.font !== font) operators += `/${face.fontKey(glyph.font)} ${look.size} Tf\n`;
      marked = isMark;
      font = glyph.font;
    }
    hex += glyph.hex;
    units += glyph.advance;
    face.use(glyph);
  }
  if (hex !== '') operators += `<${hex}> Tj\n`;
  return { operators, width: (units * look.size) / 1000 };
};

/** All lines of a short text. */
export const allLines = (face: Typeface, text: string, look: TextLook, width: number): readonly TextLine[] => {
  const next = breakLines(face, text, look, width);
  const lines: TextLine[] = [];
  for (let line = next(); line !== null; line = next()) lines.push(line);
  return lines;
};

/** How wide a text is on one line, in points; notes nothing as used. */
export const measureText = (face: Typeface, text: string, look: TextLook): number => {
  let units = 0;
  for (const sign of text)
    for (const glyph of face.glyphsOf(sign.codePointAt(0) ?? 0, look.style)) units += glyph.advance;
  return (units * look.size) / 1000;
};

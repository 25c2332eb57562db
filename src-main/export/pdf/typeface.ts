import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GlyphFont, readGlyphFont } from './glyph-font.ts';
import { isShown, markOf } from './shown-character.ts';

/** In the order in which a character is looked for. `key` is the font's name inside the document. */
const shelf = [
  { key: 'B1', file: 'sans.ttf', name: 'NotoSans-Regular' },
  { key: 'B2', file: 'sans-bold.ttf', name: 'NotoSans-Bold' },
  { key: 'B3', file: 'symbols.ttf', name: 'NotoSansSymbols-Regular' },
  { key: 'B4', file: 'han.ttf', name: 'NotoSansCJK-Regular' },
  { key: 'B5', file: 'hangul.ttf', name: 'NotoSansKR-Regular' },
  { key: 'B6', file: 'emoji.ttf', name: 'NotoEmoji-Regular' },
] as const;

export type TextStyle = 'regular' | 'bold';

/** A character as it is set. */
export interface Glyph {
  readonly code: number;
  /** For `fontKey`. */
  readonly font: number;
  readonly glyph: number;
  /** The glyph’s number as a PDF string has it. */
  readonly hex: string;
  /** In thousandths of the type size. */
  readonly advance: number;
  /** Part of the mark of a character that can't be shown; the first sign of a mark is `'start'`. */
  readonly mark: 'start' | 'inside' | null;
}

interface HeldGlyph extends Glyph {
  /** The document that it was last used in. */
  usedIn: number;
}

/** A font with what a document used of it. */
export interface UsedFont {
  readonly key: string;
  readonly name: string;
  readonly font: GlyphFont;
  /** Glyph number → character. */
  readonly characters: ReadonlyMap<number, number>;
}

/** The fonts of the documents. */
export interface Typeface {
  /** A character's glyph, or the signs of its mark when it hides something or no font has it: nothing is ever left out. */
  glyphsOf(code: number, style: TextStyle): readonly Glyph[];
  fontKey(font: number): string;
  /** Notes that a glyph stands in the document. */
  use(glyph: Glyph): void;
  /** What was used since the last `startDocument`. */
  used(): readonly UsedFont[];
  startDocument(): void;
}

const searchOrder = { regular: [0, 2, 3, 4, 5], bold: [1, 0, 2, 3, 4, 5] } as const;

/** Opens the fonts of `folder`; each is read from disk when the first character asks for it. */
export const openTypeface = (folder: string): Typeface => {
  const fonts: (GlyphFont | undefined)[] = [];
  const fontAt = (index: number): GlyphFont => {
    const known = fonts[index];
    if (known) return known;
    const read = readGlyphFont(readFileSync(join(folder, shelf[index]?.file ?? '')));
    fonts[index] = read;
    return read;
  };
  const find = (code: number, style: TextStyle, mark: Glyph['mark']): HeldGlyph | null => {
    for (const index of searchOrder[style]) {
      const font = fontAt(index);
      const glyph = font.glyphOf(code);
      if (glyph === 0) continue;
      const hex = glyph.toString(16).padStart(4, '0');
      return { code, font: index, glyph, hex, advance: font.advanceOf(glyph), mark, usedIn: 0 };
    }
    return null;
  };
  const findMark = (code: number, style: TextStyle): readonly HeldGlyph[] =>
    [...markOf(code)].map((sign, index) => {
      const glyph = find(sign.codePointAt(0) ?? 0, style, index === 0 ? 'start' : 'inside');
      if (glyph === null) throw new Error(`the fonts lack ${sign}, which marks are made of`);
      return glyph;
    });
  const known = { regular: new Map<number, readonly HeldGlyph[]>(), bold: new Map<number, readonly HeldGlyph[]>() };
  let document = 0;
  let used: Glyph[] = [];
  return {
    glyphsOf: (code, style) => {
      const before = known[style].get(code);
      if (before !== undefined) return before;
      const own = isShown(code) ? find(code, style, null) : null;
      const found = own === null ? findMark(code, style) : [own];
      known[style].set(code, found);
      return found;
    },
    fontKey: (index) => shelf[index]?.key ?? '',
    use: (glyph) => {
      const held = glyph as HeldGlyph;
      if (held.usedIn === document) return;
      held.usedIn = document;
      used.push(held);
    },
    used: () =>
      shelf.flatMap(({ key, name }, index) => {
        const characters = new Map(used.filter(({ font }) => font === index).map(({ glyph, code }) => [glyph, code]));
        return characters.size > 0 ? [{ key, name, font: fontAt(index), characters }] : [];
      }),
    startDocument: () => {
      document += 1;
      used = [];
    },
  };
};

import type { Span } from '#shared/text/fold.ts';

/**
 * Logged text is somebody else's text: it can hold characters that hide, reorder or break what an auditor reads. They
 * are shown as marks instead, so that what is on the screen is what is in the entry.
 */

/** A piece of text as it is shown. */
export interface TextPiece {
  readonly text: string;
  /** Part of what was searched for. */
  readonly hit: boolean;
  /** Not the text itself but the mark of a character that could not be shown as it is. */
  readonly mark: boolean;
}

/**
 * C0 and C1 controls, soft hyphen, the bidirectional controls of Unicode TR9 §2, line and paragraph separators, zero-width
 * characters, the byte order mark, interlinear and tag characters, and halves of surrogate pairs. The joiners U+200C and
 * U+200D are left alone after letters that join (Arabic, Indic scripts, emoji) and marked after Latin ones.
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|(?<=[\p{Script=Latin}\p{N}\p{P}])[\u200c\u200d]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const hex = (code: number): string => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;

/** What stands for a hidden character: a control picture for C0, `\u202E` and the like for the others. */
export const markOf = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return '↵';
  if (code === 0x09) return '⇥';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return code > 0xffff ? `\\u{${code.toString(16).toUpperCase()}}` : hex(code);
};

/** Cuts what is left of the text at the borders of its hits, or puts one mark in its place. */
const addPieces = (
  pieces: TextPiece[],
  text: string,
  [start, end]: Span,
  hits: readonly Span[],
  mark: string | null,
): void => {
  let at = start;
  while (at < end) {
    const hit = hits.find(([from, to]) => to > at && from < end);
    const inside = hit !== undefined && hit[0] <= at;
    if (mark !== null) {
      pieces.push({ text: mark, hit: inside, mark: true });
      return;
    }
    const stop = hit === undefined ? end : Math.min(end, inside ? hit[1] : hit[0]);
    pieces.push({ text: text.slice(at, stop), hit: inside, mark: false });
    at = stop;
  }
};

/**
 * Cuts `text` into pieces: hits apart, hidden characters as marks. `breaks: 'keep'` leaves line feeds and tabs as they are
 * (for text shown over several lines). `hits` must be ascending and not overlap.
 */
export const textPieces = (
  text: string,
  hits: readonly Span[] = [],
  breaks: 'mark' | 'keep' = 'mark',
): readonly TextPiece[] => {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const { 0: character, index } of text.matchAll(hidden)) {
    if (breaks === 'keep' && (character === '\n' || character === '\t')) continue;
    addPieces(pieces, text, [at, index], hits, null);
    at = index + character.length;
    // A carriage return before a line feed is how Windows ends a line; the line feed already shows it.
    if (breaks === 'keep' && character === '\r' && text[at] === '\n') continue;
    addPieces(pieces, text, [index, at], hits, markOf(character));
  }
  addPieces(pieces, text, [at, text.length], hits, null);
  return pieces;
};

/** The text with every hidden character replaced by its mark: for labels, tooltips and titles. */
export const visibleText = (text: string): string => text.replace(hidden, markOf);

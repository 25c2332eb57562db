/**
 * Which characters of a logged text are shown as they are. Logged text is somebody else's text: what hides, reorders or
 * breaks what is read is shown as a mark. The same characters are marked in the window.
 */

/** Bidirectional controls, zero-width and invisible characters, separators, halves of surrogate pairs, tags. */
const isHidden = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code <= 0x9f) ||
  code === 0xad ||
  code === 0x61c ||
  code === 0x180e ||
  code === 0x200b ||
  code === 0x200e ||
  code === 0x200f ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  (code >= 0xd800 && code <= 0xdfff) ||
  code === 0xfeff ||
  (code >= 0xfff9 && code <= 0xfffb) ||
  (code >= 0xe0000 && code <= 0xe007f);

/** Stand on the character before them; never the first of a line. */
const isCombining = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x483 && code <= 0x489) ||
  (code >= 0x1dc0 && code <= 0x1dff) ||
  (code >= 0x20d0 && code <= 0x20ff) ||
  (code >= 0x3099 && code <= 0x309a) ||
  (code >= 0xfe00 && code <= 0xfe0f) ||
  (code >= 0xfe20 && code <= 0xfe2f) ||
  (code >= 0x1f3fb && code <= 0x1f3ff) ||
  code === 0x200d;

/** Scripts that are written without spaces: a line may end after each of their characters. */
export const isIdeographic = (code: number): boolean =>
  (code >= 0x2e80 && code <= 0xa4cf) ||
  (code >= 0xac00 && code <= 0xd7ff) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xfe30 && code <= 0xfe4f) ||
  (code >= 0xff00 && code <= 0xffef) ||
  (code >= 0x1f000 && code <= 0x3ffff);

/** Spaces, and the signs after which a long path, name or JSON text may be broken. */
const breaksAfter = new Set([...' \u2002\u2003\u2009/-–—,;:.)]}&=?|_@'].map((sign) => sign.codePointAt(0) ?? 0));

/** Whether a line may end after the character. */
export const mayEndLine = (code: number): boolean => breaksAfter.has(code) || (code >= 0x2e80 && isIdeographic(code));
export const mayStartLine = (code: number): boolean => code < 0x300 || !isCombining(code);
export const isShown = (code: number): boolean => (code >= 0x20 && code < 0x7f) || !isHidden(code);

/** What stands for a character that can't be shown: its code point, or the sign that everybody knows. */
export const markOf = (code: number): string => {
  if (code === 0x0a) return '↵';
  if (code === 0x0d) return '␍';
  if (code === 0x09) return '⇥';
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
};

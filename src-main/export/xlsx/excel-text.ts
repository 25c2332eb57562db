import type { Language } from '#shared/contract/errors.ts';

/** Characters (UTF-16) that a cell of Excel holds. */
export const excelTextLimit = 32_767;

/** What XML can't carry, what Excel's own escapes look like, and what XML reads as markup. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const needsEscape = /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const escapes = /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Surrogate}|_(?=x[0-9a-fA-F]{4}_)/gu;

const escapeOf = (found: string): string => {
  switch (found) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    default:
      return `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
  }
};

/**
 * A text as the XML of a cell. What XML 1.0 has no place for (control characters, a carriage return, half a surrogate
 * pair) is written as `_xHHHH_`, which Excel shows as that character, and a text that looks like such an escape keeps
 * looking so (ECMA-376 part 1, 22.9.2.19 ST_Xstring).
 */
export const excelXml = (text: string): string =>
  needsEscape.test(text) || text.includes('_x') ? text.replace(escapes, escapeOf) : text;

const marks: Readonly<Record<Language, (length: number) => string>> = {
  es: (length) => `… [cortado aquí: el valor tiene ${length} caracteres]`,
  en: (length) => `… [cut here: the value has ${length} characters]`,
};

/** A text that is longer than a cell can be, cut with a mark that says so; pairs of surrogates stay whole. */
export const cutForCell = (text: string, language: Language): string => {
  const mark = marks[language](text.length);
  let end = excelTextLimit - mark.length;
  const before = text.charCodeAt(end - 1);
  if (before >= 0xd800 && before <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}${mark}`;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const safeEscapes = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Surrogate}|_(?=x[0-9a-fA-F]{4}_)/gu;

/** The same for a text that exceljs will write, which looks after the markup itself. */
export const excelSafe = (text: string): string => text.replace(safeEscapes, escapeOf);

import { foldAccents } from '#shared/text/fold.ts';

/** Characters of a value that decide its place; values that agree in them follow by id. */
export const keyLength = 160;
const digitWidth = 15;

/** The text by which a value is sorted: without case and accents, and with numbers in it in the order of their size. */
export const sortKey = (text: string): string => {
  const folded = foldAccents(text.length > keyLength ? text.slice(0, keyLength) : text);
  return /\d/.test(folded) ? folded.replace(/\d+/g, (digits) => digits.padStart(digitWidth, '0')) : folded;
};

export const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

import { foldAccents } from '#shared/text/fold.ts';

/** Characters of a value that decide its place; values that agree in them follow by id. */
export const keyLength = 160;

/** A number in a key: the mark of a digit, how many digits there are (from a space on), the digits. */
const numberKey = (digits: string): string => {
  const significant = digits.replace(/^0+/, '');
  return `0${String.fromCharCode(0x20 + significant.length)}${significant}`;
};

/**
 * The text by which a value is sorted: without case and accents, and with numbers in it in the order of their size. A NUL
 * ends what counts, as it does for SQLite's `substr`, with which long values are cut before they are read.
 */
export const sortKey = (text: string): string => {
  let counted = text.length > keyLength ? text.slice(0, keyLength) : text;
  const nul = counted.indexOf('\0');
  if (nul >= 0) counted = counted.slice(0, nul);
  const folded = foldAccents(counted);
  return /\d/.test(folded) ? folded.replace(/\d+/g, numberKey) : folded;
};

export const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Search terms are runs of three characters (UTF-16 units) of folded text, packed into 32 bits as 11 + 11 + 10 bits.
 * Characters beyond those widths are hashed into them, so that an index gives a superset, never a subset. The packing
 * keeps a prefix property: all terms that begin with one or two given characters are one contiguous range.
 */
const lead = (unit: number): number => (unit < 2048 ? unit : (unit ^ (unit >>> 11)) & 2047);
const last = (unit: number): number => (unit < 1024 ? unit : (unit ^ (unit >>> 10)) & 1023);

/** Follows each text twice, so that every character of it begins a term. */
export const padUnit = 1;

export const packTerm = (first: number, second: number, third: number): number =>
  ((lead(first) << 21) | (lead(second) << 10) | last(third)) >>> 0;

/** The distinct terms of a folded text of three characters or more. */
export const termsOf = (folded: string): readonly number[] => {
  const terms = new Set<number>();
  for (let i = 0; i + 2 < folded.length; i++) {
    terms.add(packTerm(folded.charCodeAt(i), folded.charCodeAt(i + 1), folded.charCodeAt(i + 2)));
  }
  return [...terms];
};

/** The range of terms, both ends included, that begin with a folded text of one or two characters. */
export const termRange = (folded: string): readonly [number, number] => {
  const first = lead(folded.charCodeAt(0));
  if (folded.length === 1) return [(first << 21) >>> 0, ((first << 21) | 0x1fffff) >>> 0];
  const both = (first << 21) | (lead(folded.charCodeAt(1)) << 10);
  return [both >>> 0, (both | 0x3ff) >>> 0];
};

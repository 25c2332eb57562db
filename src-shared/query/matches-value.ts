import type { QueryValue } from '#shared/contract/query.ts';
import { findHits, fold, type Span } from '#shared/text/fold.ts';

const insideWord = /[\p{L}\p{N}\p{M}]$/u;

/** True when a word begins at `at`: nothing before it, or neither letter, digit nor mark. */
const beginsWord = (text: string, at: number): boolean =>
  at === 0 || !insideWord.test(text.slice(Math.max(0, at - 2), at));

/**
 * The test for a whole value: equal to `value`, beginning with it when it is a prefix, or having it somewhere when it is
 * a part, ignoring case and, when asked, accents. Made once and used on many candidates.
 */
export const valueTest = (value: QueryValue, ignoreAccents: boolean): ((candidate: string) => boolean) => {
  const wanted = fold(value.text, ignoreAccents);
  if (value.part) return (candidate) => fold(candidate, ignoreAccents).includes(wanted);
  return value.prefix
    ? (candidate) => fold(candidate, ignoreAccents).startsWith(wanted)
    : (candidate) => fold(candidate, ignoreAccents) === wanted;
};

/**
 * The test for a free word: it occurs anywhere in the text, or at the beginning of a word when it is a prefix. Made once
 * and used on many texts.
 */
export const wordTest = (value: QueryValue, ignoreAccents: boolean): ((text: string) => boolean) => {
  const wanted = fold(value.text, ignoreAccents);
  if (!value.prefix || wanted === '') return (text) => fold(text, ignoreAccents).includes(wanted);
  return (text) => {
    const folded = fold(text, ignoreAccents);
    for (let at = folded.indexOf(wanted); at !== -1; at = folded.indexOf(wanted, at + 1)) {
      if (beginsWord(folded, at)) return true;
    }
    return false;
  };
};

export const valueMatches = (value: QueryValue, candidate: string, ignoreAccents: boolean): boolean =>
  valueTest(value, ignoreAccents)(candidate);

export const wordMatches = (value: QueryValue, text: string, ignoreAccents: boolean): boolean =>
  wordTest(value, ignoreAccents)(text);

/** Where a free word occurs in `text`, to mark it: as `findHits`, and only at the beginning of words for a prefix. */
export const wordHits = (value: QueryValue, text: string, ignoreAccents: boolean): Span[] =>
  value.prefix ? findHits(text, value.text, ignoreAccents, beginsWord) : findHits(text, value.text, ignoreAccents);

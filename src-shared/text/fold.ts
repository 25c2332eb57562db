/**
 * Two ways to compare text without case, and where a term hits a text.
 *
 * - `foldCase`: NFC, every code point in lower case, final sigma as any sigma. Accents stay.
 * - `foldAccents`: the same in NFD with every combining mark (\p{M}) taken out: ávila → avila, ñ → n, й → и, が → か.
 *
 * Why these and not others: both begin with the canonical decomposition, where lower-casing is a map from code point
 * to code point, and `foldAccents` maps each code point of a `foldCase` text on its own. Hence, for all texts,
 *
 *     foldCase(a).includes(foldCase(t))  implies  foldAccents(a).includes(foldAccents(t))
 *
 * so an index over `foldAccents` text never misses a match, whether accents matter or not. Half a surrogate pair counts
 * as U+FFFD, as it does once stored in UTF-8; otherwise half a pair could hit inside a whole one. A Hangul syllable is
 * its letters in `foldAccents` text, so with accents ignored 가 also finds 각, as Korean search boxes do.
 */

const ascii = /^[\0-\x7f]*$/;
/** Below U+0300 nothing combines: normal forms change nothing and lower-casing looks at no neighbour. */
const latin = /^[\0-\u02ff]*$/;
const combining = /\p{M}+/gu;
const finalSigma = /ς/g;
/**
 * What joins the character before it in a normal form: marks, the second and third letters of a Hangul syllable, and
 * the two Kirat Rai vowels that compose without being marks.
 */
const joins = /^[\p{M}\u1160-\u11ff\ud7b0-\ud7ff\u{16d63}\u{16d67}]$/u;

const lowerDecomposed = (text: string): string =>
  text.toWellFormed().normalize('NFD').toLowerCase().replace(finalSigma, 'σ');

const stripMarks = (text: string): string => lowerDecomposed(text).replace(combining, '');

const firstAccented = 0xc0;
/** The letters from U+00C0 to U+02FF as `foldAccents` has them; each is one code unit. */
const latinBase = Array.from({ length: 0x300 - firstAccented }, (_, index) =>
  stripMarks(String.fromCharCode(firstAccented + index)),
);

/** `foldAccents` of a text below U+0300. A loop, since millions of rows come through here and it beats a replace. */
const stripLatin = (text: string): string => {
  let stripped = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < firstAccented) continue;
    stripped += text.slice(copied, at) + latinBase[code - firstAccented];
    copied = at + 1;
  }
  return (stripped + text.slice(copied)).toLowerCase();
};

/** `text` as it is compared when accents matter. Idempotent; never throws. */
export const foldCase = (text: string): string =>
  latin.test(text) ? text.toLowerCase() : lowerDecomposed(text).normalize('NFC');

/**
 * `text` as it is compared when accents don't matter, and as the search index holds it. Idempotent; never throws. Can be
 * empty for a text of marks alone.
 */
export const foldAccents = (text: string): string => {
  if (ascii.test(text)) return text.toLowerCase();
  return latin.test(text) ? stripLatin(text) : stripMarks(text);
};

export const fold = (text: string, ignoreAccents: boolean): string =>
  ignoreAccents ? foldAccents(text) : foldCase(text);

/** A place in a text: offsets in UTF-16 code units, the end not included. */
export type Span = [start: number, end: number];

/** Where the pieces of `text` that fold on their own begin, in the text and in its folded form; the ends come last. */
interface FoldedText {
  readonly folded: string;
  readonly original: readonly number[];
  readonly mapped: readonly number[];
}

const foldPieces = (text: string, ignoreAccents: boolean): FoldedText => {
  const original: number[] = [];
  const mapped: number[] = [];
  const pieces: string[] = [];
  let length = 0;
  let start = 0;
  const close = (end: number): void => {
    const piece = fold(text.slice(start, end), ignoreAccents);
    original.push(start);
    mapped.push(length);
    pieces.push(piece);
    length += piece.length;
    start = end;
  };
  let offset = 0;
  for (const character of text) {
    if (offset > start && !joins.test(character)) close(offset);
    offset += character.length;
  }
  if (offset > start) close(offset);
  original.push(offset);
  mapped.push(length);
  return { folded: pieces.join(''), original, mapped };
};

/** The last index whose value is at most `limit`; `ascending[0]` is at most `limit`. */
const lastAtMost = (ascending: readonly number[], limit: number): number => {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ascending[middle] ?? Number.POSITIVE_INFINITY) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Says whether a term found at `at` of a folded text counts as a hit. */
export type AcceptHit = (folded: string, at: number) => boolean;
const acceptAll: AcceptHit = () => true;

/** Spans of `term` in `folded`, both folded already; ascending, none overlapping. */
const spansOf = (folded: string, term: string, accept: AcceptHit): Span[] => {
  const spans: Span[] = [];
  for (let at = folded.indexOf(term); at !== -1; ) {
    const counts = accept(folded, at);
    if (counts) spans.push([at, at + term.length]);
    at = folded.indexOf(term, at + (counts ? term.length : 1));
  }
  return spans;
};

/**
 * Where `term` occurs in `text`, to mark it: spans in the text as it is, ascending, never empty, never overlapping, and
 * never cutting a letter from its accents. There is one exactly when the folded text contains the folded term, except
 * that a term which folds to nothing has none, and places that `accept` refuses don't count.
 */
export const findHits = (text: string, term: string, ignoreAccents: boolean, accept = acceptAll): Span[] => {
  const folded = fold(term, ignoreAccents);
  if (folded === '') return [];
  // İ is the one letter below U+0300 that changes length.
  if (latin.test(text) && (ignoreAccents || !text.includes('İ'))) {
    return spansOf(fold(text, ignoreAccents), folded, accept);
  }
  // Most texts have no hit, and folding a text whole is much cheaper than piece by piece.
  if (!fold(text, ignoreAccents).includes(folded)) return [];
  const { folded: whole, original, mapped } = foldPieces(text, ignoreAccents);
  const hits: Span[] = [];
  for (const [from, to] of spansOf(whole, folded, accept)) {
    const start = original[lastAtMost(mapped, from)] ?? 0;
    const end = original[lastAtMost(mapped, to - 1) + 1] ?? text.length;
    const last = hits.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else hits.push([start, end]);
  }
  return hits;
};

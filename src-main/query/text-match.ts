import type { CodeColumn, ColumnArrays } from '#main/store/sqlite/columns.ts';
import { chunkRows, recordHash } from '#main/store/sqlite/columns.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { mayBeInDate, type SearchedCells, someSearchedText } from '#main/store/sqlite/search/searched-texts.ts';
import type { QueryValue } from '#shared/contract/query.ts';
import { valueTest, wordTest } from '#shared/query/matches-value.ts';
import { fold } from '#shared/text/fold.ts';
import { bitmapWords, clearBit, clearPast, fullBitmap, hasBit, setBit } from './bitmap.ts';
import type { TextTest } from './where.ts';

/** The dictionaries that a free word is looked for in. */
const searchedColumns = ['event', 'target', 'field', 'actor'] as const satisfies readonly CodeColumn[];

const ascii = /^[\0-\x7f]*$/;

/** As `wordTest`; where accents matter, a text without any can't hold a word that has one, and needs no folding. */
const quickWordTest = (word: QueryValue, ignoreAccents: boolean): ((text: string) => boolean) => {
  const test = wordTest(word, ignoreAccents);
  if (ignoreAccents || ascii.test(fold(word.text, false))) return test;
  return (text) => !ascii.test(text) && test(text);
};

/**
 * Which entries pass one text test. Candidates come from the index and the dictionaries; an entry is read the first time
 * that it matters, and what was found is kept. Entries matched through a dictionary need no reading.
 */
export interface TextMatch {
  /** Candidates, minus those that were read and failed. */
  readonly words: Uint32Array;
  /** True when entry `row + 1` passes. */
  has(row: number): boolean;
}

export interface TextMatchSources {
  readonly arrays: ColumnArrays;
  readonly newestId: number;
  readonly dictionaries: Dictionaries;
  readonly search: SearchIndex;
  readonly searchedOf: (row: number) => SearchedCells;
}

const markCandidates = (sources: TextMatchSources, text: string, ignoreAccents: boolean): Uint32Array => {
  const { newestId, search } = sources;
  const folded = fold(text, ignoreAccents);
  // A text of accents alone folds to nothing: every entry may have it.
  if (folded.length === 0) return fullBitmap(newestId);
  const words = new Uint32Array(bitmapWords(newestId));
  for (let start = 0, chunk = 0; start < newestId; start += chunkRows, chunk++) {
    const limit = Math.min(chunkRows, newestId - start);
    search.markCandidates(folded, chunk, limit, words.subarray(start / 32, Math.ceil((start + limit) / 32)));
  }
  clearPast(words, newestId);
  return words;
};

const orInto = (into: Uint32Array, other: Uint32Array): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) | (other[i] as number);
};

const unionOf = (bitmaps: readonly Uint32Array[], newestId: number): Uint32Array => {
  const [first, ...rest] = bitmaps;
  const words = first ?? new Uint32Array(bitmapWords(newestId));
  for (const other of rest) orInto(words, other);
  return words;
};

const recordCandidates = (
  sources: TextMatchSources,
  values: readonly QueryValue[],
  ignoreAccents: boolean,
): Uint32Array => {
  const { arrays, newestId } = sources;
  const exact = new Set(values.filter((value) => !value.prefix).map((value) => recordHash(value.text)));
  const words = unionOf(
    values.filter((value) => value.prefix).map((value) => markCandidates(sources, value.text, ignoreAccents)),
    newestId,
  );
  if (exact.size === 1) {
    const [hash] = exact;
    for (let row = 0; row < newestId; row++) if (arrays.record[row] === hash) setBit(words, row);
  } else if (exact.size > 1) {
    for (let row = 0; row < newestId; row++) if (exact.has(arrays.record[row] as number)) setBit(words, row);
  }
  return words;
};

/** Rows whose event, target, field or user contains the word. */
const dictionaryHits = (sources: TextMatchSources, word: QueryValue, ignoreAccents: boolean): Uint32Array | null => {
  const wanted = fold(word.text, ignoreAccents);
  // The dictionaries keep their names folded; only a word's beginning has to be looked for in the name as it is.
  const test = word.prefix ? wordTest(word, ignoreAccents) : null;
  const { arrays, newestId, dictionaries } = sources;
  let words: Uint32Array | null = null;
  for (const column of searchedColumns) {
    const size = dictionaries.size(column);
    const hit = new Uint8Array(size);
    let any = false;
    for (let code = 1; code < size; code++) {
      const found = test
        ? dictionaries.searchedNames(column, code).some(test)
        : dictionaries.foldedNames(column, code, ignoreAccents).some((name) => name.includes(wanted));
      if (found) {
        hit[code] = 1;
        any = true;
      }
    }
    if (!any) continue;
    words ??= new Uint32Array(bitmapWords(newestId));
    const codes = arrays[column];
    for (let row = 0; row < newestId; row++) if (hit[codes[row] as number] === 1) setBit(words, row);
  }
  return words;
};

export const createTextMatch = (
  test: Omit<TextTest, 'exclude'>,
  ignoreAccents: boolean,
  sources: TextMatchSources,
): TextMatch => {
  const { kind, values } = test;
  const [first] = values;
  const whole = values.map((value) => valueTest(value, ignoreAccents));
  const inText = first && kind === 'word' ? quickWordTest(first, ignoreAccents) : () => false;
  const dates = first !== undefined && mayBeInDate(fold(first.text, ignoreAccents));
  const sure = first && kind === 'word' ? dictionaryHits(sources, first, ignoreAccents) : null;
  const words =
    kind === 'record'
      ? recordCandidates(sources, values, ignoreAccents)
      : unionOf(
          values.map((value) => markCandidates(sources, value.text, ignoreAccents)),
          sources.newestId,
        );
  const read = sure ? Uint32Array.from(sure) : new Uint32Array(words.length);
  if (sure) orInto(words, sure);

  const passes = (row: number): boolean => {
    const cells = sources.searchedOf(row);
    if (kind === 'word') return someSearchedText(cells, inText, dates);
    const value = kind === 'record' ? cells.recordId : cells.action;
    return value !== null && whole.some((matches) => matches(value));
  };

  return {
    words,
    has: (row) => {
      if (!hasBit(words, row)) return false;
      if (hasBit(read, row)) return true;
      const passed = passes(row);
      if (!passed) clearBit(words, row);
      setBit(read, row);
      return passed;
    },
  };
};

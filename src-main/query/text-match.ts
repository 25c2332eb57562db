import { type Chunk, type CodeColumn, chunkRows, recordHash } from '#main/store/sqlite/columns/chunk.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { mayBeInDate, someDate, someSearchedText, textEnd } from '#main/store/sqlite/search/searched-texts.ts';
import type { SearchedEntry, TextsTogether } from '#main/store/sqlite/search/texts-together.ts';
import type { QueryValue } from '#shared/contract/query.ts';
import { valueTest, wordTest } from '#shared/query/matches-value.ts';
import { fold } from '#shared/text/fold.ts';
import { type ChunkBits, firstBits, giveBack, orInto, setBit } from './bitmap.ts';
import { allowedBits } from './chunk-filter.ts';
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

/** Longer texts are looked at anew each time, and so are all where more different ones come than are kept. */
const longestKnown = 120;
const mostKnown = 4096;

/** A trail says the same few things again and again: what was found out about a short text is kept. */
const remembering = (test: (text: string) => boolean): ((text: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (text) => {
    if (text.length > longestKnown) return test(text);
    let found = known.get(text);
    if (found === undefined) {
      found = test(text);
      if (known.size < mostKnown) known.set(text, found);
    }
    return found;
  };
};

/** So few entries of those that are kept together are looked into one by one: folding all of them takes as long. */
const fewOfBlock = 16;

/** One text test, chunk by chunk. */
export interface TextMatch {
  readonly exclude: boolean;
  /** True when hardly any text has to be looked at: few entries tell what all others have. */
  readonly byColumns: boolean;
  /** At most how many entries have it in their texts, as far as the search index says. */
  frequency(): number;
  /** False when it is told at once that no entry of a chunk has it. */
  mayBeIn(chunk: number): boolean;
  /** Sets the bits of the entries that surely pass, because a name in a dictionary says so; false when none does. */
  markSure(chunk: Chunk, limit: number, out: ChunkBits): boolean;
  /** True when a name in a dictionary says that an entry passes. `row`: its place in the chunk. */
  named(chunk: Chunk, row: number): boolean;
  /** Sets the bits of the entries whose texts have to be looked at; false when there is none. */
  markPossible(chunk: Chunk, limit: number, out: ChunkBits): boolean;
  /** True when the texts of an entry pass. */
  passes(cells: SearchedEntry): boolean;
  /**
   * Clears the bits of the entries whose texts don't pass, from texts that are kept for it. Answers how many entries of
   * the chunk, from its first, were decided.
   */
  settle(chunk: number, bits: ChunkBits): number;
}

export interface TextMatchSources {
  readonly dictionaries: Dictionaries;
  readonly search: SearchIndex;
  /** The record of an entry; rows are entries − 1. */
  readonly recordOf: (row: number) => string | null;
}

const markValue = (
  search: SearchIndex,
  value: QueryValue,
  ignoreAccents: boolean,
  chunk: Chunk,
  limit: number,
  out: ChunkBits,
): boolean => {
  const folded = fold(value.text, ignoreAccents);
  if (folded.length > 0) return search.markCandidates(folded, chunk.number, limit, out);
  // A text of accents alone folds to nothing: every entry may have it.
  orInto(out, firstBits(limit));
  return true;
};

const frequencyOf = (search: SearchIndex, value: QueryValue, ignoreAccents: boolean): number => {
  const folded = fold(value.text, ignoreAccents);
  return folded.length === 0 ? Number.POSITIVE_INFINITY : search.frequency(folded);
};

/** For each searched column which of its names contain the word; null where none does. */
const namesWith = (
  dictionaries: Dictionaries,
  word: QueryValue,
  ignoreAccents: boolean,
): readonly { readonly column: CodeColumn; readonly hit: Uint8Array }[] => {
  const wanted = fold(word.text, ignoreAccents);
  // The dictionaries keep their names folded; only a word's beginning has to be looked for in the name as it is.
  const test = word.prefix ? wordTest(word, ignoreAccents) : null;
  return searchedColumns.flatMap((column) => {
    if (!dictionaries.mayName(column, wanted, ignoreAccents)) return [];
    const hit = new Uint8Array(dictionaries.size(column));
    let any = false;
    for (let code = 1; code < hit.length; code++) {
      const found = test
        ? dictionaries.searchedNames(column, code).some(test)
        : dictionaries.foldedNames(column, code, ignoreAccents).some((name) => name.includes(wanted));
      if (!found) continue;
      hit[code] = 1;
      any = true;
    }
    return any ? [{ column, hit }] : [];
  });
};

const wordMatch = (test: TextTest, word: QueryValue, ignoreAccents: boolean, sources: TextMatchSources): TextMatch => {
  const { search, dictionaries } = sources;
  const wanted = fold(word.text, ignoreAccents);
  const dates = mayBeInDate(wanted);
  // A text that holds the word holds it wherever the texts are put one behind the other; where it begins a word is not
  // to be seen there. Nothing at all is in every text, but not in an entry that has none.
  const atOnce = !word.prefix && wanted !== '' && !wanted.includes(textEnd);
  // Every date is another text.
  const inText = dates ? quickWordTest(word, ignoreAccents) : remembering(quickWordTest(word, ignoreAccents));
  const named = namesWith(dictionaries, word, ignoreAccents);
  let latest: TextsTogether | null = null;
  let asked = 0;
  let holders: Uint8Array | null = null;
  /** Looks into all of them for whoever goes through them; null when this one should be looked into by itself. */
  const holdsTogether = (texts: TextsTogether, place: number): boolean | null => {
    if (texts !== latest) {
      latest = texts;
      asked = 0;
      holders = null;
    }
    asked += 1;
    const isFolded = texts.isFolded(ignoreAccents);
    if (holders === null && asked > (isFolded ? 1 : fewOfBlock)) holders = texts.holders(wanted, ignoreAccents);
    if (holders !== null) return holders[place] === 1;
    return isFolded ? texts.holds(place, wanted, ignoreAccents) : null;
  };
  const passes = (cells: SearchedEntry): boolean => {
    const { together, place } = cells;
    const held = atOnce && together !== null && !together.isLong(place) ? holdsTogether(together, place) : null;
    if (held === null) return someSearchedText(cells, inText, dates);
    return held || (dates && someDate(cells, inText));
  };
  return {
    exclude: test.exclude,
    byColumns: false,
    // A word that is the name of something is found in any number of entries.
    frequency: () => (named.length > 0 ? Number.POSITIVE_INFINITY : frequencyOf(search, word, ignoreAccents)),
    mayBeIn: (chunk) => named.length > 0 || search.mayBeIn(wanted, chunk),
    markSure: (chunk, limit, out) => {
      let any = false;
      for (const { column, hit } of named) {
        const { values } = chunk.values(column);
        const allowed = Uint8Array.from(values, (value) => hit[value] ?? 0);
        if (!allowed.includes(1)) continue;
        any = true;
        const bits = allowedBits(chunk, column, allowed, limit);
        orInto(out, bits);
        giveBack(bits);
      }
      return any;
    },
    named: (chunk, row) =>
      named.some(
        ({ column, hit }) => hit[chunk.values(column).values[chunk.codes(column)[row] as number] as number] === 1,
      ),
    markPossible: (chunk, limit, out) => markValue(search, word, ignoreAccents, chunk, limit, out),
    passes,
    settle: (chunk, bits) => (word.prefix ? 0 : search.settleChunk(chunk, word.text, ignoreAccents, bits)),
  };
};

/** Sets the bits of the rows below `limit`; false when there is none. `rows`: ascending. */
const setRows = (rows: ArrayLike<number>, limit: number, out: ChunkBits): boolean => {
  let any = false;
  for (let i = 0; i < rows.length && (rows[i] as number) < limit; i++) {
    setBit(out, rows[i] as number);
    any = true;
  }
  return any;
};

const valuesMatch = (test: TextTest, ignoreAccents: boolean, sources: TextMatchSources): TextMatch => {
  const { search, recordOf } = sources;
  const whole = test.values.map((value) => valueTest(value, ignoreAccents));
  const exact = test.values.filter((value) => !value.prefix).map((value) => recordHash(value.text));
  const byIndex = test.kind === 'record' ? test.values.filter((value) => value.prefix) : test.values;
  const isOneOf = (value: string | null): boolean => value !== null && whole.some((matches) => matches(value));
  return {
    exclude: test.exclude,
    byColumns: test.kind === 'record' && byIndex.length === 0,
    frequency: () => test.values.reduce((sum, value) => sum + frequencyOf(search, value, ignoreAccents), 0),
    mayBeIn: () => true,
    markSure: (chunk, limit, out) => {
      if (test.kind !== 'record') return false;
      let any = false;
      for (const hash of exact) {
        if (!chunk.isOneRecord(hash)) continue;
        const rows = chunk.recordRows(hash);
        const first = rows[0];
        if (first === undefined || !isOneOf(recordOf(chunk.number * chunkRows + first))) continue;
        any = setRows(rows, limit, out) || any;
      }
      return any;
    },
    named: () => false,
    markPossible: (chunk, limit, out) => {
      let any = false;
      for (const value of byIndex) any = markValue(search, value, ignoreAccents, chunk, limit, out) || any;
      if (test.kind !== 'record') return any;
      for (const hash of exact) {
        // One of them has told for all.
        if (!chunk.isOneRecord(hash)) any = setRows(chunk.recordRows(hash), limit, out) || any;
      }
      return any;
    },
    passes: (cells) => isOneOf(test.kind === 'record' ? cells.recordId : cells.action),
    settle: () => 0,
  };
};

export const createTextMatch = (test: TextTest, ignoreAccents: boolean, sources: TextMatchSources): TextMatch => {
  const [word] = test.values;
  return test.kind === 'word' && word
    ? wordMatch(test, word, ignoreAccents, sources)
    : valuesMatch(test, ignoreAccents, sources);
};

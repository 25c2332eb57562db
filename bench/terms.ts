import type Database from 'better-sqlite3';
import { foldCase } from '#shared/text/fold.ts';
import { searchedColumns } from './flat-table.ts';

export const termKinds = ['rare', 'absent', 'frequent', 'accents', 'short'] as const;
export interface Term {
  readonly kind: (typeof termKinds)[number];
  readonly text: string;
}

/** Words of letters and digits; the fixed rule below works on any trail that has some. */
const word = /[\p{L}\p{N}]{2,24}/gu;
/** Long whole records would fill the table of words without adding any that are more interesting. */
const mostCharacters = 2000;
const ascii = /^[\0-\x7f]*$/;

interface WordUse {
  entries: number;
  last: number;
  /** Different spellings of the letters outside ASCII: LIKE would not find the one by the other. */
  spellings: Set<string> | null;
}

const letterSpelling = (text: string): string => text.replace(/[\0-\x7f]/g, (letter) => letter.toLowerCase());

export type WordUses = ReadonlyMap<string, WordUse>;

/** So many entries are read for their words; of more, every n-th. */
const mostEntries = 400_000;

/** The words of a trail, each with the number of entries that it is in, of those that were read. */
export const readWords = (db: Database.Database, entries: number): WordUses => {
  const uses = new Map<string, WordUse>();
  const step = Math.ceil(entries / mostEntries);
  const texts = db
    .prepare(`SELECT id, ${searchedColumns.slice(0, 6).join(', ')} FROM flat WHERE id % ${step} = 0 ORDER BY id`)
    .raw();
  for (const [id, ...cells] of texts.iterate() as IterableIterator<[number, ...(string | null)[]]>) {
    for (const cell of cells) {
      for (const [found] of cell?.slice(0, mostCharacters).matchAll(word) ?? []) {
        const folded = foldCase(found);
        let use = uses.get(folded);
        if (!use) {
          use = { entries: 0, last: 0, spellings: null };
          uses.set(folded, use);
        }
        if (use.last === id) continue;
        use.last = id;
        use.entries += 1;
        if (ascii.test(found)) continue;
        use.spellings ??= new Set();
        use.spellings.add(letterSpelling(found));
      }
    }
  }
  return uses;
};

/** So many neighbours are tried for each place of a list. */
const tries = 40;

/** `count` of the list, evenly spread over it; the first that pass. */
const spread = async (
  list: readonly string[],
  count: number,
  passes: (text: string) => Promise<boolean>,
): Promise<string[]> => {
  const chosen: string[] = [];
  const step = Math.max(1, Math.floor(list.length / count));
  for (let start = 0; start < list.length && chosen.length < count; start += step) {
    for (const text of list.slice(start, start + Math.min(step, tries))) {
      if (chosen.includes(text) || !(await passes(text))) continue;
      chosen.push(text);
      break;
    }
  }
  return chosen;
};

const rareHits = 50;

/**
 * Twenty terms of a trail by a fixed rule, so that every trail gets its own and the same trail always the same:
 * 6 rare (1–50 hits), 4 absent (words turned round, whose letters occur together), 4 frequent (the words in the most
 * entries), 3 with accents (rare, middling, frequent), 3 of one or two characters. `hits` counts up to a limit.
 */
export const termsOf = async (
  words: WordUses,
  hits: (text: string, limit: number) => Promise<number>,
): Promise<readonly Term[]> => {
  const uses = [...words];
  const byName = (a: string, b: string): number => (a < b ? -1 : 1);
  const names = (passes: (text: string, use: WordUse) => boolean): string[] =>
    uses
      .filter(([text, use]) => passes(text, use))
      .map(([text]) => text)
      .sort(byName);
  const byUse = (passes: (text: string, use: WordUse) => boolean): string[] =>
    uses
      .filter(([text, use]) => passes(text, use))
      .sort(([a, { entries: usesA }], [b, { entries: usesB }]) => usesB - usesA || byName(a, b))
      .map(([text]) => text);
  const isRare = async (text: string): Promise<boolean> => {
    const found = await hits(text, rareHits + 1);
    return found > 0 && found <= rareHits;
  };

  const rare = await spread(
    names((text, { entries }) => ascii.test(text) && text.length >= 5 && entries <= 20),
    6,
    isRare,
  );
  const turned = rare.map((text) => [...text].reverse().join(''));
  const strange = ['zqxjkvw', 'inexistente404', 'kwyjibo', 'nohaytalcosa'];
  const absent: string[] = [];
  for (const text of [...turned.slice(0, 2), ...strange, ...turned.slice(2)]) {
    if (absent.length < 4 && (await hits(text, 1)) === 0) absent.push(text);
  }
  const frequent = byUse((text) => ascii.test(text) && text.length >= 4).slice(0, 4);
  // One spelling, or LIKE and a search without regard to case would not find the same.
  const accented = byUse((text, { spellings }) => text.length >= 3 && spellings?.size === 1);
  const isClear = (text: string): boolean =>
    uses.every(
      ([other, { spellings }]) =>
        spellings === null || !other.includes(text) || [...spellings].every((spelling) => spelling.includes(text)),
    );
  const middle = accented.length >> 1;
  const accents = [
    ...new Set([accented.find(isClear), accented.slice(middle).find(isClear), accented.findLast(isClear)]),
  ].filter((text) => text !== undefined);
  const pairs = byUse((text) => ascii.test(text) && text.length === 2);
  const short = [...new Set([pairs[0], pairs.at(-1), 'e'])].filter((text) => text !== undefined);
  const kinds: Readonly<Record<Term['kind'], readonly string[]>> = { rare, absent, frequent, accents, short };
  return termKinds.flatMap((kind) => kinds[kind].map((text) => ({ kind, text })));
};

const mostWords = 2000;

/** Up to two thousand words, spread evenly from the most frequent to the rarest. */
export const wordsOf = (words: WordUses): readonly string[] => {
  const byUse = [...words].sort(([a, x], [b, y]) => y.entries - x.entries || (a < b ? -1 : 1)).map(([text]) => text);
  const step = Math.max(1, Math.floor(byUse.length / mostWords));
  return byUse.filter((_, place) => place % step === 0).slice(0, mostWords);
};

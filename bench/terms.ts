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
  readonly spellings: Set<string>;
}

const letterSpelling = (text: string): string => text.replace(/[\0-\x7f]/g, (letter) => letter.toLowerCase());

const countWords = (db: Database.Database): ReadonlyMap<string, WordUse> => {
  const uses = new Map<string, WordUse>();
  const texts = db.prepare(`SELECT id, ${searchedColumns.slice(0, 6).join(', ')} FROM flat ORDER BY id`).raw();
  for (const [id, ...cells] of texts.iterate() as IterableIterator<[number, ...(string | null)[]]>) {
    for (const cell of cells) {
      for (const [found] of cell?.slice(0, mostCharacters).matchAll(word) ?? []) {
        const folded = foldCase(found);
        let use = uses.get(folded);
        if (!use) {
          use = { entries: 0, last: 0, spellings: new Set() };
          uses.set(folded, use);
        }
        if (use.last === id) continue;
        use.last = id;
        use.entries += 1;
        if (!ascii.test(found)) use.spellings.add(letterSpelling(found));
      }
    }
  }
  return uses;
};

/** `count` of the list, evenly spread over it; the first that pass. */
const spread = (list: readonly string[], count: number, passes: (text: string) => boolean): string[] => {
  const chosen: string[] = [];
  const step = Math.max(1, Math.floor(list.length / count));
  for (let start = 0; start < list.length && chosen.length < count; start += step) {
    const found = list
      .slice(start, start + step)
      .slice(0, 8)
      .find((text) => !chosen.includes(text) && passes(text));
    if (found !== undefined) chosen.push(found);
  }
  return chosen;
};

const rareHits = 50;

/**
 * Twenty terms of a trail by a fixed rule, so that every trail gets its own and the same trail always the same:
 * 6 rare (1–50 hits), 4 absent (words turned round, whose letters occur together), 4 frequent (the words in the most
 * entries), 3 with accents (rare, middling, frequent), 3 of one or two characters. `hits` counts up to a limit.
 */
export const chooseTerms = (db: Database.Database, hits: (text: string, limit: number) => number): readonly Term[] => {
  const uses = [...countWords(db)];
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
  const isRare = (text: string): boolean => {
    const found = hits(text, rareHits + 1);
    return found > 0 && found <= rareHits;
  };

  const rare = spread(
    names((text, { entries }) => ascii.test(text) && text.length >= 5 && entries <= 20),
    6,
    isRare,
  );
  const turned = rare.map((text) => [...text].reverse().join(''));
  const strange = ['zqxjkvw', 'inexistente404', 'kwyjibo', 'nohaytalcosa'];
  const absent = [...turned.slice(0, 2), ...strange, ...turned.slice(2)]
    .filter((text) => hits(text, 1) === 0)
    .slice(0, 4);
  const frequent = byUse((text) => ascii.test(text) && text.length >= 4).slice(0, 4);
  // One spelling, or LIKE and a search without regard to case would not find the same.
  const accented = byUse((text, { spellings }) => !ascii.test(text) && text.length >= 3 && spellings.size === 1).filter(
    (text) =>
      uses.every(([other, { spellings }]) => !other.includes(text) || [...spellings].every((s) => s.includes(text))),
  );
  const accents = [...new Set([accented[0], accented[accented.length >> 1], accented.at(-1)])].filter(
    (text) => text !== undefined,
  );
  const pairs = byUse((text) => ascii.test(text) && text.length === 2);
  const short = [...new Set([pairs[0], pairs.at(-1), 'e'])].filter((text) => text !== undefined);
  const kinds: Readonly<Record<Term['kind'], readonly string[]>> = { rare, absent, frequent, accents, short };
  return termKinds.flatMap((kind) => kinds[kind].map((text) => ({ kind, text })));
};

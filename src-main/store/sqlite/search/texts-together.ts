import { fold } from '#shared/text/fold.ts';
import { type SearchedCells, textEnd, textsOf } from './searched-texts.ts';

/** Entries of longer texts (UTF-16 units) are looked into text by text: folded, they would be kept twice. */
const longestFolded = 4096;

/**
 * The texts of entries that follow each other, dates aside, folded and one behind the other: a word is looked for in all of
 * them in one go, through memory in its order, where entry by entry each text is somewhere else. A word with `textEnd`
 * can't be looked for.
 */
export interface TextsTogether {
  /** True when the texts of an entry are too long to be here. `place`: which of the entries. */
  isLong(place: number): boolean;
  /** True when all texts are folded already. */
  isFolded(ignoreAccents: boolean): boolean;
  /** True when a text of an entry holds a folded word. */
  holds(place: number, folded: string, ignoreAccents: boolean): boolean;
  /** 1 for each entry that holds a folded word. */
  holders(folded: string, ignoreAccents: boolean): Uint8Array;
  /** Folds all texts now, and not when somebody asks. */
  prepare(): void;
}

/** What a search looks into, of an entry that may be kept with its neighbours. */
export interface SearchedEntry extends SearchedCells {
  /** Its texts and theirs; null when it is not. */
  together: TextsTogether | null;
  /** Which of them it is. */
  place: number;
}

interface Folded {
  readonly text: string;
  /** Where the texts of each entry end. */
  readonly ends: Uint32Array;
}

export const putTogether = (entries: readonly SearchedCells[]): TextsTogether => {
  const long = Uint8Array.from(entries, (cells) =>
    textsOf(cells).reduce((length, text) => length + (text?.length ?? 0), 0) > longestFolded ? 1 : 0,
  );
  const foldAll = (ignoreAccents: boolean): Folded => {
    const parts: string[] = [];
    const ends = new Uint32Array(entries.length);
    let end = 0;
    for (const [place, cells] of entries.entries()) {
      for (const text of long[place] === 1 ? [] : textsOf(cells)) {
        if (text === null) continue;
        const folded = fold(text, ignoreAccents);
        parts.push(textEnd, folded);
        end += 1 + folded.length;
      }
      ends[place] = end;
    }
    return { text: parts.join(''), ends };
  };
  let withAccents: Folded | null = null;
  let withoutAccents: Folded | null = null;
  const folded = (ignoreAccents: boolean): Folded => {
    if (ignoreAccents) {
      withoutAccents ??= foldAll(true);
      return withoutAccents;
    }
    withAccents ??= foldAll(false);
    return withAccents;
  };
  return {
    isLong: (place) => long[place] === 1,
    isFolded: (ignoreAccents) => (ignoreAccents ? withoutAccents : withAccents) !== null,
    holds: (place, wanted, ignoreAccents) => {
      const { text, ends } = folded(ignoreAccents);
      return text.slice(place === 0 ? 0 : ends[place - 1], ends[place]).includes(wanted);
    },
    holders: (wanted, ignoreAccents) => {
      const { text, ends } = folded(ignoreAccents);
      const found = new Uint8Array(ends.length);
      let place = 0;
      for (let at = text.indexOf(wanted); at !== -1 && place < ends.length; ) {
        while ((ends[place] as number) <= at) place += 1;
        found[place] = 1;
        at = text.indexOf(wanted, ends[place]);
        place += 1;
      }
      return found;
    },
    prepare: () => {
      folded(false);
      folded(true);
    },
  };
};

/** The cells of an entry that a search looks into, apart from the dictionaries. */
export interface SearchedCells {
  readonly occurredAt: number;
  readonly occurredText: string | null;
  readonly recordId: string | null;
  readonly oldValue: string | null;
  readonly newValue: string | null;
  readonly detail: string | null;
  readonly action: string | null;
  readonly request: string | null;
  /** The spellings of its date, once somebody has looked into them: entries that are kept are looked into again. */
  dates?: readonly string[] | undefined;
}

/** A word with this character can't be looked for in several texts at once. */
export const textEnd = '\0';
/** `SearchedCells` in the order in which they are read. */
export type SearchedTuple = [
  number,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
];

/** The time in UTC as most sources write it: ISO 8601 with milliseconds, or with microseconds where there are any. */
export const isoText = (micros: number): string => {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  const rest = ((micros % 1000) + 1000) % 1000;
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
};

/** The spellings of a date that a search looks into: as sources write it, and as people do. */
const spellDate = (micros: number): readonly string[] => {
  const iso = isoText(micros);
  return [iso, iso.replace('T', ' ')];
};

/** What the spellings of a date are made of, folded. */
const dateCharacters = /^[-+\d:.tz ]*$/;

/** False for a folded word that no date can hold: spelling a date out costs more than looking into all other texts. */
export const mayBeInDate = (foldedWord: string): boolean => dateCharacters.test(foldedWord);

/** All but the date. */
export const textsOf = ({ oldValue, newValue, detail, recordId, action, request, occurredText }: SearchedCells) =>
  [oldValue, newValue, detail, recordId, action, request, occurredText] as const;

/**
 * Calls `visit` with every text of an entry that a search looks into: the values, and the date in each of its spellings
 * unless `dates` says that it can't matter.
 */
export const someSearchedText = (cells: SearchedCells, visit: (text: string) => boolean, dates = true): boolean => {
  for (const text of textsOf(cells)) if (text !== null && visit(text)) return true;
  return dates && someDate(cells, visit);
};

/** The same with the spellings of its date alone. */
export const someDate = (cells: SearchedCells, visit: (text: string) => boolean): boolean => {
  cells.dates ??= spellDate(cells.occurredAt);
  return cells.dates.some(visit);
};

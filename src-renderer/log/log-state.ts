import { type Chip, type Chips, toChips, toQuery } from '#renderer/log/chip.ts';
import type { Sort } from '#shared/contract/entry.ts';
import { type BitacoraError, isBitacoraError } from '#shared/contract/errors.ts';
import { sortColumns } from '#shared/contract/names.ts';
import type { Clause, Query } from '#shared/contract/query.ts';
import { formatClause } from '#shared/query/format.ts';
import { parseQuery } from '#shared/query/parse.ts';

/** Everything that decides what the log shows; it travels in the address. */
export interface LogState {
  readonly chips: Chips;
  /** What is written in the box and is no chip yet. */
  readonly draft: string;
  readonly sort: Sort;
}

export const newestFirst: Sort = { column: 'occurredAt', descending: true };
export const emptyLogState: LogState = { chips: [], draft: '', sort: newestFirst };

const readSort = (text: string | null): Sort => {
  const descending = text?.startsWith('-') ?? false;
  const column = sortColumns.find((name) => name === (descending ? text?.slice(1) : text));
  return column === undefined ? newestFirst : { column, descending };
};

const sortText = ({ column, descending }: Sort): string => `${descending ? '-' : ''}${column}`;

type Read = { readonly query: Query; readonly error: null } | { readonly query: null; readonly error: BitacoraError };

/** A text as a query, or why it is none. */
export const readQueryText = (text: string): Read => {
  try {
    return { query: parseQuery(text), error: null };
  } catch (error) {
    if (isBitacoraError(error)) return { query: null, error };
    throw error;
  }
};

/** The state as an address keeps it: `on` and `off` are chips in their order, `q` the draft. Keys in English. */
export const writeLogState = (state: LogState): URLSearchParams => {
  const params = new URLSearchParams();
  for (const { clause, on } of state.chips) params.append(on ? 'on' : 'off', formatClause(clause, 'en'));
  if (state.draft.trim() !== '') params.set('q', state.draft);
  if (sortText(state.sort) !== sortText(newestFirst)) params.set('sort', sortText(state.sort));
  return params;
};

/** Reads an address. A chip that can’t be read becomes part of the draft, where the person sees what is wrong. */
export const readLogState = (params: URLSearchParams): LogState => {
  const chips: Chip[] = [];
  const unread: string[] = [];
  for (const [name, text] of params) {
    if (name !== 'on' && name !== 'off') continue;
    const { query } = readQueryText(text);
    if (query === null) unread.push(text);
    else chips.push(...toChips(query).map((chip) => ({ ...chip, on: name === 'on' })));
  }
  const draft = [...unread, params.get('q') ?? ''].filter((part) => part !== '').join(' ');
  return { chips, draft, sort: readSort(params.get('sort')) };
};

/** The text in one line that says what a view looks for, off chips left out; for names and keys. */
export const logStateText = (state: LogState): string => writeLogState(state).toString();

/** A condition with a key at the end of the text that is still being written: `evento:UP`, not yet `evento:UP `. */
const unfinished = /(?:^|\s)-?[\p{L}\p{M}]+:(?!\/\/)(?:"[^"]*|\S*)$/u;

/**
 * The part of a draft that already counts: words count while they are written, a condition with a key from the space or
 * Enter that ends it. Otherwise each letter of `evento:UPDATE` would empty the view.
 */
export const settledDraft = (draft: string): string => draft.replace(unfinished, '');

const isKeyed = (clause: Clause): boolean => clause.kind !== 'word';

/** Turns the conditions of a draft that are complete into chips; with `words`, the free words too. */
export const draftToChips = (state: LogState, words: boolean): LogState => {
  const { query } = readQueryText(state.draft);
  if (query === null) return state;
  const done = query.clauses.filter((clause) => words || isKeyed(clause));
  if (done.length === 0) return state;
  const rest = query.clauses.filter((clause) => !done.includes(clause));
  // Saying the same thing twice adds nothing.
  const said = new Set(state.chips.filter((chip) => chip.on).map((chip) => formatClause(chip.clause, 'en')));
  const added = done.filter((clause) => !said.has(formatClause(clause, 'en')));
  return {
    ...state,
    chips: [...state.chips, ...toChips({ clauses: added })],
    draft: rest.map((clause) => `${formatClause(clause, 'en')} `).join(''),
  };
};

/** What the state asks for; null while its draft can’t be read. */
export const queryOf = (state: LogState): Query | null => {
  const { query } = readQueryText(settledDraft(state.draft));
  return query === null ? null : { clauses: [...toQuery(state.chips).clauses, ...query.clauses] };
};

/** Sorting by a column: the newest or largest first, then the other way round. */
export const sortBy = (sort: Sort, column: Sort['column']): Sort =>
  sort.column === column
    ? { column, descending: !sort.descending }
    : { column, descending: column === 'id' || column === 'occurredAt' || column === 'status' };

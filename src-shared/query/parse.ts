/**
 * Reads the text form of a query.
 *
 * | written | means |
 * |---|---|
 * | `word` `"two words"` | occurs somewhere in the entry; commas and inner quotes are text here |
 * | `text*` `"two words"*` | the beginning of a longer word or value; an asterisk elsewhere is text |
 * | `key:value` `key:a,"b, c"` | any of the values; keys in `keys.ts`, Spanish and English, case and accents free |
 * | `-word` `-key:value` | excludes; a word of two or more dashes in front (`--flag`, `-`) is text |
 * | `"say \"hi\" \\o"` | `\"` and `\\` inside quotes; any other backslash is text; a quote opens only where a value begins |
 * | `id:5` `id:1,5..7,>=10` `status:400..` | numbers: one, range with open ends, `>=` `>` `<=` `<` |
 * | `from:2026-03` `to:"2026-03-01 10:30"` | one time each (`time-term.ts`); both ends included |
 * | `date:2026` `date:a..b` `date:a..` `date:..b` `date:-7d` | a period; one relative time alone means from then on |
 * | `a:b` `12:30` `http://x` `user://x` | a word that is no key, or `//` after the colon: text |
 * | `usario:ana` | a slip of a known key: an error with a suggestion |
 *
 * Words end at white space (`\s`). Reading takes time in proportion to the length of the text.
 */

import { numberKeys } from '#shared/contract/names.ts';
import type { Clause, NumberKey, NumberTest, Query, QueryValue, ValueKey } from '#shared/contract/query.ts';
import { findKey, nearestKeyName, type QueryKey, type TimeKey } from './keys.ts';
import { queryUnreadable } from './problems.ts';
import { isReversed, readTimeTerm, type TimeTerm } from './time-term.ts';

const maxClauses = 1000;
const space = /\s/;
const word = /\S+/y;
const listItem = /[^\s,]+/y;
const keyAndColon = /([\p{L}\p{M}]{1,20}):(?!\/\/)/uy;
const digits = /^-?\d+$/;

/** What `pattern` (sticky) takes at `at`. */
const take = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
};

/** The key written at `at`, and where its value begins; throws for a slip of a known key. */
const readKey = (text: string, at: number): { readonly key: QueryKey; readonly valueAt: number } | null => {
  keyAndColon.lastIndex = at;
  const name = keyAndColon.exec(text)?.[1];
  if (name === undefined) return null;
  const key = findKey(name);
  if (key !== null) return { key, valueAt: at + name.length + 1 };
  const suggestion = nearestKeyName(name);
  if (suggestion !== null) throw queryUnreadable('key_unknown', text, at, at + name.length, { suggestion });
  return null;
};

/** True when `text` written without quotes would not be read back as one free word with just this text. */
export const wordNeedsQuotes = (text: string): boolean => {
  if (space.test(text) || text.startsWith('"') || text.startsWith('-') || text.endsWith('*')) return true;
  keyAndColon.lastIndex = 0;
  const name = keyAndColon.exec(text)?.[1];
  return name !== undefined && (findKey(name) !== null || nearestKeyName(name) !== null);
};

interface Piece {
  readonly text: string;
  /** Just after its last character, quotes included. */
  readonly end: number;
}

/** The quoted text that opens at `at`. */
const readQuoted = (text: string, at: number): Piece => {
  let content = '';
  let copied = at + 1;
  for (let here = at + 1; here < text.length; here++) {
    const character = text[here];
    if (character === '"') {
      content += text.slice(copied, here);
      if (content === '') throw queryUnreadable('empty_quotes', text, at, here + 1);
      return { text: content, end: here + 1 };
    }
    if (character === '\\' && (text[here + 1] === '"' || text[here + 1] === '\\')) {
      content += text.slice(copied, here);
      copied = here + 1;
      here++;
    }
  }
  throw queryUnreadable('unclosed_quote', text, at, text.length);
};

const isEnd = (text: string, at: number): boolean => at >= text.length || space.test(text[at] ?? '');

const textAfterQuote = (text: string, at: number): never => {
  throw queryUnreadable('text_after_quote', text, at, at + take(word, text, at).length);
};

/** `*text*` or `*"some text"*`, which is a part of a value; null for everything else. */
const readPart = (text: string, at: number): { readonly value: QueryValue; end: number } | null => {
  if (text[at] !== '*') return null;
  if (text[at + 1] === '"' && text.indexOf('"', at + 2) !== -1) {
    const quoted = readQuoted(text, at + 1);
    if (text[quoted.end] === '*')
      return { value: { text: quoted.text, prefix: true, part: true }, end: quoted.end + 1 };
  }
  const bare = take(listItem, text, at);
  if (bare.length < 3 || !bare.endsWith('*')) return null;
  return { value: { text: bare.slice(1, -1), prefix: true, part: true }, end: at + bare.length };
};

/** The value at `at`, taken by `pattern` when it is not quoted; null when there is none. */
const readValue = (text: string, at: number, pattern: RegExp): { readonly value: QueryValue; end: number } | null => {
  if (text[at] === '"') {
    const quoted = readQuoted(text, at);
    const prefix = text[quoted.end] === '*';
    return { value: { text: quoted.text, prefix }, end: quoted.end + (prefix ? 1 : 0) };
  }
  const part = pattern === listItem ? readPart(text, at) : null;
  if (part !== null) return part;
  const bare = take(pattern, text, at);
  if (bare === '') return null;
  const end = at + bare.length;
  if (!bare.endsWith('*')) return { value: { text: bare, prefix: false }, end };
  if (bare.length === 1) throw queryUnreadable('asterisk_alone', text, at, end);
  return { value: { text: bare.slice(0, -1), prefix: true }, end };
};

/** Reads `item,item,…` up to white space; `begins` is where the clause does, for the sentence about a missing value. */
const readList = <Item>(
  text: string,
  begins: number,
  valueAt: number,
  readItem: (at: number) => { readonly item: Item; readonly end: number } | null,
): { readonly items: Item[]; readonly end: number } => {
  const items: Item[] = [];
  for (let at = valueAt; ; at++) {
    const read = readItem(at);
    if (read === null) throw queryUnreadable('value_missing', text, begins, at);
    items.push(read.item);
    at = read.end;
    if (isEnd(text, at)) return { items, end: at };
    if (text[at] !== ',') textAfterQuote(text, at);
  }
};

const readNumber = (text: string, written: string, at: number, end: number): number => {
  if (!digits.test(written)) throw queryUnreadable('not_a_number', text, at, end);
  const number = Number(written);
  if (!Number.isSafeInteger(number)) throw queryUnreadable('number_too_large', text, at, end);
  return number === 0 ? 0 : number;
};

const comparison = /^(>=|<=|>|<|=)(.*)$/s;

const readNumberTest = (text: string, at: number): { readonly item: NumberTest; readonly end: number } | null => {
  const piece = text[at] === '"' ? readQuoted(text, at) : { text: take(listItem, text, at), end: 0 };
  if (piece.text === '') return null;
  const end = piece.end === 0 ? at + piece.text.length : piece.end;
  const number = (written: string): number => readNumber(text, written, at, end);
  const compared = comparison.exec(piece.text);
  if (compared !== null) {
    const op = compared[1] as '>=' | '<=' | '>' | '<' | '=';
    return { item: { op, value: number(compared[2] ?? '') }, end };
  }
  const dots = piece.text.indexOf('..');
  if (dots === -1) return { item: { op: '=', value: number(piece.text) }, end };
  const [from, to] = [piece.text.slice(0, dots), piece.text.slice(dots + 2)];
  if (from === '' && to === '') throw queryUnreadable('range_without_ends', text, at, end);
  if (to === '') return { item: { op: '>=', value: number(from) }, end };
  if (from === '') return { item: { op: '<=', value: number(to) }, end };
  const range = { op: '..', from: number(from), to: number(to) } as const;
  if (range.from > range.to) throw queryUnreadable('range_reversed', text, at, end);
  return { item: range, end };
};

const timeEnd = /(?:(?!\.\.)[^\s,])+/y;

interface WrittenTime {
  /** Null when nothing was written at this end. */
  readonly written: string | null;
  readonly term: TimeTerm | null;
  readonly end: number;
}

const readTimeEnd = (text: string, at: number): WrittenTime => {
  const piece = text[at] === '"' ? readQuoted(text, at) : { text: take(timeEnd, text, at), end: 0 };
  if (piece.text === '') return { written: null, term: null, end: at };
  const end = piece.end === 0 ? at + piece.text.length : piece.end;
  const term = readTimeTerm(piece.text);
  if (typeof term === 'string') throw queryUnreadable(term, text, at, end);
  return { written: piece.text, term, end };
};

/** The period whose value begins at `valueAt`, and where it ends. */
const readTime = (
  text: string,
  begins: number,
  key: TimeKey,
  valueAt: number,
  exclude: boolean,
): { readonly clause: Clause; readonly end: number } => {
  const first = readTimeEnd(text, valueAt);
  const isRange = text.startsWith('..', first.end);
  const second = isRange ? readTimeEnd(text, first.end + 2) : first;
  const end = second.end;
  if (text[end] === ',') throw queryUnreadable('times_in_list', text, valueAt, end + take(word, text, end).length);
  if (!isEnd(text, end)) textAfterQuote(text, end);
  if (first.written === null && !isRange) throw queryUnreadable('value_missing', text, begins, valueAt);
  if (first.written === null && second.written === null)
    throw queryUnreadable('range_without_ends', text, valueAt, end);
  if (key !== 'date') {
    if (isRange) throw queryUnreadable('range_not_here', text, valueAt, end);
    const [start, stop] = key === 'from' ? [first.written, null] : [null, first.written];
    return { clause: { kind: 'time', key, exclude, start, end: stop }, end };
  }
  if (isRange && first.term !== null && second.term !== null && isReversed(first.term, second.term)) {
    throw queryUnreadable('range_reversed', text, valueAt, end);
  }
  const openEnd = !isRange && first.term?.kind === 'relative';
  return {
    clause: { kind: 'time', key, exclude, start: first.written, end: openEnd ? null : second.written },
    end,
  };
};

const isNumberKey = (key: QueryKey): key is NumberKey => (numberKeys as readonly string[]).includes(key);
const isTimeKey = (key: QueryKey): key is TimeKey => key === 'from' || key === 'to' || key === 'date';

const readKeyed = (
  text: string,
  begins: number,
  key: QueryKey,
  valueAt: number,
  exclude: boolean,
): { readonly clause: Clause; readonly end: number } => {
  if (isTimeKey(key)) return readTime(text, begins, key, valueAt, exclude);
  if (isNumberKey(key)) {
    const { items, end } = readList(text, begins, valueAt, (at) => readNumberTest(text, at));
    return { clause: { kind: 'number', key, exclude, tests: items }, end };
  }
  const { items, end } = readList(text, begins, valueAt, (at) => {
    const read = readValue(text, at, listItem);
    return read === null ? null : { item: read.value, end: read.end };
  });
  return { clause: { kind: 'value', key: key satisfies ValueKey, exclude, values: items }, end };
};

/** The query that `text` writes. Throws `query_unreadable` with `QueryProblemDetails`, for any text that is none. */
export const parseQuery = (text: string): Query => {
  const clauses: Clause[] = [];
  const spaces = /\s*/y;
  for (let at = take(spaces, text, 0).length; at < text.length; at += take(spaces, text, at).length) {
    if (clauses.length === maxClauses) {
      throw queryUnreadable('too_many_clauses', text, at, text.length, { limit: maxClauses });
    }
    const exclude = text[at] === '-' && text[at + 1] !== '-' && !isEnd(text, at + 1);
    const begins = at;
    if (exclude) at++;
    const keyed = readKey(text, at);
    if (keyed !== null) {
      const { clause, end } = readKeyed(text, begins, keyed.key, keyed.valueAt, exclude);
      clauses.push(clause);
      at = end;
      continue;
    }
    const read = readValue(text, at, word);
    if (read === null) throw queryUnreadable('value_missing', text, begins, at);
    clauses.push({ kind: 'word', exclude, value: read.value });
    at = read.end;
  }
  return { clauses };
};

import type { Language } from '#shared/contract/errors.ts';
import type { Clause, NumberTest, Query, QueryValue } from '#shared/contract/query.ts';
import { keyNames } from './keys.ts';
import { wordNeedsQuotes } from './parse.ts';
import { readTimeTerm } from './time-term.ts';

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const formatValue = (value: QueryValue, needsQuotes: boolean): string =>
  (value.part ? '*' : '') + (needsQuotes ? quote(value.text) : value.text) + (value.prefix ? '*' : '');

const formatWord = (value: QueryValue): string => formatValue(value, wordNeedsQuotes(value.text));

/** A value of a key as it is written. `first`: it comes just after the colon, where `//` would make the whole a free word. */
export const formatListed = (value: QueryValue, first: boolean): string =>
  formatValue(value, /[\s,]|^["*]|\*$/.test(value.text) || (first && value.text.startsWith('//')));

const formatTest = (test: NumberTest): string => {
  if (test.op === '..') return `${test.from}..${test.to}`;
  return test.op === '=' ? String(test.value) : `${test.op}${test.value}`;
};

const formatTimeEnd = (written: string | null): string =>
  written === null ? '' : /[\s,"]/.test(written) || written.includes('..') ? quote(written) : written;

const isRelative = (written: string): boolean => {
  const term = readTimeTerm(written);
  return typeof term === 'object' && term.kind === 'relative';
};

const formatPeriod = (clause: Extract<Clause, { kind: 'time' }>): string => {
  if (clause.key === 'from') return formatTimeEnd(clause.start);
  if (clause.key === 'to') return formatTimeEnd(clause.end);
  if (clause.start !== null && clause.start === clause.end && !isRelative(clause.start)) {
    return formatTimeEnd(clause.start);
  }
  return `${formatTimeEnd(clause.start)}..${formatTimeEnd(clause.end)}`;
};

const formatBody = (clause: Clause, language: Language): string => {
  switch (clause.kind) {
    case 'word':
      return formatWord(clause.value);
    case 'value':
      return `${keyNames[clause.key][language]}:${clause.values.map((value, index) => formatListed(value, index === 0)).join(',')}`;
    case 'number':
      return `${keyNames[clause.key][language]}:${clause.tests.map(formatTest).join(',')}`;
    case 'time':
      return `${keyNames[clause.key][language]}:${formatPeriod(clause)}`;
    default:
      return clause satisfies never;
  }
};

/** One condition as text, as a chip shows it. */
export const formatClause = (clause: Clause, language: Language): string =>
  (clause.exclude ? '-' : '') + formatBody(clause, language);

/**
 * The text form of `query`, with its keys named in `language`; `parseQuery` gives the same query back. Holds for every
 * query that can be written: its ranges run forwards, its times are times, and a period has at least one end.
 */
export const formatQuery = (query: Query, language: Language): string =>
  query.clauses.map((clause) => formatClause(clause, language)).join(' ');

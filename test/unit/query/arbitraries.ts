import fc from 'fast-check';
import { numberKeys } from '#shared/contract/names.ts';
import { type Clause, type NumberTest, type Query, type QueryValue, valueKeys } from '#shared/contract/query.ts';
import { isReversed, readTimeTerm } from '#shared/query/time-term.ts';

/** Pieces that mean something to the parser, beside plain ones: values made of them are where quoting goes wrong. */
export const trickyPiece = fc.constantFrom(
  ...[
    '"',
    '\\',
    '\\"',
    '*',
    ',',
    '-',
    '--',
    ':',
    '//',
    '..',
    '>=',
    '=',
    ' ',
    '\t',
    '\n',
    '\u00a0',
    '\u3000',
    '\ufeff',
    '\0',
  ],
  ...[
    'user',
    'usuario:',
    'MÓDULO:',
    'mo\u0301dulo:',
    'id:',
    'usario:',
    'from:',
    'http://x',
    '12:30',
    'a',
    'Ñ',
    '5',
    '2026-03',
    '-7d',
    '\ud83d',
    '😀',
    'İd:',
  ],
);
const pieces = fc.array(trickyPiece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
export const anyText = fc.oneof(
  { weight: 3, arbitrary: pieces },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 1 }) },
);

export const queryValue: fc.Arbitrary<QueryValue> = fc.record({ text: anyText, prefix: fc.boolean() });
/** A value of a key can also be a part of one. */
const listedValue: fc.Arbitrary<QueryValue> = fc.oneof(
  { weight: 2, arbitrary: queryValue },
  { weight: 1, arbitrary: fc.record({ text: anyText, prefix: fc.constant(true), part: fc.constant(true as const) }) },
);

const integer = fc.oneof(fc.integer({ min: -3, max: 1000 }), fc.maxSafeInteger());
const numberTest: fc.Arbitrary<NumberTest> = fc.oneof(
  fc.record({
    op: fc.constantFrom('=' as const, '>=' as const, '>' as const, '<=' as const, '<' as const),
    value: integer,
  }),
  fc.tuple(integer, integer).map(([a, b]) => ({ op: '..' as const, from: Math.min(a, b), to: Math.max(a, b) })),
);

const two = (number: number): string => String(number).padStart(2, '0');
/** Times in every spelling, all of which exist. */
export const writtenTime = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 999_999 }), fc.constantFrom('min', 'h', 'd', 'w', 'sem', 'm', 'y', 'a', 'D'))
    .map(([amount, unit]) => `-${amount}${unit}`),
  fc
    .record({
      year: fc.oneof(fc.integer({ min: 1990, max: 2040 }), fc.integer({ min: 1, max: 9999 })),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
      clock: fc.tuple(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 59 }),
      ),
      decimals: fc.stringMatching(/^\d{1,6}$/),
      separator: fc.constantFrom('T', ' ', 't'),
      offset: fc.constantFrom('', 'Z', 'z', '+05:45', '-06:00', '−06:00', ' −06:00'),
      depth: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ year, month, day, clock, decimals, separator, offset, depth }) => {
      let written = String(year).padStart(4, '0');
      if (depth >= 1) written += `-${two(month)}`;
      if (depth >= 2) written += `-${two(day)}`;
      if (depth >= 3) written += `${separator}${two(clock[0])}:${two(clock[1])}`;
      if (depth >= 4) written += `:${two(clock[2])}`;
      if (depth >= 5) written += `.${decimals}`;
      return depth >= 3 ? written + offset : written;
    }),
);

/** `date` periods that the text form can write: at least one end, and not backwards. */
const period = fc.record({ start: fc.option(writtenTime), end: fc.option(writtenTime) }).filter(({ start, end }) => {
  if (start === null || end === null) return start !== end;
  const [first, last] = [readTimeTerm(start), readTimeTerm(end)];
  return typeof first === 'object' && typeof last === 'object' && !isReversed(first, last);
});

const exclude = fc.boolean();
const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), exclude, value: queryValue }),
  fc.record({
    kind: fc.constant('value' as const),
    key: fc.constantFrom(...valueKeys),
    exclude,
    values: fc.array(listedValue, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('number' as const),
    key: fc.constantFrom(...numberKeys),
    exclude,
    tests: fc.array(numberTest, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('time' as const),
    key: fc.constant('from' as const),
    exclude,
    start: writtenTime,
    end: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('time' as const),
    key: fc.constant('to' as const),
    exclude,
    start: fc.constant(null),
    end: writtenTime,
  }),
  fc.tuple(exclude, period, fc.boolean()).map(([excluded, { start, end }, single]) => ({
    kind: 'time' as const,
    key: 'date' as const,
    exclude: excluded,
    start,
    end: single && start !== null ? start : end,
  })),
);

/** Every query that can be written. */
export const anyQuery: fc.Arbitrary<Query> = fc.record({ clauses: fc.array(clause, { maxLength: 6 }) });

/** Texts that look like queries, right and wrong ones. */
export const queryLikeText = fc.oneof(
  fc.array(trickyPiece, { maxLength: 14 }).map((parts) => parts.join('')),
  fc
    .array(fc.oneof(trickyPiece, writtenTime, fc.constantFrom('user:', 'fecha:', 'id:', ' ', ' -')), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

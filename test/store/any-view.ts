import fc from 'fast-check';
import { type Sort, sortColumns } from '#shared/contract/entry.ts';
import { type Clause, type Query, type QueryValue, valueKeys } from '#shared/contract/query.ts';
import type { View } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import { someTime } from './ledger-kit.ts';
import { vocabulary } from './small-trail.ts';

/** Pieces of what is really there, so that queries find something. */
const knownText = fc
  .constantFrom(
    ...[vocabulary.events, vocabulary.fields, vocabulary.targets, vocabulary.sources, vocabulary.values].flat(),
    ...[vocabulary.records, vocabulary.actions, vocabulary.requests].flat(),
    ...['ana', 'ANA', 'Ana García', 'ana@example.com', 'josé', 'José', 'x@example.com', '77', 'Artículos', 'clientes'],
    ...['1', '2', '3', '2026-03-01T10:0', '2026-03-02 1', '.000Z', '04:00:00 -06'],
  )
  .filter((text) => text !== '');
const pieceOfText = fc
  .tuple(knownText, fc.nat(40), fc.integer({ min: 1, max: 12 }))
  .map(([text, start, length]) => text.slice(start % text.length, (start % text.length) + length));
const recased = fc
  .tuple(pieceOfText, fc.constantFrom('same', 'upper', 'lower', 'bare'))
  .map(([text, how]) =>
    how === 'upper'
      ? text.toUpperCase()
      : how === 'lower'
        ? text.toLowerCase()
        : how === 'bare'
          ? text.normalize('NFD').replace(/\p{M}/gu, '') || text
          : text,
  );
const text = fc.oneof(knownText, pieceOfText, recased, fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }));
const value: fc.Arbitrary<QueryValue> = fc.record({ text, prefix: fc.boolean() });
const exclude = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const number = fc.oneof(fc.integer({ min: -2, max: 4202 }), fc.constantFrom(200, 201, 404, 500, 2 ** 40));
const bound = fc.oneof(
  fc.constantFrom(
    '2026',
    '2026-03',
    '2026-03-01',
    '2026-03-02',
    '2026-03-01T11:00',
    '-1d',
    '-30min',
    '-2h',
    '-1m',
    '1999',
  ),
  fc.integer({ min: 0, max: 4000 }).map((minutes) => isoOf(someTime + minutes * 60_000_000)),
);
const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), exclude, value }),
  fc.record({
    kind: fc.constant('value' as const),
    key: fc.constantFrom(...valueKeys),
    exclude,
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('number' as const),
    key: fc.constantFrom('id' as const, 'status' as const),
    exclude,
    tests: fc.array(
      fc.oneof(
        fc.record({
          op: fc.constantFrom('=' as const, '>=' as const, '>' as const, '<=' as const, '<' as const),
          value: number,
        }),
        fc.record({ op: fc.constant('..' as const), from: number, to: number }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({
    kind: fc.constant('time' as const),
    key: fc.constant('date' as const),
    exclude,
    start: fc.option(bound),
    end: fc.option(bound),
  }),
);
/** Written queries beside structures: both have to mean the same. */
const writtenQuery = fc
  .constantFrom(
    'evento:update campo:precio',
    'avila -módulo:1',
    'usuario:ana,josé -"Ana Garcia"',
    'registro:a-7 -evento:DELETE',
    'estado:400.. fecha:2026-03-01..2026-03-02',
    'aguja*',
    '"say \\"hi\\""',
    'id:5..50,100 -id:7',
    'caso:1 evento:CREATE',
    '-caso:1 evento:CREATE',
    'desde:-1d',
    'ñ',
    'σ',
    '数',
    'acción:get*',
  )
  .map(parseQuery);
const query: fc.Arbitrary<Query> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ clauses: fc.array(clause, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: writtenQuery },
);
const sort: fc.Arbitrary<Sort> = fc.record({ column: fc.constantFrom(...sortColumns), descending: fc.boolean() });
const reading = fc.record({
  zone: fc.constantFrom('UTC', 'America/Mexico_City', 'Asia/Kathmandu'),
  ignoreAccents: fc.boolean(),
});
/** Where a view is frozen: at the newest, or at an older entry, with word and segment borders among them. */
const frozenAt = (newest: number, borders: readonly number[]) =>
  fc.oneof(
    fc.constant(null),
    fc.constantFrom(...borders).map((at) => Math.min(at, newest)),
    fc.nat(newest),
  );

/** A view over the small trail: any query, sort and reading, frozen at the newest entry or at an older one. */
export const anyView = (newest: number, borders: readonly number[]): fc.Arbitrary<View> =>
  fc.record({
    query,
    sort,
    reading,
    newestId: frozenAt(newest, borders),
    now: fc.constantFrom(null, '2026-03-02T12:00:00Z'),
  });

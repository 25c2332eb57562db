import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitacoraError, errorSentence } from '#shared/contract/errors.ts';
import { type Clause, querySchema } from '#shared/contract/query.ts';
import { keyNames } from '#shared/query/keys.ts';
import { parseQuery } from '#shared/query/parse.ts';
import type { QueryProblemDetails } from '#shared/query/problems.ts';
import { queryLikeText } from './arbitraries.ts';

const word = (text: string, more: { exclude?: boolean; prefix?: boolean } = {}): Clause => ({
  kind: 'word',
  exclude: more.exclude ?? false,
  value: { text, prefix: more.prefix ?? false },
});
const value = (key: 'user' | 'event' | 'module' | 'target' | 'source', ...texts: string[]): Clause => ({
  kind: 'value',
  key,
  exclude: false,
  values: texts.map((text) => ({ text, prefix: false })),
});
const time = (key: 'from' | 'to' | 'date', start: string | null, end: string | null): Clause => ({
  kind: 'time',
  key,
  exclude: false,
  start,
  end,
});
const clausesOf = (text: string): Clause[] => parseQuery(text).clauses;

const problemOf = (text: string): QueryProblemDetails & { readonly es: string; readonly en: string } => {
  try {
    parseQuery(text);
  } catch (error) {
    if (!(error instanceof BitacoraError)) throw error;
    expect(error.code).toBe('query_unreadable');
    return {
      ...(error.details as unknown as QueryProblemDetails),
      es: errorSentence(error.code, error.details, 'es'),
      en: errorSentence(error.code, error.details, 'en'),
    };
  }
  return expect.fail(`${JSON.stringify(text)} was read`);
};

describe('parseQuery', () => {
  it('reads the query of the manual', () => {
    expect(
      clausesOf(
        'usuario:ana evento:UPDATE -modulo:catálogos registro:PTE-2026-123 campo:estatus desde:2026-03-01 hasta:2026-03-31 "1 (PENDIENTE)"',
      ),
    ).toEqual([
      value('user', 'ana'),
      value('event', 'UPDATE'),
      { ...value('module', 'catálogos'), exclude: true },
      { kind: 'value', key: 'record', exclude: false, values: [{ text: 'PTE-2026-123', prefix: false }] },
      { kind: 'value', key: 'field', exclude: false, values: [{ text: 'estatus', prefix: false }] },
      time('from', '2026-03-01', null),
      time('to', null, '2026-03-31'),
      word('1 (PENDIENTE)'),
    ]);
  });

  it('knows every key in both languages, whatever the case and the accents', () => {
    const spellings = [
      'Usuario',
      'MÓDULO',
      'mo\u0301dulo',
      'afectación',
      'Acción',
      'ESTADO',
      'origen',
      'caso',
      'etiqueta',
    ];
    for (const spelling of [...spellings, ...Object.values(keyNames).flatMap((names) => [names.es, names.en])]) {
      const given = /^(desde|hasta|fecha|from|to|date)$/.test(spelling) ? '2026' : '7';
      expect(clausesOf(`${spelling}:${given}`)[0]?.kind, spelling).not.toBe('word');
    }
    expect(clausesOf('MÓDULO:3')).toEqual([value('module', '3')]);
  });

  it.each<[string, Clause[]]>([
    ['', []],
    [' \t\n\u00a0', []],
    ['uno  dos', [word('uno'), word('dos')]],
    ['evento:CREATE,DELETE', [value('event', 'CREATE', 'DELETE')]],
    ['usuario:"a, b",c', [value('user', 'a, b', 'c')]],
    ['usuario:"say \\"hi\\" \\\\o C:\\temp"', [value('user', 'say "hi" \\o C:\\temp')]],
    ['C:\\temp\\x', [word('C:\\temp\\x')]],
    ['-uno -"dos tres"', [word('uno', { exclude: true }), word('dos tres', { exclude: true })]],
    ['- -- --flag ---', [word('-'), word('--'), word('--flag'), word('---')]],
    ['PTE-2026* "a b"*', [word('PTE-2026', { prefix: true }), word('a b', { prefix: true })]],
    ['a*b "a*" a**', [word('a*b'), word('a*'), word('a*', { prefix: true })]],
    [
      'http://host/x?y=1 user://x 12:30 a:b :x foo: 5" {"a":"b"} a,b',
      [
        word('http://host/x?y=1'),
        word('user://x'),
        word('12:30'),
        word('a:b'),
        word(':x'),
        word('foo:'),
        word('5"'),
        word('{"a":"b"}'),
        word('a,b'),
      ],
    ],
    ['"usuario:ana"', [word('usuario:ana')]],
    ['"a"b', [word('a'), word('b')]],
    ['usuario:a:b origen:http://x', [value('user', 'a:b'), value('source', 'http://x')]],
    ['usuario:-ana', [value('user', '-ana')]],
    ['a\0b \ud83d', [word('a\0b'), word('\ud83d')]],
    ['desde:-7d hasta:"2026-03-01 10:30"', [time('from', '-7d', null), time('to', null, '2026-03-01 10:30')]],
    ['fecha:2026 fecha:-7d', [time('date', '2026', '2026'), time('date', '-7d', null)]],
    ['fecha:2026-03-01..2026-03-31', [time('date', '2026-03-01', '2026-03-31')]],
    ['fecha:..2026-03 fecha:2026-03..', [time('date', null, '2026-03'), time('date', '2026-03', null)]],
    ['fecha:"2026-03-01 10:30".."2026-03-01 11:00"', [time('date', '2026-03-01 10:30', '2026-03-01 11:00')]],
    ['fecha:2026-03-01T10:30:15.123456-06:00..', [time('date', '2026-03-01T10:30:15.123456-06:00', null)]],
  ])('reads %j', (text, expected) => {
    expect(clausesOf(text)).toEqual(expected);
  });

  it('reads numbers, comparisons and ranges', () => {
    expect(clausesOf('id:5,1..7,>=10,>1,<=2,<3,=4,8..,..9,"6" -estado:>=400')).toEqual([
      {
        kind: 'number',
        key: 'id',
        exclude: false,
        tests: [
          { op: '=', value: 5 },
          { op: '..', from: 1, to: 7 },
          { op: '>=', value: 10 },
          { op: '>', value: 1 },
          { op: '<=', value: 2 },
          { op: '<', value: 3 },
          { op: '=', value: 4 },
          { op: '>=', value: 8 },
          { op: '<=', value: 9 },
          { op: '=', value: 6 },
        ],
      },
      { kind: 'number', key: 'status', exclude: true, tests: [{ op: '>=', value: 400 }] },
    ]);
  });

  // The bad piece is written between ⟦ and ⟧.
  it.each<[string, QueryProblemDetails['problem']]>([
    ['x ⟦"abc⟧', 'unclosed_quote'],
    ['⟦"a\\"⟧', 'unclosed_quote'],
    ['x ⟦""⟧', 'empty_quotes'],
    ['usuario:⟦""⟧', 'empty_quotes'],
    ['usuario:"a"⟦b⟧', 'text_after_quote'],
    ['fecha:"2026"⟦x⟧ y', 'text_after_quote'],
    ['x ⟦usuario:⟧ y', 'value_missing'],
    ['x ⟦-usuario:⟧', 'value_missing'],
    ['⟦evento:a,⟧ b', 'value_missing'],
    ['⟦evento:⟧,a', 'value_missing'],
    ['⟦id:⟧', 'value_missing'],
    ['⟦desde:⟧ x', 'value_missing'],
    ['⟦*⟧ x', 'asterisk_alone'],
    ['usuario:⟦*⟧', 'asterisk_alone'],
    ['x ⟦usario⟧:ana', 'key_unknown'],
    ['-⟦usuarios⟧:ana', 'key_unknown'],
    ['⟦módul⟧:3', 'key_unknown'],
    ['id:1,⟦abc⟧', 'not_a_number'],
    ['id:⟦>=⟧', 'not_a_number'],
    ['estado:⟦4*⟧', 'not_a_number'],
    ['id:⟦1.5⟧', 'not_a_number'],
    ['id:⟦99999999999999999999⟧', 'number_too_large'],
    ['id:⟦7..1⟧', 'range_reversed'],
    ['id:⟦..⟧', 'range_without_ends'],
    ['fecha:⟦2026-03-31..2026-03-01⟧', 'range_reversed'],
    ['fecha:⟦-7d..-30d⟧', 'range_reversed'],
    ['fecha:⟦-1w..-1m⟧', 'range_reversed'],
    ['fecha:⟦2026-03-01T10:00Z..2026-03-01T10:30+01:00⟧', 'range_reversed'],
    ['fecha:⟦..⟧', 'range_without_ends'],
    ['desde:⟦2026..2027⟧', 'range_not_here'],
    ['fecha:⟦2026,2027⟧', 'times_in_list'],
    ['fecha:⟦ayer⟧', 'not_a_time'],
    ['fecha:2026..⟦x⟧', 'not_a_time'],
    ['fecha:⟦01/03/2026⟧', 'not_a_time'],
    ['fecha:⟦2026*⟧', 'not_a_time'],
    ['desde:⟦2026-02-30⟧', 'impossible_time'],
    ['desde:⟦2026-13⟧', 'impossible_time'],
    ['desde:⟦0000⟧', 'impossible_time'],
    ['desde:⟦"2026-03-01 24:00"⟧', 'impossible_time'],
  ])('points at the bad piece of %s', (marked, problem) => {
    const position = marked.indexOf('⟦');
    const end = marked.indexOf('⟧') - 1;
    const found = problemOf(marked.replace(/[⟦⟧]/g, ''));
    expect(found).toMatchObject({ problem, position, end, place: position + 1 });
    expect(found.es).toContain(`carácter ${position + 1}:`);
    expect(found.en).toContain(`character ${position + 1}:`);
    for (const sentence of [found.es, found.en]) {
      expect(sentence).not.toMatch(/\{\w+\}/);
      expect(sentence.endsWith('.')).toBe(true);
    }
  });

  it('suggests the key that was meant, in the language it was meant in', () => {
    expect(problemOf('usario:ana').es).toContain('¿quiso decir «usuario:»?');
    expect(problemOf('modull:3').reasonEs).toContain('«modulo:»');
    expect(problemOf('evnet:x').reasonEs).toContain('«event:»');
    expect(problemOf('fehca:2026').en).toContain('did you mean “fecha:”?');
  });

  it.each([
    'data:x',
    'name:x',
    'time:x',
    'code:x',
    'type:x',
    'host:x',
    'mailto:x',
    'sha:x',
    'localhost:80',
    'reaction:x',
    'section:x',
    'título:x',
  ])('leaves %s a word', (text) => {
    expect(clausesOf(text)).toEqual([word(text)]);
  });

  it('reads 1,000 conditions and no more', () => {
    expect(parseQuery('a '.repeat(1000)).clauses).toHaveLength(1000);
    expect(problemOf('a '.repeat(1001))).toMatchObject({ problem: 'too_many_clauses', position: 2000 });
  });

  it('gives a valid query or one sentence with a place inside the text, for any text', () => {
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof(queryLikeText, fc.string({ unit: 'binary' })), (text) => {
        try {
          querySchema.parse(parseQuery(text));
          outcomes.read++;
        } catch (error) {
          if (!(error instanceof BitacoraError)) throw error;
          const { position, end, reason, reasonEs } = error.details as unknown as QueryProblemDetails;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(position);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(`${reason}${reasonEs}`.isWellFormed()).toBe(true);
          outcomes.refused++;
        }
      }),
      { numRuns: 5000 },
    );
    expect(outcomes.read).toBeGreaterThan(500);
    expect(outcomes.refused).toBeGreaterThan(500);
  });

  it('answers for long texts of every troublesome kind', () => {
    const pieces = [
      'a',
      '"',
      '\\',
      '-',
      '*',
      ',',
      ':',
      '..',
      'user:',
      'usario',
      'user:a,',
      'id:1,',
      '"a" ',
      'abcde:',
      ' ',
      '\0',
      '\ud83d',
      'date:2026..',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      try {
        expect(parseQuery(text).clauses.length, piece).toBeLessThanOrEqual(1000);
      } catch (error) {
        expect(error, piece).toBeInstanceOf(BitacoraError);
        expect((error as BitacoraError).message.length).toBeLessThan(400);
      }
    }
  });
});

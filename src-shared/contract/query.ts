import { z } from 'zod';
import { numberKeys } from '#shared/contract/names.ts';

/**
 * A query as a structure. `src-shared/query/` turns the text form into it and back without loss.
 *
 * Meaning: values inside a clause are alternatives; including value clauses of one key are alternatives too; everything
 * else must hold together. An excluding clause (`exclude`) removes what it matches.
 */
export const valueKeys = [
  'user',
  'event',
  'module',
  'record',
  'field',
  'target',
  'action',
  'source',
  'case',
  'tag',
] as const;
export type ValueKey = (typeof valueKeys)[number];
export type NumberKey = (typeof numberKeys)[number];

/**
 * `prefix`: the value is the beginning of a longer one (written `text*`). `part`, with `prefix`: it stands anywhere in it
 * (written `*text*`); only a value of a key has that, a free word stands anywhere as it is.
 */
export const queryValueSchema = z.object({
  text: z.string().min(1),
  prefix: z.boolean(),
  part: z.literal(true).optional(),
});
export type QueryValue = z.infer<typeof queryValueSchema>;

export const numberTestSchema = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['=', '>=', '>', '<=', '<']), value: z.number().int() }),
  z.object({ op: z.literal('..'), from: z.number().int(), to: z.number().int() }),
]);
export type NumberTest = z.infer<typeof numberTestSchema>;

export const clauseSchema = z.discriminatedUnion('kind', [
  /** A free word or quoted phrase that must occur somewhere in the entry. */
  z.object({ kind: z.literal('word'), exclude: z.boolean(), value: queryValueSchema }),
  z.object({
    kind: z.literal('value'),
    key: z.enum(valueKeys),
    exclude: z.boolean(),
    values: z.array(queryValueSchema).min(1),
  }),
  z.object({
    kind: z.literal('number'),
    key: z.enum(numberKeys),
    exclude: z.boolean(),
    tests: z.array(numberTestSchema).min(1),
  }),
  /**
   * A period. The bounds are kept as they were written: a date (`2026`, `2026-03`, `2026-03-01`), a moment
   * (`2026-03-01T10:30`), or relative (`-7d`). Both ends are included; "to" includes its whole day, month or year.
   * `from`: only `start`; `to`: only `end`; `date`: one or both.
   */
  z.object({
    kind: z.literal('time'),
    key: z.enum(['from', 'to', 'date']),
    exclude: z.boolean(),
    start: z.string().nullable(),
    end: z.string().nullable(),
  }),
]);
export type Clause = z.infer<typeof clauseSchema>;
export const querySchema = z.object({ clauses: z.array(clauseSchema).max(1000) });
export type Query = z.infer<typeof querySchema>;

/** How a query is read: which zone its dates are in, and whether accents matter. */
export const readingSchema = z.object({
  /** IANA name of the zone, `America/Mexico_City`. */
  zone: z.string(),
  ignoreAccents: z.boolean(),
});
export type Reading = z.infer<typeof readingSchema>;

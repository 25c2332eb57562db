import { z } from 'zod';
import { entrySchema } from '#shared/contract/entry.ts';
import { maxPageRows, totalSchema } from '#shared/contract/view.ts';

/** The parameters of `GET /api/entries`. */
export const entriesQuerySchema = z.object({
  query: z.string().max(100_000).default('').meta({ description: 'A query as in the search box.' }),
  sort: z.string().default('-occurredAt').meta({ description: 'A column; a minus before it sorts descending.' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxPageRows)
    .default(100)
    .meta({ description: 'How many entries a page has at most.' }),
  after: z.string().max(200_000).optional().meta({ description: 'The `next` of the page before.' }),
  zone: z.string().max(100).default('UTC').meta({ description: 'IANA zone in which the query’s dates are read.' }),
  accents: z.enum(['ignore', 'match']).default('match').meta({ description: '`ignore` finds á when asked for a.' }),
});

export const entriesAnswerSchema = z.object({
  entries: z.array(entrySchema),
  next: z.string().nullable(),
  total: totalSchema,
});

export const entryIdSchema = z.object({ id: z.string().regex(/^\d{1,16}$/) });

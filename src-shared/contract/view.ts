import { z } from 'zod';
import { entryRowSchema, moduleSchema, sortSchema } from '#shared/contract/entry.ts';
import { facetColumns } from '#shared/contract/names.ts';
import { querySchema, readingSchema } from '#shared/contract/query.ts';

/**
 * A frozen look at the ledger. `newestId` and `now` are null in the first call and are then taken from its answer, so
 * that entries which arrive later never shift a view and `-7d` keeps its meaning.
 */
export const viewSchema = z.object({
  query: querySchema,
  sort: sortSchema,
  reading: readingSchema,
  newestId: z.number().int().nonnegative().nullable(),
  /** ISO 8601 instant. */
  now: z.string().nullable(),
});
export type View = z.infer<typeof viewSchema>;

/** Where a page begins: a position (0 the first), the entry with an id, the first at or past an instant, or a cursor. */
export const pageStartSchema = z.union([
  z.object({ position: z.number().int().nonnegative() }),
  z.object({ id: z.number().int().positive() }),
  z.object({ instant: z.string() }),
  z.object({ after: z.string() }),
]);
export type PageStart = z.infer<typeof pageStartSchema>;

export const maxPageRows = 1000;

export const totalSchema = z.object({ atLeast: z.number().int(), exact: z.boolean() });
export type Total = z.infer<typeof totalSchema>;

export const pageSchema = z.object({
  rows: z.array(entryRowSchema),
  /** Position of the first row in the view, 0 the first. */
  position: z.number().int(),
  newestId: z.number().int(),
  now: z.string(),
  total: totalSchema,
  /** Cursor for the page that follows; null at the end. */
  next: z.string().nullable(),
});
export type Page = z.infer<typeof pageSchema>;

export { facetColumns };
export type FacetColumn = (typeof facetColumns)[number];

export const facetSchema = z.object({
  column: z.enum(facetColumns),
  values: z.array(
    z.object({
      /** What to write in a query: `evento:VALUE`. */
      value: z.string(),
      /** What to show. */
      label: z.string(),
      count: z.number().int(),
    }),
  ),
  /** How many different values occur, shown or not. */
  distinct: z.number().int(),
});
export type Facet = z.infer<typeof facetSchema>;

export const facetsSchema = z.object({
  facets: z.array(facetSchema),
  newestId: z.number().int(),
  /** False for an estimate from the search index, whose texts nobody has looked at yet. */
  exact: z.boolean(),
});
export type Facets = z.infer<typeof facetsSchema>;

export const timelineSchema = z.object({
  /** Start of each bar, ISO 8601, ascending; a bar ends where the next begins. */
  starts: z.array(z.string()),
  /** End of the last bar. */
  end: z.string(),
  counts: z.array(z.number().int()),
  /** False for an estimate from the search index, whose texts nobody has looked at yet. */
  exact: z.boolean(),
});
export type Timeline = z.infer<typeof timelineSchema>;

/** One step in the life of a record. */
export const lifeStepSchema = z.object({
  row: entryRowSchema,
  /**
   * The previous entry of the same field left another value than this one starts from: somebody changed it in between
   * and nobody logged it.
   */
  unloggedChange: z
    .object({ sinceId: z.number().int(), since: z.string(), from: z.string(), to: z.string() })
    .nullable(),
});
export const recordLifeSchema = z.object({
  recordId: z.string(),
  module: moduleSchema.nullable(),
  /** Newest first, around the entry that was asked for. */
  steps: z.array(lifeStepSchema),
  total: z.number().int(),
});
export type RecordLife = z.infer<typeof recordLifeSchema>;

import { z } from 'zod';
import { sortColumns } from '#shared/contract/names.ts';

/** Instants are text here: ISO 8601 in UTC with up to six decimals, `2018-08-26T23:57:53.137Z`. */
const instant = z.string();
const text = z.string().nullable();

export const actorSchema = z.object({
  /** The identifier that the source gave the person, as text. */
  id: text,
  login: text,
  name: text,
  email: text,
});

export const moduleSchema = z.object({ number: z.number().int().nullable(), name: text });

/** An HTTP request that was audited. Only what the source said is present. */
export const requestSchema = z
  .object({
    method: z.string(),
    path: z.string(),
    query: z.string(),
    body: z.unknown(),
    responseBody: z.unknown(),
    address: z.string(),
    /** Milliseconds from request to response. */
    durationMs: z.number(),
    correlationId: z.string(),
  })
  .partial();

/** One entry, whole. */
export const entrySchema = z.object({
  /** Position in this ledger: 1, 2, 3 … without gaps. */
  id: z.number().int().positive(),
  /** UUID that makes the entry the same entry wherever it comes from. */
  eventId: z.string(),
  occurredAt: instant,
  /** The source's own text of the time, exactly as it was written. */
  occurredText: z.string(),
  receivedAt: instant,
  actor: actorSchema.nullable(),
  event: text,
  module: moduleSchema.nullable(),
  target: text,
  recordId: text,
  field: text,
  oldValue: text,
  newValue: text,
  detail: text,
  action: text,
  /** HTTP status. */
  status: z.number().int().nullable(),
  request: requestSchema.nullable(),
  /** Name of the system that the entry comes from. */
  source: text,
  /** The identifier that the source gave the entry. */
  sourceEntryId: text,
  /** Where it was read: file name and line, 1 the first; null when it was captured. */
  origin: z.object({ file: z.string(), line: z.number().int() }).nullable(),
  /** What the source said and no column of ours holds. */
  extra: z.record(z.string(), z.unknown()).nullable(),
});
export type Entry = z.infer<typeof entrySchema>;
export type Actor = z.infer<typeof actorSchema>;
export type Module = z.infer<typeof moduleSchema>;
export type AuditedRequest = z.infer<typeof requestSchema>;

/** A piece of a long value around its first hit; `before` and `after` say whether something was left out there. */
export const excerptSchema = z.object({ text: z.string(), before: z.boolean(), after: z.boolean() });
export type Excerpt = z.infer<typeof excerptSchema>;

/** What the grid shows of an entry. Long values come as excerpts; the entry itself has them whole. */
export const entryRowSchema = z.object({
  id: z.number().int(),
  occurredAt: instant,
  event: text,
  module: moduleSchema.nullable(),
  actor: actorSchema.nullable(),
  recordId: text,
  target: text,
  field: text,
  oldValue: excerptSchema.nullable(),
  newValue: excerptSchema.nullable(),
  detail: excerptSchema.nullable(),
  action: excerptSchema.nullable(),
  status: z.number().int().nullable(),
  source: text,
});
export type EntryRow = z.infer<typeof entryRowSchema>;

export { sortColumns };
export type SortColumn = (typeof sortColumns)[number];
export const sortSchema = z.object({ column: z.enum(sortColumns), descending: z.boolean() });
export type Sort = z.infer<typeof sortSchema>;

import { z } from 'zod';
import { sourceColumns } from '#shared/contract/names.ts';

/** The columns of ours that a source's field can be mapped to. `extra` keeps it beside the entry; `ignore` drops it. */
export const importTargets = [...sourceColumns, 'ignore'] as const;
export type ImportTarget = (typeof importTargets)[number];

/** Field name in the file → column of ours. Fields that are not named are guessed, and kept as `extra` when unknown. */
export const importMapSchema = z.record(z.string(), z.enum(importTargets));
export type ImportMap = z.infer<typeof importMapSchema>;

export const importFormats = ['ndjson', 'csv'] as const;
export const importEncodings = ['utf-8', 'latin1', 'utf-16le', 'utf-16be'] as const;
export const csvDelimiters = [',', ';', '\t'] as const;
export const dateOrders = ['dmy', 'mdy'] as const;

export const importOptionsSchema = z.object({
  map: importMapSchema.default({}),
  /** Name of the system that the entries come from. */
  source: z.string().min(1).nullable().default(null),
  format: z.enum(importFormats).nullable().default(null),
  encoding: z.enum(importEncodings).nullable().default(null),
  delimiter: z.enum(csvDelimiters).nullable().default(null),
  /** How 03/04/2026 is read; null guesses from the file and prefers day first. */
  dateOrder: z.enum(dateOrders).nullable().default(null),
  /** IANA zone of times that carry no offset. */
  zone: z.string().default('UTC'),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** Why a line was not stored. The sentences live in `reject-reasons.ts`. */
export const rejectSchema = z.object({
  /** Line in the file, 1 the first. */
  line: z.number().int(),
  reason: z.string(),
  details: z.record(z.string(), z.unknown()),
  /** The beginning of the line, at most 200 characters; the rejects file has it whole. */
  excerpt: z.string(),
});
export type Reject = z.infer<typeof rejectSchema>;

export const importPreviewSchema = z.object({
  file: z.string(),
  bytes: z.number(),
  format: z.enum(importFormats),
  gzip: z.boolean(),
  encoding: z.enum(importEncodings),
  delimiter: z.enum(csvDelimiters).nullable(),
  dateOrder: z.enum(dateOrders),
  columns: z.array(
    z.object({ name: z.string(), target: z.enum(importTargets), guessed: z.boolean(), samples: z.array(z.string()) }),
  ),
  /** The first rows as the file has them, in the order of `columns`; null is absent. */
  rows: z.array(z.array(z.string().nullable())),
  rejects: z.array(rejectSchema),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const importProgressSchema = z.object({
  phase: z.enum(['reading', 'indexing']),
  read: z.number().int(),
  stored: z.number().int(),
  duplicates: z.number().int(),
  rejected: z.number().int(),
  /** Bytes of the file read so far (before unpacking), and in all. */
  bytes: z.number(),
  totalBytes: z.number(),
  rowsPerSecond: z.number(),
  /** Null while nothing can be said. */
  remainingSeconds: z.number().nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

export const importResultSchema = z.object({
  read: z.number().int(),
  stored: z.number().int(),
  duplicates: z.number().int(),
  rejected: z.number().int(),
  /** Full path of the file with the rejected lines and their reasons; null when there are none. */
  rejectsFile: z.string().nullable(),
  /** The first 100 rejected lines. */
  rejects: z.array(rejectSchema),
  /** Set when the file ended badly (a torn gzip): what was read before that is stored. */
  warning: z.object({ reason: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

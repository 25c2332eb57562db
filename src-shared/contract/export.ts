import { z } from 'zod';
import { exportColumns, exportFormats } from '#shared/contract/names.ts';
import { viewSchema } from '#shared/contract/view.ts';

export { exportColumns, exportFormats };
export type ExportColumn = (typeof exportColumns)[number];
export type ExportFormat = (typeof exportFormats)[number];

export const paperSizes = ['a4', 'letter'] as const;
export const orientations = ['portrait', 'landscape'] as const;
/** A row an entry, or a page an entry with all that it says. */
export const pageLayouts = ['table', 'sheets'] as const;

/** What can be chosen for a format; other formats pass over it. */
export const exportOptionsSchema = z.object({
  csv: z
    .object({
      delimiter: z.enum([',', ';']),
      /** UTF-8 byte order mark: Excel takes the file for another encoding without it. */
      bom: z.boolean(),
      /** Puts `'` before a cell that a spreadsheet would take for a formula. */
      guard: z.boolean(),
    })
    .default({ delimiter: ',', bom: true, guard: true }),
  pdf: z
    .object({ paper: z.enum(paperSizes), orientation: z.enum(orientations), layout: z.enum(pageLayouts) })
    .default({ paper: 'a4', orientation: 'landscape', layout: 'table' }),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

export const exportRequestSchema = z.object({
  view: viewSchema,
  /** Only these entries of the view, still in its order; null for all. */
  ids: z.array(z.number().int().positive()).min(1).max(10_000).nullable().default(null),
  format: z.enum(exportFormats),
  /** The columns of a table, in this order; null for all. NDJSON always has entries whole. */
  columns: z.array(z.enum(exportColumns)).min(1).nullable().default(null),
  /** IANA zone in which the document shows times. */
  zone: z.string(),
  language: z.enum(['es', 'en']),
  options: exportOptionsSchema.prefault({}),
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

export const exportProgressSchema = z.object({
  phase: z.enum(['counting', 'writing', 'checking']),
  rows: z.number().int(),
  /** Null while they are being counted. */
  totalRows: z.number().int().nullable(),
  rowsPerSecond: z.number(),
  /** Null while nothing can be said. */
  remainingSeconds: z.number().nullable(),
});
export type ExportProgress = z.infer<typeof exportProgressSchema>;

export const exportedFileSchema = z.object({
  /** Without its folder. */
  name: z.string(),
  bytes: z.number(),
  /** Hexadecimal. */
  sha256: z.string(),
});

export const exportResultSchema = z.object({
  rows: z.number().int(),
  /** Lowest and highest id in the document; null when it is empty. */
  firstId: z.number().int().nullable(),
  lastId: z.number().int().nullable(),
  /** The document, or its volumes in order. */
  files: z.array(exportedFileSchema),
  /** The completeness sheet when the format has no room for it inside. */
  sideFile: exportedFileSchema.nullable(),
  /** Values that the format could not hold whole, and how many there are. */
  shortened: z.number().int(),
  /** Id of the entry that says that this was exported; null when nothing could be written to the ledger. */
  entryId: z.number().int().nullable(),
});
export type ExportResult = z.infer<typeof exportResultSchema>;

export const exportJobSchema = z.object({
  job: z.string(),
  format: z.enum(exportFormats),
  /** The document's name, without its folder. */
  name: z.string(),
  /** A document that is shown where it was asked for, to be printed. */
  forPrint: z.boolean(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** The last that was told. */
  progress: exportProgressSchema,
  /** What came of it; null until it is done. */
  result: exportResultSchema.nullable(),
  /** Why it failed; null unless it did. */
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
});
export type ExportJob = z.infer<typeof exportJobSchema>;

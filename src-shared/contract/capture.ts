import { z } from 'zod';

/** The most entries that are taken in one request. */
export const maxBatchEntries = 10_000;
/** The largest body that is taken, unpacked: 16 MiB. */
export const maxCaptureBytes = 16 * 1024 * 1024;
/** Bodies, values and extras may be nested so deep. */
export const maxCaptureDepth = 200;
/** Names (events, modules, targets, fields, sources, people) may have so many characters. */
export const maxNameLength = 1000;

/** How entries are written in a body: one JSON value (an object or a list), or one object a line. */
export const captureFormats = ['json', 'lines'] as const;
export type CaptureFormat = (typeof captureFormats)[number];

/** A body as it was sent, unpacked; bytes must be UTF-8. */
const captureBodySchema = z.object({
  format: z.enum(captureFormats),
  body: z.union([z.string(), z.custom<Uint8Array>((value) => value instanceof Uint8Array)]),
});

/** What is to be captured: a body, or entries that were read already. */
export const captureInputSchema = z.union([
  captureBodySchema,
  z.object({ entries: z.array(z.unknown()).min(1).max(maxBatchEntries) }),
]);

/** What came of a batch, in its order. */
export const captureReceiptSchema = z.object({
  stored: z.number().int(),
  /** Entries that the ledger had already. */
  duplicates: z.number().int(),
  /** The ledger's id of each entry, new or not. */
  ids: z.array(z.number().int()),
});
export type CaptureReceipt = z.infer<typeof captureReceiptSchema>;

/** The module under which requests to our own HTTP API are recorded. */
export const ownApiModule = 'Bitácora API';

export const captureSettingsSchema = z.object({
  /** Names whose values are secrets; case, accents and separators don't count. */
  secretKeys: z.array(z.string().trim().min(2).max(100)).max(1000),
  /** Whether requests to our own HTTP API become entries too. */
  recordReads: z.boolean().default(true),
});

const text = (description: string) => z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({ description });

/** An entry as programs send it; everything may be left out. What the engine really reads: `capture/read-captured.ts`. */
export const capturedEntrySchema = z
  .object({
    eventId: z.union([z.uuid(), z.null()]).meta({
      description:
        'A UUID of the sender’s (version 7 is best): the same one again is the same entry. Made up when absent.',
    }),
    occurredAt: z.union([z.string(), z.null()]).meta({
      description: 'ISO 8601; UTC when it says no zone. The time of arrival when absent.',
    }),
    actor: z
      .union([
        z.object({ id: text('Id.'), login: text('Login.'), name: text('Name.'), email: text('E-mail.') }).partial(),
        z.string(),
        z.null(),
      ])
      .meta({ description: 'Who did it, or the login alone; null for nobody who was signed in.' }),
    event: text('CREATE, UPDATE, DELETE, STATUS_CHANGE, REQUEST or any other. REQUEST when only a request is told.'),
    module: z
      .union([
        z.object({ number: z.union([z.int(), z.null()]), name: text('Name.') }).partial(),
        z.string(),
        z.int(),
        z.null(),
      ])
      .meta({ description: 'The part of the system: number, name or both.' }),
    target: text('What it affected.'),
    recordId: text('Id of the record.'),
    field: text('The field that changed.'),
    oldValue: z.unknown().meta({ description: 'Its value before; what is no text is kept as JSON.' }),
    newValue: z.unknown().meta({ description: 'Its value after.' }),
    detail: z.unknown().meta({ description: 'Anything more to say.' }),
    action: text('`POST /api/payments/create/`; made from the request when absent.'),
    status: z.union([z.int().min(100).max(599), z.null()]).meta({ description: 'HTTP status.' }),
    request: z
      .union([
        z
          .object({
            method: text('Method.'),
            path: text('Path.'),
            query: text('Query string.'),
            body: z.unknown(),
            responseBody: z.unknown(),
            address: text('Address of the client.'),
            durationMs: z.union([z.number(), z.null()]),
            correlationId: text('Correlation id.'),
          })
          .partial(),
        z.null(),
      ])
      .meta({ description: 'The HTTP request.' }),
    source: text('The system that it comes from; the token’s name when absent.'),
    sourceEntryId: text('The source’s own id of the entry.'),
    extra: z.union([z.record(z.string(), z.unknown()), z.null()]).meta({ description: 'What has no place above.' }),
  })
  .partial();

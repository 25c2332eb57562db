import { z } from 'zod';

/** Where programs find Bitácora unless another port is chosen. */
export const usualCapturePort = 4701;

/** A port; 0 stands for any free one, which is then remembered. */
const port = z.number().int().min(0).max(65_535);

/** What was chosen about capture; it belongs to a ledger. */
export const captureChoicesSchema = z.object({
  on: z.boolean(),
  port,
  /** Whether the desktop program stays when its window is closed. */
  keepRunning: z.boolean(),
});
export type CaptureChoices = z.infer<typeof captureChoicesSchema>;

/** A failure with its code, as `WireError`. */
const failure = z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) });

export const captureStateSchema = z.object({
  /** Whether entries are taken. */
  on: z.boolean(),
  /** `own`: this program listens while capture is on; `served`: `bitacora serve` listens in any case; `none`: nobody does. */
  host: z.enum(['own', 'served', 'none']),
  /** `http://127.0.0.1:4701`; null while nobody listens. */
  url: z.string().nullable(),
  /** The port that is listened at, or would be. */
  port,
  /** Why nobody listens although capture is on. */
  problem: failure.nullable(),
  keepRunning: z.boolean(),
  /** Logs of other programs that are followed now; those that are paused don't count. */
  follows: z.number().int(),
  /** Since when the figures below count: the start of the engine. ISO 8601. */
  since: z.string(),
  /** Requests whose entries are here and not on disk yet. */
  waiting: z.number().int(),
  stored: z.number().int(),
  duplicates: z.number().int(),
  /** Requests that were refused, by the code of their error or, where nothing could be stored, by its reason. */
  refused: z.array(z.object({ reason: z.string(), requests: z.number().int(), lastAt: z.string() })),
  /** The last time that nothing could be stored, and since when it works again; null: it always could. */
  trouble: z.object({ reason: z.string(), at: z.string(), healedAt: z.string().nullable() }).nullable(),
});
export type CaptureState = z.infer<typeof captureStateSchema>;

/** A system that entries come from. */
export const captureSourceSchema = z.object({
  name: z.string(),
  /** Entries that came in the last minute and the last hour, counted since the engine was started. */
  lastMinute: z.number().int(),
  lastHour: z.number().int(),
  /** Entries that happened today, in the zone that was asked for. */
  today: z.number().int(),
  /** Entries in all. */
  entries: z.number().int(),
  /** When its newest entry came. ISO 8601. */
  lastSeenAt: z.string(),
});
export type CaptureSource = z.infer<typeof captureSourceSchema>;

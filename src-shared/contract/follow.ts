import { z } from 'zod';
import { importEncodings, importOptionsSchema } from '#shared/contract/import.ts';
import { faultSchema } from '#shared/contract/log-files.ts';
import type { ProcedureSpec } from '#shared/contract/procedures.ts';

/** `beginning`: what the file and its rotated parts hold already, then what comes; `now`: only what comes. */
export const followStarts = ['beginning', 'now'] as const;

/** How a followed log is read: as an import reads it, of the formats only JSON lines. */
export const followOptionsSchema = importOptionsSchema
  .omit({ format: true, delimiter: true })
  .extend({ start: z.enum(followStarts).default('beginning') });
export type FollowOptions = z.infer<typeof followOptionsSchema>;

/**
 * `following` reads what comes, `waiting` for the file to be there, `paused` by somebody, `failed` and tried again by
 * itself: `error` says why.
 */
export const followStates = ['following', 'waiting', 'paused', 'failed'] as const;

export const followSchema = z.object({
  id: z.string(),
  /** Full path of the log that the other program writes; its rotated parts lie beside it. */
  path: z.string(),
  options: followOptionsSchema,
  state: z.enum(followStates),
  /** Null until the format is known, which takes a first line. */
  format: z.enum(['ndjson']).nullable(),
  encoding: z.enum(importEncodings).nullable(),
  /** Bytes of the log as it is now, and how many of them are read. */
  bytes: z.number(),
  position: z.number(),
  /** Bytes that are not read yet, those of rotated parts included; a line that is not finished counts. */
  lag: z.number(),
  /** Lines a second over the last seconds. */
  rate: z.number(),
  /** Since the engine started: lines, entries stored, entries that the ledger had, lines that are no entry. */
  read: z.number().int(),
  stored: z.number().int(),
  duplicates: z.number().int(),
  rejected: z.number().int(),
  /** Full path of the file with the rejected lines and their reasons; null when there are none. */
  rejectsFile: z.string().nullable(),
  /** ISO 8601 instant at which the last line was read; null when there was none since the engine started. */
  lastLineAt: z.string().nullable(),
  /** How often the part that was being read was gone before it was read to its end: lines may be missing. */
  gaps: z.number().int(),
  /** Name of a rotated, packed file that is cut off or damaged and was left out; null when there is none. */
  torn: z.string().nullable(),
  error: faultSchema.nullable(),
});
export type Follow = z.infer<typeof followSchema>;

const nothing = z.object({});
const id = z.string().min(1).max(100);

export const followProcedures = {
  'capture.follows': {
    kind: 'query',
    access: 'admin',
    summary: 'The logs of other programs that are followed, and how that goes.',
    input: nothing,
    output: z.object({
      follows: z.array(followSchema),
      /** Full paths of the folders in which `capture.followNamed` takes a log; mostly none. */
      namedIn: z.array(z.string()),
    }),
  },
  'capture.follow': {
    kind: 'command',
    access: 'admin',
    summary:
      'Follows a log that the person chose (a grant of `file.grant`). One that is followed already stays as it is.',
    input: z.object({ grant: z.string(), options: followOptionsSchema }),
    output: followSchema,
  },
  'capture.followNamed': {
    kind: 'command',
    access: 'admin',
    summary:
      'The same for a file that is there, by its full path, in the folders that whoever started the engine named.',
    input: z.object({ path: z.string().min(1).max(4096), options: followOptionsSchema }),
    output: followSchema,
  },
  'capture.followPath': {
    kind: 'command',
    access: 'host',
    summary: 'The same by any path, which need not exist yet; not for windows.',
    input: z.object({ path: z.string().min(1), options: followOptionsSchema }),
    output: followSchema,
  },
  'capture.pauseFollow': {
    kind: 'command',
    access: 'admin',
    summary: 'Pauses a followed log or goes on with it, where it was.',
    input: z.object({ id, paused: z.boolean() }),
    output: nothing,
  },
  'capture.unfollow': {
    kind: 'command',
    access: 'admin',
    summary: 'Follows a log no more. What was stored stays.',
    input: z.object({ id }),
    output: nothing,
  },
} as const satisfies Record<string, ProcedureSpec>;

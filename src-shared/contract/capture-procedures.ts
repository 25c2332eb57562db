import { z } from 'zod';
import { captureChoicesSchema, captureSourceSchema, captureStateSchema } from '#shared/contract/capture-state.ts';
import type { ProcedureSpec } from '#shared/contract/procedures.ts';

/** How capture is going, and what is chosen about it. */
export const captureProcedures = {
  'capture.watch': {
    kind: 'job',
    access: 'admin',
    summary: 'Stays open and tells how capture is going: on or off, its address, what waits, what was refused.',
    input: z.object({}),
    output: z.object({}),
    event: captureStateSchema,
  },
  'capture.choose': {
    kind: 'command',
    access: 'admin',
    summary: 'Switches capture on or off, or chooses its port. The answer says whether it can be reached now.',
    input: captureChoicesSchema.partial(),
    output: captureStateSchema,
  },
  'capture.sources': {
    kind: 'query',
    access: 'admin',
    summary: 'The systems that entries come from, with their rates and when each was last heard of.',
    input: z.object({
      /** IANA zone whose day is today. */
      zone: z.string().max(100),
    }),
    output: z.object({
      sources: z.array(captureSourceSchema),
      /** Sources that are not listed because there are too many; those with the most entries are. */
      more: z.number().int(),
    }),
  },
} as const satisfies Record<string, ProcedureSpec>;

import type { BitacoraError } from '#shared/contract/errors.ts';

export const exitCodes = { done: 0, failed: 1, wrongUse: 2 } as const;

/** The statuses that say that what was asked for can't be: a bad option, query or file. */
const wrongUse: ReadonlySet<number> = new Set([400, 403, 404, 413, 415, 422]);

/** 2 when the person can put it right by asking for something else, 1 when something went wrong or the answer is no. */
export const exitCodeOf = (error: BitacoraError): number =>
  wrongUse.has(error.status) ? exitCodes.wrongUse : exitCodes.failed;

import type { CapturedBatch, CapturedIds } from '#main/store/captured.ts';
import { packEntries } from '#main/store/packed-entries.ts';
import type { CaptureReceipt } from '#shared/contract/capture.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { CapturedEntry } from './read-captured.ts';

/** Entries as the writer takes them, to be stored together. */
export const batchOf = (entries: readonly CapturedEntry[]): CapturedBatch => ({
  entries: packEntries(entries.map(({ entry }) => entry)),
  given: Uint8Array.from(entries, ({ given }) => (given ? 1 : 0)),
});

/** What is answered to the request whose entries are the `count` from `from` on. */
export const receiptOf = ({ ids, fresh }: CapturedIds, from: number, count: number): CaptureReceipt => {
  let stored = 0;
  for (let i = from; i < from + count; i += 1) stored += fresh[i] ?? 0;
  return { stored, duplicates: count - stored, ids: Array.from(ids.subarray(from, from + count)) };
};

/** What keeps the ledger from storing, as what it means for whoever sends: not now. A bug stays one. */
export const asRefusal = (error: unknown): unknown =>
  error instanceof BitacoraError && error.code !== 'internal'
    ? new BitacoraError('not_accepting', { reason: error.code }, { cause: error })
    : error;

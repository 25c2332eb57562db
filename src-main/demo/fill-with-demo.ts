import { createHash } from 'node:crypto';
import type { ImportLedger } from '#main/store/import-ledger.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { throwIfCancelled } from '#shared/contract/errors.ts';
import { generateTrail } from './generate-trail.ts';

const batchEntries = 2000;

/** Entries between two progress reports. */
const reportEvery = 20_000;

/** Adds a generated trail to a ledger. Run again with the same numbers, it stores nothing twice. */
export const fillWithDemo = async (options: {
  readonly rows: number;
  readonly seed: number;
  readonly ledger: ImportLedger;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { done: number; total: number }) => void;
}): Promise<{ stored: number }> => {
  const { rows, seed, ledger, signal, onProgress } = options;
  const file = `demo ${rows} ${seed}`;
  const fingerprint = createHash('sha256').update(file).digest('hex');
  const { importId } = await ledger.beginImport({ fingerprint, file });
  let stored = 0;
  let done = 0;
  let batch: NewEntry[] = [];
  let storing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const { length } = batch;
    const storeBatch = ledger.prepare(batch);
    batch = [];
    await storing;
    throwIfCancelled(signal);
    storing = storeBatch({ importId, checkpoint: null }).then((result) => {
      stored += result.stored;
      done += length;
      if (done % reportEvery === 0) onProgress({ done, total: rows });
    });
    // Thrown where it is waited for.
    storing.catch(() => undefined);
  };
  for (const entry of generateTrail({ rows, seed })) {
    batch.push(entry);
    if (batch.length >= batchEntries) await flush();
  }
  if (batch.length > 0) await flush();
  await storing;
  await ledger.finishImport(importId);
  onProgress({ done, total: rows });
  return { stored };
};

import type { MessagePort } from 'node:worker_threads';
import type { ImportLedger, StoreBatch } from '#main/store/import-ledger.ts';
import { packEntries } from '#main/store/packed-entries.ts';
import { createPortCaller } from '#main/store/threads/port-caller.ts';

/** The ledger as a thread that reads files sees it, over a port to the writer. */
export const writerLedger = (port: MessagePort): { readonly ledger: ImportLedger; readonly close: () => void } => {
  const writer = createPortCaller(port);
  return {
    ledger: {
      beginImport: (run) => writer.call('beginImport', run) as ReturnType<ImportLedger['beginImport']>,
      prepare: (batch) => {
        const entries = packEntries(batch);
        return (mark) => writer.call('append', { entries, mark }) as ReturnType<StoreBatch>;
      },
      finishImport: async (importId) => {
        await writer.call('finishImport', { importId });
      },
    },
    close: writer.close,
  };
};

import path from 'node:path';
import type { RedactionTerms } from '#main/capture/capture.thread.ts';
import type { createFileGrants } from '#main/capture/file-grants.ts';
import { openRedactionKey } from '#main/capture/redaction-key.ts';
import { runIngest } from '#main/capture/run-ingest.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import type { ImportProgress } from '#shared/contract/import.ts';
import { captureSettingsOf } from './capture-handlers.ts';
import { isOfFollowedLog } from './follow-handlers.ts';

type IngestProcedure = 'file.grant' | 'import.preview' | 'import.run' | 'index.catchUp' | 'index.rebuild' | 'demo.fill';

/** Handlers that bring entries into the ledger. */
export const createIngestHandlers = (
  holder: LedgerHolder,
  grants: ReturnType<typeof createFileGrants>,
): HandlersFor<IngestProcedure> => {
  /** Runs an operation that stores entries: the side indexes yield to it, and windows hear of what it stored. */
  const storing = async <Value>(work: (ledger: SqliteLedger) => Promise<Value>): Promise<Value> => {
    const ledger = await holder.ensure();
    const resume = ledger.yieldTo();
    try {
      return await work(ledger);
    } finally {
      resume();
      ledger.written();
      holder.changed();
    }
  };
  /**
   * What is taken out of a file that is imported: nothing, since it is evidence as it is; but of a log that is followed
   * the same as following takes out, so that its secrets don't come in by another way, nor its lines twice.
   */
  const redactionOf = async (ledger: SqliteLedger, file: string): Promise<RedactionTerms | null> => {
    if (ledger.desk === null || !(await isOfFollowedLog(ledger.desk, file))) return null;
    const { secretKeys } = await captureSettingsOf(ledger.desk);
    return { secretKeys, key: openRedactionKey(path.dirname(ledger.file)) };
  };
  return {
    'file.grant': async (input) => grants.give(input.path),
    'import.preview': ({ grant, options }, { signal }) =>
      runIngest('preview', { path: grants.pathOf(grant), options }, { writer: null, signal }),
    'import.run': ({ grant, options, users }, { signal, progress }) =>
      storing(async (ledger) => {
        const file = grants.pathOf(grant);
        const input = {
          path: file,
          options,
          redaction: await redactionOf(ledger, file),
          rejectsFolder: path.join(path.dirname(ledger.file), 'rejects'),
          usersPath: users === null ? null : grants.pathOf(users),
        };
        const onProgress = (value: ImportProgress): void => {
          ledger.written();
          holder.changed();
          progress(value);
        };
        return runIngest('import', input, { writer: await ledger.connectWriter(), signal, onProgress });
      }),
    'index.catchUp': async (_input, { signal, progress }) => {
      const ledger = holder.current();
      const { entries } = await ledger.info();
      await ledger.catchUp(signal, (indexed) => progress({ indexed, entries }));
      return {};
    },
    'index.rebuild': async (_input, { signal, progress }) => {
      const ledger = holder.current();
      const began = performance.now();
      const bytes = await ledger.rebuildIndexes(signal, progress);
      const { entries } = await ledger.info();
      return { entries, seconds: Math.round(performance.now() - began) / 1000, bytes };
    },
    'demo.fill': (input, { signal, progress }) =>
      storing(async (ledger) =>
        runIngest('demo', input, { writer: await ledger.connectWriter(), signal, onProgress: progress }),
      ),
  };
};

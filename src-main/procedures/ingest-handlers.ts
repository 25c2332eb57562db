import path from 'node:path';
import { createFileGrants } from '#main/capture/file-grants.ts';
import { runIngest } from '#main/capture/run-ingest.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { ImportProgress } from '#shared/contract/import.ts';

type IngestProcedure = 'file.grant' | 'import.preview' | 'import.run' | 'index.catchUp' | 'demo.fill';

/** Handlers that bring entries into the ledger. */
export const createIngestHandlers = (holder: LedgerHolder): HandlersFor<IngestProcedure> => {
  const grants = createFileGrants();
  return {
    'file.grant': async (input) => grants.give(input.path),
    'import.preview': ({ grant, options }, { signal }) =>
      runIngest('preview', { path: grants.pathOf(grant), options }, { writer: null, signal }),
    'import.run': async ({ grant, options, users }, { signal, progress }) => {
      const file = grants.pathOf(grant);
      const usersPath = users === null ? null : grants.pathOf(users);
      const ledger = await holder.ensure();
      const rejectsFolder = path.join(path.dirname(ledger.file), 'rejects');
      const onProgress = (value: ImportProgress): void => {
        ledger.written();
        holder.changed();
        progress(value);
      };
      try {
        return await runIngest(
          'import',
          { path: file, options, rejectsFolder, usersPath },
          { writer: await ledger.connectWriter(), signal, onProgress },
        );
      } finally {
        ledger.written();
        holder.changed();
      }
    },
    'index.catchUp': async (_input, { signal, progress }) => {
      const ledger = holder.current();
      const { entries } = (await ledger.read('any', 'info', {})) as { entries: number };
      await ledger.catchUp(signal, (indexed) => progress({ indexed, entries }));
      return {};
    },
    'demo.fill': async ({ rows, seed }, { signal, progress }) => {
      const ledger = await holder.ensure();
      try {
        return await runIngest(
          'demo',
          { rows, seed },
          { writer: await ledger.connectWriter(), signal, onProgress: progress },
        );
      } finally {
        ledger.written();
        holder.changed();
      }
    },
  };
};

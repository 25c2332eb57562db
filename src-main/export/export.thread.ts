import type { MessagePort } from 'node:worker_threads';
import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { openWholeEntryReader } from '#main/store/sqlite/whole-entry-reader.ts';
import { createPortCaller } from '#main/store/threads/port-caller.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import { throwIfCancelled } from '#shared/contract/errors.ts';
import type { EntryIds } from './entry-ids.ts';
import type { ExportTask } from './export-operations.ts';
import { runExportTask } from './run-export-task.ts';

/** How often a running export looks whether it should stop, milliseconds. */
const lookEveryMs = 40;

export interface ExportSetup {
  /** Leads to the readers that know the order of a view. */
  readonly ids: MessagePort;
}

const idsOver = (port: MessagePort): { readonly ids: EntryIds; readonly close: () => void } => {
  const { call, close } = createPortCaller(port);
  return {
    ids: {
      count: async (view) => ((await call('count', { view })) as { count: number }).count,
      ids: (view, position, limit) => call('ids', { view, position, limit }) as ReturnType<EntryIds['ids']>,
    },
    close,
  };
};

/** The thread that writes a document: formatting and compressing stand in nobody's way. */
serveThread<ExportSetup>((setup, { shouldStop }) => {
  const { ids, close } = idsOver(setup.ids);
  return {
    run: async (operation, { input, progress }) => {
      if (operation !== 'export') throw new Error(`no operation ${operation}`);
      // The engine is the only caller, and calls by the types of `ExportOperations`.
      const task = input as ExportTask;
      const controller = new AbortController();
      const looking = setInterval(() => {
        if (shouldStop()) controller.abort();
      }, lookEveryMs);
      let db: SqliteDatabase | undefined;
      try {
        db = openReader(task.ledger, 'in turn');
        const entries = openWholeEntryReader(db, openDictionaries(db));
        const { signal } = controller;
        return await runExportTask(task, {
          db,
          entries,
          ids,
          signal,
          onProgress: progress,
          clock: () => Date.now() * 1000,
        });
      } catch (error) {
        throwIfCancelled(controller.signal);
        throw error;
      } finally {
        db?.close();
        clearInterval(looking);
      }
    },
    close,
  };
});

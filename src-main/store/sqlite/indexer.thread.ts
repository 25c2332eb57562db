import { serveThread } from '#main/store/threads/serve-thread.ts';
import { openReader } from './database.ts';
import { indexBytes, removeIndexFiles } from './index-folder.ts';
import { createIndexer, type IndexerCall } from './indexer.ts';
import type { LedgerThreadSetup } from './thread-setup.ts';

/** The thread that brings the side indexes after the ledger, one bounded step a call. */
serveThread<LedgerThreadSetup>((setup, { shouldStop }) => {
  const db = openReader(setup.file, 'in turn');
  const open = () => createIndexer({ db, folder: setup.indexFolder, searchState: setup.searchState, shouldStop });
  let indexer = open();
  const operations: Record<string, (input: never) => unknown> = {
    step: ({ pace, mayCheck }: IndexerCall) => indexer.step(pace, mayCheck),
    clear: () => {
      indexer.close();
      removeIndexFiles(setup.indexFolder);
      indexer = open();
      return null;
    },
    bytes: () => indexBytes(setup.indexFolder),
  };
  return {
    run: (operation, { input }) => {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!run) throw new Error(`no operation ${operation}`);
      return run(input as never);
    },
    close: () => {
      indexer.close();
      db.close();
    },
  };
});

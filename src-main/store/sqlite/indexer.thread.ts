import { serveThread } from '#main/store/threads/serve-thread.ts';
import { openReader } from './database.ts';
import { createIndexer } from './indexer.ts';
import type { LedgerThreadSetup } from './thread-setup.ts';
import type { IndexPace } from './upkeep.ts';

/** The thread that brings the side indexes after the ledger, one bounded step a call. */
serveThread<LedgerThreadSetup>((setup, { shouldStop }) => {
  const db = openReader(setup.file, 'in turn');
  const indexer = createIndexer({ db, folder: setup.indexFolder, searchState: setup.searchState, shouldStop });
  return {
    run: (operation, { input }) => {
      if (operation !== 'step') throw new Error(`no operation ${operation}`);
      return indexer.step((input as { pace: IndexPace }).pace);
    },
    close: () => db.close(),
  };
});

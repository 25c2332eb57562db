import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { openWholeEntryReader } from '#main/store/sqlite/whole-entry-reader.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import type { Logger } from '#shared/contract/log-files.ts';
import { LogCopier } from './log-copier.ts';
import { asLogFault } from './log-fault.ts';

export interface LogFilesSetup {
  /** Path of the ledger. */
  readonly file: string;
  readonly folder: string;
  readonly loggers: readonly Logger[];
}

/** The thread that writes the log files: a slow disk for them stands in nobody's way. */
serveThread<LogFilesSetup>(({ file, folder, loggers }, { shouldStop }) => {
  const db: SqliteDatabase = openReader(file, 'in turn');
  const entries = openWholeEntryReader(db, openDictionaries(db));
  const copier = new LogCopier({ folder, loggers, db, entries, shouldStop });
  return {
    run: async (operation) => {
      if (operation !== 'copy') throw new Error(`no operation ${operation}`);
      try {
        return await copier.copy();
      } catch (error) {
        throw asLogFault(error);
      }
    },
    close: () => {
      // The thread ends; what was handed to the disk is there, and what was not is written by the next one.
      void copier.close();
      db.close();
    },
  };
});

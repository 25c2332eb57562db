import { statSync } from 'node:fs';
import { assertDurable, checkpointWhatIsFree, optimizePlans, type SqliteDatabase } from './database.ts';

/** A write-ahead log of so many bytes is folded into the ledger when there is a moment. */
const longLog = 4 * 1024 * 1024;

/** How often SQLite's own statistics are looked after at most, milliseconds. */
const optimizeEvery = 3_600_000;

/** What the writer does for the ledger when nothing else is to be done. */
export const createLedgerUpkeep = (db: SqliteDatabase, file: string) => {
  let optimizedAt = Number.NEGATIVE_INFINITY;
  return {
    tend: (): void => {
      if (Date.now() - optimizedAt >= optimizeEvery) {
        optimizedAt = Date.now();
        optimizePlans(db);
        assertDurable(db);
      }
      const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
      if ((log?.size ?? 0) > longLog) checkpointWhatIsFree(db);
    },
  };
};

import type { SharedColumns } from './columns/columns.ts';

/** What every thread of an open ledger gets. */
export interface LedgerThreadSetup {
  /** Path of the ledger. */
  readonly file: string;
  readonly indexFolder: string;
  readonly columns: SharedColumns;
  readonly searchState: SharedArrayBuffer;
}

import type { SharedColumns } from './columns/columns.ts';
import type { SettledMatches } from './settled-matches.ts';

/** What every thread of an open ledger gets. */
export interface LedgerThreadSetup {
  /** Path of the ledger. */
  readonly file: string;
  readonly indexFolder: string;
  /** How the ledger was opened: whoever only reads changes nothing in its folder. */
  readonly access: 'write' | 'read';
  readonly columns: SharedColumns;
  readonly searchState: SharedArrayBuffer;
  readonly settled: SettledMatches;
}

import type { NewEntry } from '#main/store/new-entry.ts';

/** What an import needs of a ledger. */
export interface ImportLedger {
  /**
   * Opens an import of a file. `fingerprint` names the file's content and the options that change its reading; when an
   * earlier import with the same fingerprint did not finish, its last checkpoint comes back.
   */
  beginImport(run: { readonly fingerprint: string; readonly file: string }): Promise<{
    readonly importId: number;
    readonly checkpoint: unknown;
  }>;
  /**
   * Lays a batch out for the store, here and now: to be done while the batch before is being stored. The answer stores
   * it; see `StoreBatch`.
   */
  prepare(entries: readonly NewEntry[]): StoreBatch;
  /** Marks the import as finished; its checkpoint is forgotten. */
  finishImport(importId: number): Promise<void>;
}

/**
 * Stores a batch and the checkpoint in one transaction; resolves when it is on disk. Entries whose `eventId` the ledger
 * has already are counted as duplicates. Throws `disk_full` or `disk_fault` with nothing of the batch stored.
 */
export type StoreBatch = (progress: {
  readonly importId: number;
  readonly checkpoint: unknown;
}) => Promise<{ readonly stored: number; readonly duplicates: number }>;

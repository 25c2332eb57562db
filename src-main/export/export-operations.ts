import type { ExportProgress, ExportRequest, ExportResult } from '#shared/contract/export.ts';

/** An export as its thread gets it. */
export interface ExportTask {
  readonly request: ExportRequest;
  /** Full path of the document. */
  readonly target: string;
  /** The ledger's file. */
  readonly ledger: string;
  /** Who exports, for people. */
  readonly operator: string;
  /** Of Bitácora. */
  readonly version: string;
}

/** What was exported, for the entry that says so. */
export interface ExportOutcome extends Omit<ExportResult, 'entryId'> {
  readonly query: string;
  readonly sort: string;
  readonly newestId: number;
}

/** What an export thread can be asked. Each runs in a thread of its own, which ends afterwards. */
export interface ExportOperations {
  export: { input: ExportTask; output: ExportOutcome; progress: ExportProgress };
}

import type { RedactionTerms } from '#main/capture/capture.thread.ts';
import type { ImportOptions, ImportPreview, ImportProgress, ImportResult } from '#shared/contract/import.ts';

/** What an ingest thread can be asked. Each runs in a thread of its own, which ends afterwards. */
export interface IngestOperations {
  preview: { input: { path: string; options: ImportOptions }; output: ImportPreview; progress: never };
  import: {
    input: {
      path: string;
      options: ImportOptions;
      rejectsFolder: string;
      usersPath: string | null;
      /** By what secrets are taken out; null when the file is stored as it is. */
      redaction: RedactionTerms | null;
    };
    output: ImportResult;
    progress: ImportProgress;
  };
  demo: {
    input: { rows: number; seed: number };
    output: { stored: number };
    progress: { done: number; total: number };
  };
}

import type { WholeEntry } from '#main/store/whole-entry.ts';
import type { Language } from '#shared/contract/errors.ts';
import type { ExportColumn, ExportOptions } from '#shared/contract/export.ts';

/** What the writers get of an entry. */
export type ExportedEntry = WholeEntry;

/** What a completeness sheet says. All of it is known before the first row is written. */
export interface ExportFacts {
  /** The query in its text form; empty for everything. */
  readonly query: string;
  /** As people write it: `-occurredAt`. */
  readonly sort: string;
  readonly ignoreAccents: boolean;
  /** True when only rows that somebody picked in the view are in the document. */
  readonly selected: boolean;
  /** IANA zone of every time that the document shows. */
  readonly zone: string;
  readonly language: Language;
  readonly columns: readonly ExportColumn[];
  /** Entries of the ledger up to `newestId`: the rows before the filter. */
  readonly ledgerEntries: number;
  /** The newest entry that this look at the ledger knows. */
  readonly newestId: number;
  /** Rows of the document. */
  readonly rows: number;
  /** Lowest and highest id in the document; null when it is empty. */
  readonly firstId: number | null;
  readonly lastId: number | null;
  /** When the earliest and the latest entry of the document happened, microseconds since 1970; null when it is empty. */
  readonly period: { readonly from: number; readonly to: number } | null;
  /** Ids up to `newestId` that the ledger does not have; the first 100 ranges of them, both ends included. */
  readonly missing: {
    readonly count: number;
    readonly ranges: readonly { readonly from: number; readonly to: number }[];
  };
  /** Name of the ledger's file, and the id that it was made with. */
  readonly ledgerFile: string;
  readonly ledgerId: string;
  /** SHA-256 (hexadecimal) over ledger id, number of entries, and event id of the newest entry of this look. */
  readonly fingerprint: string;
  /** Who exports, for people: `Ana Ruiz (ana)`, or the user of the system at the command line. */
  readonly operator: string;
  /** Microseconds since 1970. */
  readonly exportedAt: number;
  /** Of Bitácora. */
  readonly version: string;
}

/** What a format's writer gets. */
export interface DocumentTask {
  /** The entries in the order of the view, a batch at a time; to be read once, to the end. Ends early when cancelled, by throwing. */
  readonly batches: AsyncIterable<readonly ExportedEntry[]>;
  readonly columns: readonly ExportColumn[];
  readonly facts: ExportFacts;
  readonly options: ExportOptions;
  /** For steps of their own that take long; `batches` looks at it by itself. */
  readonly signal: AbortSignal;
  /**
   * SHA-256 (hexadecimal) of what the NDJSON export of the same rows holds: what a document can carry about its own
   * content. Only after the last batch, and only when the format asked for it (`needsContentHash`).
   */
  contentHash(): string;
}

/** A file that is being written. It gets its name when the job is done; until then nobody sees it under that name. */
export interface DocumentFile {
  /** The name it will have, without its folder. */
  readonly name: string;
  /** Appends bytes; they may be reused when the promise resolves. Throws `export_…` errors. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What was written or read back. Rows count in the order of the document. */
export interface RowFigures {
  readonly rows: number;
  /** Id of the first and of the last row; null when there is none. */
  readonly firstRow: number | null;
  readonly lastRow: number | null;
}

export interface WrittenDocument extends RowFigures {
  /** How many values were shortened. */
  readonly shortened: number;
}

/** A kind of document. */
export interface DocumentFormat {
  /** With its point. */
  readonly extension: `.${string}`;
  /** The completeness sheet stands inside; otherwise the job puts a file beside the document. */
  readonly carriesFacts: boolean;
  readonly needsContentHash: boolean;
  /** Files that a document of so many rows takes at least. */
  volumes(rows: number): number;
  /**
   * Writes the document. `nextFile` opens its file, and again one more for each further volume; the file before is then
   * finished. Every `write` is awaited. The job closes, syncs and renames.
   */
  write(task: DocumentTask, nextFile: () => Promise<DocumentFile>): Promise<WrittenDocument>;
  /**
   * Reads the finished files back from the disk, by another way than they were written. The job compares the answer with
   * what was written and with the view, and takes the SHA-256 itself.
   */
  readBack(files: readonly string[], task: Pick<DocumentTask, 'columns' | 'options' | 'signal'>): Promise<RowFigures>;
}

import { join } from 'node:path';
import type { ImportLedger } from '#main/store/import-ledger.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { cancelled, throwIfCancelled } from '#shared/contract/errors.ts';
import type { ImportOptions, ImportProgress, ImportResult } from '#shared/contract/import.ts';
import type { Redactor } from '#shared/redaction/redactor.ts';
import { createClearEntry } from './clear-entry.ts';
import { FileSource } from './file-source.ts';
import { Identity } from './identity.ts';
import { ImportPace } from './import-pace.ts';
import { type KnownUsers, RowMapper } from './map-row.ts';
import { createDateReader } from './parse-date.ts';
import { createReader, type FilePlan, planFile } from './plan-file.ts';
import { contentStart, type RawRow } from './raw-row.ts';
import { readAhead } from './read-ahead.ts';
import { RejectsFile } from './rejects-file.ts';
import { toUtf8 } from './to-utf8.ts';

const batchEntries = 2000;
const batchCharacters = 1024 * 1024;
/** To be raised when rows are read differently, so that an import begun by an older program starts anew. */
const readerVersion = 1;

export interface ImportRun {
  readonly path: string;
  readonly options: ImportOptions;
  readonly ledger: ImportLedger;
  /** Folder for the file with the rejected rows; made when it is needed. */
  readonly rejectsFolder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
  /** People whom the source names only by number or login. */
  readonly users?: KnownUsers | null;
  /** Takes secrets out before anything is made of a row, as following does; null leaves rows as they are. */
  readonly redactor?: Redactor | null;
}

/** Where an import stands once a batch is stored. */
interface Checkpoint {
  /** Bytes of UTF-8 content read, and the line after them. */
  readonly offset: number;
  readonly line: number;
  readonly read: number;
  readonly rejected: number;
  /** Bytes of the rejects file. */
  readonly rejectsBytes: number;
  /** The ids of later rows depend on the rows before: they have to be seen again. */
  readonly numbered: boolean;
}

const isCheckpoint = (value: unknown): value is Checkpoint => {
  if (typeof value !== 'object' || value === null) return false;
  const found = value as Partial<Record<keyof Checkpoint, unknown>>;
  const counts = [found.offset, found.line, found.read, found.rejected, found.rejectsBytes];
  return counts.every((count) => Number.isSafeInteger(count)) && typeof found.numbered === 'boolean';
};

/**
 * Imports a file, in constant memory and in the file's order. Every row is stored, found to be stored already, or
 * rejected with its reason. A run that was cancelled or killed goes on where its last stored batch ended.
 *
 * Throws `file_not_found`, `file_unreadable`, `import_empty`, `import_binary`, `import_unknown_format`, `invalid`
 * (zone), `cancelled`, and what the ledger throws; what was stored until then stays.
 */
export const importFile = async (run: ImportRun): Promise<ImportResult> => {
  throwIfCancelled(run.signal);
  const source = await FileSource.open(run.path);
  try {
    const plan = await planFile(source, run.options);
    const fingerprint = await source.fingerprint(
      JSON.stringify([readerVersion, canonicalOptions(run.options), ...(run.redactor ? ['redacted'] : [])]),
    );
    throwIfCancelled(run.signal);
    const { importId, checkpoint } = await run.ledger.beginImport({ fingerprint, file: source.name });
    const rejectsPath = join(run.rejectsFolder, `${source.name}.${fingerprint.slice(0, 8)}.rejects.ndjson`);
    const resumed = isCheckpoint(checkpoint) ? await RejectsFile.resume(rejectsPath, checkpoint.rejectsBytes) : null;
    const from = resumed !== null && isCheckpoint(checkpoint) ? checkpoint : null;
    const rejects = resumed ?? (await RejectsFile.begin(rejectsPath));
    try {
      const result = await new FileImport({ run, source, plan, importId, from, rejects }).run();
      await run.ledger.finishImport(importId);
      return result;
    } finally {
      await rejects.close();
    }
  } finally {
    await source.close();
  }
};

const canonicalOptions = ({ map, ...others }: ImportOptions): unknown => [
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)),
  Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)),
];

interface Start {
  readonly run: ImportRun;
  readonly source: FileSource;
  readonly plan: FilePlan;
  readonly importId: number;
  readonly from: Checkpoint | null;
  readonly rejects: RejectsFile;
}

/** One run over one file: counts, the batch under way, and the append that is being waited for. */
class FileImport {
  readonly #start: Start;
  readonly #identity = new Identity();
  readonly #mapper: RowMapper;
  readonly #pace: ImportPace;
  #batch: NewEntry[] = [];
  #batchCharacters = 0;
  #appending: Promise<void> = Promise.resolve();
  #read: number;
  #stored = 0;
  #duplicates: number;
  #rejected: number;
  #offset: number;
  #nextLine = 1;
  /** The content broke off: what comes now is the row in which it did. */
  #cut = false;

  constructor(start: Start) {
    const { run, source, plan, from } = start;
    this.#start = start;
    this.#read = from?.read ?? 0;
    this.#rejected = from?.rejected ?? 0;
    this.#duplicates = this.#read - this.#rejected;
    this.#offset = from?.offset ?? 0;
    this.#mapper = new RowMapper({
      columns: plan.columns,
      header: plan.header,
      readDate: createDateReader(plan.dateOrder, run.options.zone),
      identity: this.#identity,
      source: run.options.source,
      users: run.users ?? null,
      ...(run.redactor ? { clear: createClearEntry(run.redactor) } : {}),
    });
    this.#pace = new ImportPace({ at: performance.now(), rows: this.#read, bytes: 0 }, source.size);
  }

  async run(): Promise<ImportResult> {
    const { run, source, rejects } = this.#start;
    try {
      await this.#readRows();
      await this.#flush();
      await this.#appending;
    } catch (error) {
      // The batch that is being stored is waited for, so that nothing is written after this call has ended.
      await Promise.allSettled([this.#appending]);
      throw run.signal.aborted ? cancelled() : error;
    }
    await rejects.sync();
    return {
      read: this.#read,
      stored: this.#stored,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      rejectsFile: rejects.isEmpty ? null : rejects.path,
      rejects: [...rejects.first],
      warning: source.torn ? { reason: 'gzip_torn', details: { file: source.name } } : null,
    };
  }

  async #readRows(): Promise<void> {
    const { run, source, plan, from } = this.#start;
    // Rows whose ids depend on the rows before them have to be seen again; all others are jumped over.
    const seen = from?.numbered === true ? from : null;
    const begin = from !== null && seen === null ? from : contentStart;
    const reader = createReader(plan, begin);
    let header = plan.shape === 'csv' && begin.offset === 0;
    const take = async (): Promise<void> => {
      for (let row = reader.next(); row !== null; row = reader.next()) {
        if (header) header = false;
        else if (seen !== null && row.end <= seen.offset) this.#mapper.map(row);
        else if (this.#take(row)) await this.#flush();
      }
      throwIfCancelled(run.signal);
      this.#tell();
    };
    for await (const chunk of readAhead(this.#content(begin.offset))) {
      throwIfCancelled(run.signal);
      reader.push(chunk);
      await take();
    }
    this.#cut = source.torn;
    reader.finish();
    await take();
  }

  /** The content as UTF-8 from `offset` on. */
  async *#content(offset: number): AsyncGenerator<Buffer> {
    const { source, plan } = this.#start;
    if (offset > 0 && !source.gzip && plan.encoding === 'utf-8') {
      yield* source.chunks(offset + plan.markBytes);
      return;
    }
    let toSkip = offset;
    for await (const chunk of toUtf8(source.chunks(), plan.encoding)) {
      const skipped = Math.min(toSkip, chunk.length);
      toSkip -= skipped;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
  }

  /** Takes a row in; true when the batch is full. */
  #take(row: RawRow): boolean {
    const { rejects, run } = this.#start;
    this.#read += 1;
    this.#offset = row.end;
    this.#nextLine = row.nextLine;
    const mapped = this.#mapper.map(row);
    if ('reason' in mapped) {
      this.#rejected += 1;
      const reason = this.#cut ? 'row_cut' : mapped.reason;
      if (run.redactor) {
        const details = run.redactor.value(mapped.details) as Readonly<Record<string, unknown>>;
        rejects.add(row.line, reason, details, run.redactor.text(row.text));
      } else rejects.add(row.line, reason, mapped.details, row.text);
      return rejects.isFull;
    }
    this.#batch.push(mapped);
    this.#batchCharacters += row.text.length;
    return this.#batch.length >= batchEntries || this.#batchCharacters >= batchCharacters;
  }

  /**
   * Hands the batch to the ledger once it has stored the one before; the next one is read meanwhile. Never two at once:
   * if the first failed and the second did not, its checkpoint would skip the first one's rows for good.
   */
  async #flush(): Promise<void> {
    const { run, rejects, importId } = this.#start;
    await rejects.write();
    if (this.#batch.length === 0) return;
    const storeBatch = run.ledger.prepare(this.#batch);
    await this.#appending;
    throwIfCancelled(run.signal);
    // The checkpoint speaks of the rejects file, so that has to be on the disk first.
    await rejects.sync();
    const checkpoint = {
      offset: this.#offset,
      line: this.#nextLine,
      read: this.#read,
      rejected: this.#rejected,
      rejectsBytes: rejects.bytes,
      numbered: this.#identity.numbered,
    } satisfies Checkpoint;
    this.#batch = [];
    this.#batchCharacters = 0;
    this.#appending = storeBatch({ importId, checkpoint }).then(({ stored, duplicates }) => {
      this.#stored += stored;
      this.#duplicates += duplicates;
    });
    // A failure is thrown where it is waited for; this only keeps it from counting as unhandled until then.
    this.#appending.catch(() => undefined);
  }

  #tell(): void {
    const { run, source } = this.#start;
    const bytes = source.bytesRead;
    const pace = this.#pace.tell({ at: performance.now(), rows: this.#read, bytes });
    if (pace === null) return;
    run.onProgress({
      phase: 'reading',
      read: this.#read,
      stored: this.#stored,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      bytes,
      totalBytes: source.size,
      ...pace,
    });
  }
}

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { entryLines } from '#main/store/entry-lines.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import type { openWholeEntryReader } from '#main/store/sqlite/whole-entry-reader.ts';
import type { Logger } from '#shared/contract/log-files.ts';
import { readLogPosition, writeLogPosition } from './log-position.ts';
import { type LoggedEntry, type LogLine, RotatingLog } from './rotating-log.ts';
import { createLogRouter } from './route-entry.ts';

/** So many entries of the ledger are looked at in one go; most of them may be imported and are passed over. */
const windowEntries = 20_000;
/** So many captured ones are written in one go. */
const batchEntries = 500;
/** After so many entries of its own or windows it says how far it is, so that it can be told. */
const entriesInTurn = 5000;
const windowsInTurn = 25;

export interface LogCopierOptions {
  readonly folder: string;
  readonly loggers: readonly Logger[];
  readonly db: SqliteDatabase;
  readonly entries: ReturnType<typeof openWholeEntryReader>;
  /** Looked at between batches. */
  readonly shouldStop: () => boolean;
}

export interface CopiedEntries {
  /** The ledger is copied up to this entry. */
  readonly position: number;
  /** There is more to copy at once. */
  readonly more: boolean;
  /** Lines written now, by file. */
  readonly written: Readonly<Record<string, number>>;
}

/** Writes what was captured to the log files, in the order of the ledger. What was imported came from a file and stays there. */
export class LogCopier {
  readonly #options: LogCopierOptions;
  readonly #routes: ReturnType<typeof createLogRouter>;
  readonly #line = entryLines();
  readonly #logs = new Map<string, RotatingLog>();
  #position: LoggedEntry | null = null;
  #noted = 0;

  constructor(options: LogCopierOptions) {
    this.#options = options;
    this.#routes = createLogRouter(options.loggers);
  }

  /**
   * Copies what is new; the first time it takes up where the last process ended, and the very first time of all it begins
   * with what comes next. Throws what the file system says; called again, it goes on from what is in the files.
   */
  async copy(): Promise<CopiedEntries> {
    const written: Record<string, number> = {};
    let more = false;
    let seen = 0;
    let windows = 0;
    try {
      let { id: at } = await this.#begin();
      for (let newest = this.#newestId(); at < newest && !this.#options.shouldStop(); ) {
        const ids = this.#capturedBetween(at, Math.min(newest, at + windowEntries));
        at = ids.length < batchEntries ? Math.min(newest, at + windowEntries) : (ids.at(-1) ?? newest);
        seen += ids.length;
        windows += 1;
        for (const batch of this.#options.entries.batchesOf(Float64Array.from(ids))) {
          const lines = new Map<string, LogLine[]>();
          for (const entry of batch) {
            for (const { file, logger } of this.#routes(entry)) {
              const text = `{"logger":${JSON.stringify(logger)},${this.#line(entry).slice(1)}`;
              const gathered = lines.get(file) ?? [];
              gathered.push({ id: entry.id, eventId: entry.eventId, text });
              lines.set(file, gathered);
            }
          }
          for (const [file, gathered] of lines) {
            written[file] = (written[file] ?? 0) + (await this.#write(file, gathered));
          }
        }
        this.#position = this.#entryAt(at);
        newest = this.#newestId();
        more = at < newest;
        if (seen >= entriesInTurn || windows >= windowsInTurn) break;
      }
      await this.#note();
    } catch (error) {
      await this.#forget();
      throw error;
    }
    return { position: this.#position?.id ?? 0, more, written };
  }

  async close(): Promise<void> {
    await this.#forget();
  }

  async #begin(): Promise<LoggedEntry> {
    if (this.#position !== null) return this.#position;
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const noted = await readLogPosition(folder);
    // A position of another ledger, or of a state that this ledger was set back from, says nothing.
    this.#position = noted !== null && this.#isOurs(noted) ? noted : this.#entryAt(this.#newestId());
    this.#noted = this.#position.id;
    if (this.#position !== noted) await writeLogPosition(folder, this.#position);
    return this.#position;
  }

  /** Lines that were not in the file yet. */
  async #write(file: string, lines: readonly LogLine[]): Promise<number> {
    const log = await this.#logOf(file);
    const { last } = log;
    const missing = last === null ? lines : lines.filter(({ id }) => id > last.id);
    if (missing.length > 0) await log.write(missing);
    return missing.length;
  }

  async #logOf(file: string): Promise<RotatingLog> {
    const present = this.#logs.get(file);
    if (present) return present;
    const limits = this.#options.loggers.find((logger) => logger.file === file && logger.limits !== null)?.limits;
    if (!limits) throw new Error(`no logger has limits for ${file}`);
    const log = await RotatingLog.open(path.join(this.#options.folder, file), limits);
    if (log.last !== null && !this.#isOurs(log.last)) log.forgetLast();
    this.#logs.set(file, log);
    return log;
  }

  /** The files first, so that the position never speaks of what a power loss could still take. */
  async #note(): Promise<void> {
    if (this.#position === null || this.#position.id === this.#noted) return;
    for (const log of this.#logs.values()) await log.sync();
    await writeLogPosition(this.#options.folder, this.#position);
    this.#noted = this.#position.id;
  }

  async #forget(): Promise<void> {
    this.#position = null;
    for (const log of this.#logs.values()) await log.close();
    this.#logs.clear();
  }

  #newestId(): number {
    return Number(this.#options.db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck().get());
  }

  #capturedBetween(after: number, through: number): number[] {
    return this.#options.db
      .prepare('SELECT id FROM entry WHERE id > ? AND id <= ? AND import IS NULL ORDER BY id LIMIT ?')
      .pluck()
      .all(after, through, batchEntries) as number[];
  }

  #eventIdOf(id: number): string | null {
    const hex = this.#options.db.prepare('SELECT lower(hex(event_id)) FROM entry WHERE id = ?').pluck().get(id);
    return typeof hex === 'string' ? hex : null;
  }

  #entryAt(id: number): LoggedEntry {
    return { id, eventId: this.#eventIdOf(id) ?? '' };
  }

  #isOurs({ id, eventId }: LoggedEntry): boolean {
    return (this.#eventIdOf(id) ?? '') === eventId.replaceAll('-', '');
  }
}

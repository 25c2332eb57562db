import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { CapturedBatch, CapturedIds } from '#main/store/captured.ts';
import type { Desk } from '#main/store/desk.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { packEntries } from '#main/store/packed-entries.ts';
import { type ThreadCallOptions, ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { AppendResult } from './appender.ts';
import { createSharedColumns } from './columns/columns.ts';
import { lockFolder, openReader, type SqliteDatabase, translateSqliteError } from './database.ts';
import { createIndexDriver, type IndexProgress } from './index-driver.ts';
import { coveringFiles, indexFolder } from './index-folder.ts';
import { newestMigration } from './migrations/index.ts';
import { inspectLedgerFile, refuseNewerLedger } from './open-ledger-file.ts';
import { listSegments } from './search/search-files.ts';
import { createSearchState } from './search/search-index.ts';
import { createSettledMatches } from './settled-matches.ts';
import type { LedgerThreadSetup } from './thread-setup.ts';

export const ledgerFileOf = (dataFolder: string): string => path.join(dataFolder, 'ledger.db');

/** How long a second Bitácora waits for the first one to let go, milliseconds: a killed one takes a moment. */
const lockWaitMs = 3000;

export interface LedgerInfo {
  readonly entries: number;
  readonly bytes: number;
  readonly indexed: number;
}

/** An open ledger with its threads. */
export interface SqliteLedger {
  readonly file: string;
  readonly demo: boolean;
  /** What people do at this ledger; null when it was opened for reading only. */
  readonly desk: Desk | null;
  /** Asks a reader thread. `lane`: pages keep to one reader, longer questions to the other, so that neither waits. */
  read(
    lane: 'page' | 'count' | 'any',
    operation: string,
    input: unknown,
    options?: ThreadCallOptions,
  ): Promise<unknown>;
  /** A port on which another thread may call the writer. Throws `ledger_read_only` when opened for reading only. */
  connectWriter(): Promise<MessagePort>;
  /** Stores an entry of Bitácora's own; its id, or null when the ledger was opened for reading only. */
  storeOwn(entry: NewEntry): Promise<number | null>;
  /**
   * Stores captured entries in one transaction; resolves when they are on disk. Throws `disk_full`, `disk_fault` and the
   * like with nothing of the batch stored, and `ledger_read_only` when opened for reading only.
   */
  storeCaptured(batch: CapturedBatch): Promise<CapturedIds>;
  markDemo(): Promise<void>;
  /** To be called after something was appended; `entries`: how many, where that is known. */
  written(entries?: number): void;
  /** The side indexes yield to an import until the answer is called. */
  yieldTo(): () => void;
  info(): Promise<LedgerInfo>;
  indexed(): number;
  catchUp(signal: AbortSignal, onProgress: (indexed: number) => void): Promise<void>;
  /** Makes every side index anew; answers with what each kind takes on disk. Throws `ledger_read_only` when opened for reading only. */
  rebuildIndexes(
    signal: AbortSignal,
    onProgress: (progress: IndexProgress) => void,
  ): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface OpenLedgerOptions {
  readonly dataFolder: string;
  readonly access: 'write' | 'read';
  /** The reader threads' file belongs to the query room, which stands above the store. */
  readonly readerThread: URL;
  /** A window is about to ask: a reader is started, and fills what any view needs, before anybody does. */
  readonly forWindow?: boolean;
  readonly onIndexed: (indexed: number) => void;
  readonly onFault: (error: unknown) => void;
}

const writerInfo = async (writer: ThreadClient): Promise<{ readonly ledgerId: string; readonly demo: boolean }> => {
  await writer.ready;
  return (await writer.call('info', null)) as { ledgerId: string; demo: boolean };
};

const deskMethods = [
  'countAccounts',
  'findAccount',
  'listAccounts',
  'insertAccount',
  'insertSession',
  'findSession',
  'deleteSession',
  'readAttempts',
  'recordAttempt',
  'insertToken',
  'listTokens',
  'findToken',
  'touchToken',
  'revokeToken',
  'readSetting',
  'writeSetting',
  'readPreferences',
  'writePreference',
] as const satisfies readonly (keyof Desk)[];

const deskOver = (writer: ThreadClient): Desk =>
  Object.fromEntries(
    deskMethods.map((method) => [method, (...args: unknown[]) => writer.call('desk', { method, args })]),
  ) as unknown as Desk;

const prepareFolder = (dataFolder: string): void => {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new BitacoraError('ledger_read_only', { path: dataFolder }, { cause: error });
  }
};

/** The ledger with what is still in its write-ahead log. */
const bytesOnDisk = (file: string): number =>
  [file, `${file}-wal`].reduce((sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0), 0);

const readLedgerId = (file: string): string => {
  let db: SqliteDatabase | undefined;
  try {
    db = openReader(file, 'in turn');
    refuseNewerLedger(db, file);
    return String(db.prepare("SELECT value FROM meta WHERE key = 'ledger_id'").pluck().get());
  } catch (error) {
    throw translateSqliteError(error, file);
  } finally {
    db?.close();
  }
};

/** Opens the ledger of a data folder; `write` makes it when it is missing. Throws the `ledger_…` errors. */
export const openLedger = async (options: OpenLedgerOptions): Promise<SqliteLedger> => {
  const { dataFolder, access, onFault } = options;
  const file = ledgerFileOf(dataFolder);
  const { state, version } = inspectLedgerFile(file);
  if (access === 'read' && state === 'missing') throw new BitacoraError('ledger_missing', { path: dataFolder });

  let lock: SqliteDatabase | null = null;
  const threads: ThreadClient[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.close()));
    lock?.close();
  };
  const start = (threadUrl: URL, setup: unknown): ThreadClient => {
    const thread = new ThreadClient(threadUrl, setup, onFault);
    threads.push(thread);
    return thread;
  };

  try {
    let writer: ThreadClient | null = null;
    if (access === 'write') {
      prepareFolder(dataFolder);
      lock = lockFolder(path.join(dataFolder, 'ledger.lock'), dataFolder, lockWaitMs);
      writer = start(threadFile(import.meta.url, 'writer'), { file });
    }
    const opening = writer ? writerInfo(writer) : null;
    // Whoever awaits it below gets the failure; until then it must not count as unhandled.
    opening?.catch(() => undefined);
    // A ledger that is as it should be can be read while the writer opens it.
    const early = options.forWindow === true && state === 'ours' && version === newestMigration;
    const ledgerId = opening && !early ? (await opening).ledgerId : readLedgerId(file);

    const setup: LedgerThreadSetup = {
      file,
      indexFolder: indexFolder(file, ledgerId),
      access,
      columns: createSharedColumns(),
      searchState: createSearchState(),
      settled: createSettledMatches(),
    };
    // Readers are started when somebody reads: an import from the command line never does.
    const reader = (): (() => ThreadClient) => {
      let thread: ThreadClient | null = null;
      return () => {
        thread ??= start(options.readerThread, setup);
        return thread;
      };
    };
    const pages = reader();
    const counts = reader();
    if (early) pages();
    let demo = opening ? (await opening).demo : false;
    if (!writer) await pages().ready;
    if (options.forWindow) pages();
    const driver = writer
      ? createIndexDriver({
          startThread: () => start(threadFile(import.meta.url, 'indexer'), setup),
          alreadyIndexed: coveringFiles(listSegments(setup.indexFolder)).at(-1)?.last ?? 0,
          onStep: options.onIndexed,
          tend: async () => {
            await writer.call('tend', null);
          },
          onFault,
        })
      : null;
    driver?.begin();
    const info = async (): Promise<LedgerInfo> => {
      if (!writer) return (await pages().call('info', {})) as LedgerInfo;
      const { newestId } = (await writer.call('info', null)) as { newestId: number };
      return { entries: newestId, bytes: bytesOnDisk(file), indexed: driver?.indexed() ?? 0 };
    };

    return {
      file,
      get demo() {
        return demo;
      },
      desk: writer ? deskOver(writer) : null,
      read: (lane, operation, input, callOptions) => {
        // Who opens for reading only is a command, which asks one thing after the other: one reader does it all.
        const besides = lane === 'count' && writer !== null;
        const thread = lane === 'page' || (!besides && pages().idle) ? pages() : counts();
        const answered = driver?.asked();
        return thread.call(operation, input, callOptions).finally(answered);
      },
      connectWriter: async () => {
        if (!writer) throw new BitacoraError('ledger_read_only', { path: file });
        const { port1, port2 } = new MessageChannel();
        await writer.call('attach', { port: port1 }, { transfer: [port1] });
        return port2;
      },
      storeOwn: async (entry) => {
        if (!writer) return null;
        const { newestId } = (await writer.call('append', {
          entries: packEntries([entry]),
          mark: null,
        })) as AppendResult;
        return newestId;
      },
      storeCaptured: async (batch) => {
        if (!writer) throw new BitacoraError('ledger_read_only', { path: file });
        return (await writer.call('capture', batch)) as CapturedIds;
      },
      markDemo: async () => {
        if (!writer) throw new BitacoraError('ledger_read_only', { path: file });
        await writer.call('markDemo', null);
        demo = true;
      },
      written: (entries = 0) => driver?.wake(entries),
      yieldTo: () => driver?.yieldTo() ?? (() => undefined),
      info,
      indexed: () => driver?.indexed() ?? 0,
      catchUp: async (signal, onProgress) => driver?.catchUp(signal, onProgress),
      rebuildIndexes: async (signal, onProgress) => {
        if (!driver) throw new BitacoraError('ledger_read_only', { path: file });
        return driver.rebuild(signal, onProgress);
      },
      close: async () => {
        driver?.stop();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw translateSqliteError(error, file);
  }
};

export const ledgerExists = (dataFolder: string): boolean => existsSync(ledgerFileOf(dataFolder));

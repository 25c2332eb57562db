import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { LogFileSettings, LogFileState } from '#shared/contract/log-files.ts';
import type { CopiedEntries } from './log-copier.ts';
import type { LogFilesSetup } from './log-files.thread.ts';

/** What arrives within this time is written together, milliseconds. */
const gatherMs = 100;
/** How long after a failure it is tried again, milliseconds. */
const againMs = 5000;

export interface LogFileKeeper {
  /** Resolves after the first attempt, whatever came of it: what is captured from then on is written. */
  readonly ready: Promise<void>;
  /** Something may have been captured. */
  wake(): void;
  /** Up to which entry the files are complete; null until that is known. */
  readonly position: number | null;
  readonly failures: number;
  /** Why the last attempt failed; null when it did not. */
  readonly error: BitacoraError | null;
  /** Lines written to a file by this keeper, and when the last one was, milliseconds since 1970. */
  writtenTo(file: string): { readonly lines: number; readonly at: number | null };
  close(): Promise<void>;
}

/**
 * Keeps the log files of a ledger up to date, in a thread of their own. A failure is told and tried again, for ever.
 * `asError`: what a failure is for people; a bug is logged there.
 */
export const keepLogFiles = (setup: LogFilesSetup, asError: (failure: unknown) => BitacoraError): LogFileKeeper => {
  const thread = new ThreadClient(threadFile(import.meta.url, 'log-files'), setup, (fault) => {
    error = asError(fault);
  });
  const written = new Map<string, { lines: number; at: number }>();
  let position: number | null = null;
  let failures = 0;
  let error: BitacoraError | null = null;
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let wanted = false;
  let closed = false;

  const copy = async (): Promise<void> => {
    timer = null;
    running = true;
    wanted = false;
    let next = gatherMs;
    try {
      const copied = (await thread.call('copy', null)) as CopiedEntries;
      ({ position } = copied);
      if (copied.more) {
        wanted = true;
        next = 0;
      }
      for (const [file, lines] of Object.entries(copied.written)) {
        if (lines > 0) written.set(file, { lines: (written.get(file)?.lines ?? 0) + lines, at: Date.now() });
      }
      error = null;
    } catch (failure) {
      if (closed) return;
      failures += 1;
      // The same failure again is no news.
      if (error === null || (failure instanceof BitacoraError && failure.code !== error.code)) error = asError(failure);
      wanted = true;
      next = againMs;
    } finally {
      running = false;
      begun();
    }
    if (wanted) schedule(next);
  };
  const schedule = (ms: number): void => {
    if (closed || timer) return;
    timer = setTimeout(() => void copy(), ms);
  };
  let begun: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    begun = resolve;
  });
  schedule(0);

  return {
    ready,
    wake: () => {
      wanted = true;
      if (!running) schedule(gatherMs);
    },
    get position() {
      return position;
    },
    get failures() {
      return failures;
    },
    get error() {
      return error;
    },
    writtenTo: (file) => written.get(file) ?? { lines: 0, at: null },
    close: async () => {
      closed = true;
      if (timer) clearTimeout(timer);
      await thread.close();
    },
  };
};

const bytesOf = async (file: string): Promise<number> => (await stat(file).catch(() => null))?.size ?? 0;

/** The files that the settings speak of, as they lie on the disk. */
export const describeLogFiles = async (
  folder: string,
  { loggers }: LogFileSettings,
  keeper: LogFileKeeper | null,
): Promise<LogFileState[]> => {
  // A folder that is not there (yet) has no files.
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    loggers.flatMap(({ file, limits }) => {
      if (limits === null) return [];
      const describe = async (): Promise<LogFileState> => {
        const rotated = names.filter(
          (name) => name.startsWith(`${file}.`) && /^\d+$/.test(name.slice(file.length + 1)),
        );
        const sizes = await Promise.all(rotated.map((name) => bytesOf(path.join(folder, name))));
        const { lines, at } = keeper?.writtenTo(file) ?? { lines: 0, at: null };
        return {
          file,
          path: path.join(folder, file),
          loggers: loggers.filter((logger) => logger.file === file).map(({ name }) => name),
          ...limits,
          bytes: await bytesOf(path.join(folder, file)),
          rotated: rotated.length,
          rotatedBytes: sizes.reduce((sum, size) => sum + size, 0),
          written: lines,
          lastWrittenAt: at === null ? null : new Date(at).toISOString(),
        };
      };
      return [describe()];
    }),
  );
};

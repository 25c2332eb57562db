import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { BitacoraError, isCancelled } from '#shared/contract/errors.ts';
import type { Follow } from '#shared/contract/follow.ts';
import { FollowSession, type FollowSetup } from './follow-session.ts';
import { SetChanged } from './part-file.ts';

/** How often a log is looked at, milliseconds: what the file system tells by itself is only a hint. */
const lookEveryMs = 500;
/** After a hint so long, for what comes with it. */
const hintMs = 20;
/** After a failure so long, twice as long each time, up to the last. */
const firstAgainMs = 250;
const lastAgainMs = 15_000;
/** The rate is over so many milliseconds. */
const rateMs = 5000;

/** What is told of a followed log: all but what is set. */
export type FollowReport = Omit<Follow, 'id' | 'path' | 'options' | 'error'> & { readonly error: BitacoraError | null };

const fileFault = (file: string, error: unknown): BitacoraError | null => {
  if (error instanceof BitacoraError) return error;
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return null;
  return new BitacoraError('file_unreadable', { path: file, reason: String(error.code) }, { cause: error });
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Follows a log until the signal says stop. What goes wrong is told and tried again from what is stored; a bug is thrown.
 */
export const followLog = async (setup: FollowSetup, onReport: (report: FollowReport) => void): Promise<void> => {
  const { task, signal } = setup;
  let wake: () => void = () => undefined;
  let hinted = false;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, hinted ? Math.min(ms, hintMs) : ms);
      hinted = false;
      wake = () => {
        hinted = true;
        wake = () => undefined;
        setTimeout(end, hintMs);
      };
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });

  let figures = { read: 0, stored: 0, duplicates: 0, rejected: 0 };
  let lastLineAt: string | null = null;
  let marks: { readonly at: number; readonly read: number }[] = [{ at: performance.now(), read: 0 }];
  let found: FollowSession['found'] | null = null;
  const report = (state: Follow['state'], error: BitacoraError | null): void => {
    const now = performance.now();
    marks = marks.filter(({ at }, place) => at >= now - rateMs || place === marks.length - 1);
    const from = marks[0] ?? { at: now, read: figures.read };
    const seconds = Math.max(1, (now - from.at) / 1000);
    onReport({
      state,
      format: found?.encoding == null ? null : 'ndjson',
      encoding: found?.encoding ?? null,
      bytes: found?.bytes ?? 0,
      position: found?.position ?? 0,
      lag: found?.lag ?? 0,
      rate: Math.round((figures.read - from.read) / seconds),
      ...figures,
      rejectsFile: found?.rejectsFile ?? null,
      lastLineAt,
      gaps: found?.gaps ?? 0,
      torn: found?.torn ?? null,
      error,
    });
    marks.push({ at: now, read: figures.read });
  };
  const runSession = async (): Promise<void> => {
    const session = await FollowSession.open(setup, (more) => {
      figures = {
        read: figures.read + more.read,
        stored: figures.stored + more.stored,
        duplicates: figures.duplicates + more.duplicates,
        rejected: figures.rejected + more.rejected,
      };
      if (more.read > 0) lastLineAt = new Date().toISOString();
      again = firstAgainMs;
      found = session.found;
      report('following', null);
    });
    try {
      while (!signal.aborted) {
        const more = await session.look();
        found = session.found;
        report(found.live ? 'following' : 'waiting', null);
        await pause(more ? hintMs : lookEveryMs);
      }
    } finally {
      await session.close();
    }
  };

  let again = firstAgainMs;
  let watcher: FSWatcher | null = null;
  try {
    while (!signal.aborted) {
      try {
        watcher ??= watch(path.dirname(task.path), { persistent: false }, () => wake());
        watcher.on('error', () => undefined);
      } catch {
        // No folder yet, or no more watches: it is looked at by the clock all the same.
        watcher = null;
      }
      try {
        await runSession();
      } catch (error) {
        if (signal.aborted || isCancelled(error)) return;
        if (error instanceof SetChanged) {
          await pause(hintMs);
          continue;
        }
        const fault = fileFault(task.path, error);
        if (fault === null) throw error;
        if (isMissing(error)) report('waiting', null);
        else report('failed', fault);
        await pause(again);
        again = Math.min(again * 2, lastAgainMs);
      }
    }
  } finally {
    watcher?.close();
  }
};

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Caller, HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { Log } from '#main/engine/log.ts';
import { bundleFiles } from '#main/export/bundle-files.ts';
import { exportEntry, type Operator, operatorText } from '#main/export/export-entry.ts';
import { createExportGrants } from '#main/export/export-grants.ts';
import { runExport } from '#main/export/run-export.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { BitacoraError, cancelled, isCancelled } from '#shared/contract/errors.ts';
import type { ExportJob, ExportProgress, ExportRequest, ExportResult } from '#shared/contract/export.ts';

type ExportProcedure =
  | 'export.grant'
  | 'export.run'
  | 'export.start'
  | 'export.watch'
  | 'export.cancel'
  | 'export.files'
  | 'export.bundle'
  | 'export.settle';

/** Ended exports that are remembered; the oldest is forgotten first. */
const keptJobs = 50;
/** At most this often does a watcher hear of its exports, milliseconds. */
const tellEveryMs = 150;

interface Job {
  readonly owner: string;
  readonly folder: string;
  readonly controller: AbortController;
  shown: ExportJob;
}

const operatorOf = (caller: Caller): Operator => {
  if (caller.kind === 'account') return caller.account;
  // A program: its token has a name, and no login.
  return caller.kind === 'token' ? { login: caller.name, name: caller.name } : null;
};

/** Answers an export's thread from the readers, which know the order of a view. */
const answerFromReaders = (port: MessagePort, ledger: SqliteLedger, signal: AbortSignal): void => {
  port.on('message', ({ id, operation, input }: { id: number; operation: 'count' | 'ids'; input: unknown }) => {
    // Beside the reader that gives pages to windows, so that nobody who looks at the log waits for an export.
    ledger.read('count', operation, input, { signal }).then(
      (value) => port.postMessage({ id, kind: 'ok', value }),
      (error: unknown) =>
        port.postMessage(
          error instanceof BitacoraError
            ? { id, kind: 'error', error: error.toWire() }
            : { id, kind: 'fault', message: String(error), stack: error instanceof Error ? error.stack : undefined },
        ),
    );
  });
};

/** Handlers that make documents out of the trail. */
export const createExportHandlers = (
  holder: LedgerHolder,
  version: string,
  log: Log,
): HandlersFor<ExportProcedure> & { readonly close: () => Promise<void> } => {
  const grants = createExportGrants();
  const jobs = new Map<string, Job>();
  const running = new Set<Promise<unknown>>();
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const watcher of watchers) watcher();
  };
  const ownerOf = (caller: Caller): string =>
    `${caller.kind === 'account' ? caller.id : '-'} ${holder.orNull()?.file ?? ''}`;

  const write = async (
    target: string,
    request: ExportRequest,
    operator: Operator,
    signal: AbortSignal,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<ExportResult> => {
    const ledger = holder.current();
    const { port1, port2 } = new MessageChannel();
    answerFromReaders(port1, ledger, signal);
    try {
      const task = { request, target, ledger: ledger.file, operator: operatorText(operator), version };
      const outcome = await runExport(task, { ids: port2, signal, onProgress });
      const entryId = await ledger.storeOwn(exportEntry(outcome, request, operator, Date.now() * 1000));
      ledger.written();
      holder.changed();
      const { rows, firstId, lastId, files, sideFile, shortened } = outcome;
      return { rows, firstId, lastId, files, sideFile, shortened, entryId };
    } finally {
      port1.close();
    }
  };

  const track = async <Value>(work: Promise<Value>): Promise<Value> => {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  };

  const runJob = async (job: Job, target: string, request: ExportRequest, operator: Operator): Promise<void> => {
    const change = (shown: Partial<ExportJob>): void => {
      job.shown = { ...job.shown, ...shown };
      tell();
    };
    try {
      const result = await write(target, request, operator, job.controller.signal, (progress) => change({ progress }));
      change({ state: 'done', result });
    } catch (error) {
      if (isCancelled(error)) change({ state: 'cancelled' });
      else {
        const shown =
          error instanceof BitacoraError
            ? error
            : new BitacoraError('internal', { reference: log.bug(error, { procedure: 'export.start' }) });
        change({ state: 'failed', error: shown.toWire() });
      }
    }
  };

  const forgetOldest = (): void => {
    for (const [name, { shown }] of jobs) {
      if (jobs.size <= keptJobs) return;
      if (shown.state !== 'running') jobs.delete(name);
    }
  };

  return {
    'export.grant': async (input) => grants.give(input.path),
    'export.run': async ({ grant, request }, { caller, signal, progress }) =>
      track(write(grants.use(grant), request, operatorOf(caller), signal, progress)),
    'export.start': async ({ grant, request, forPrint }, { caller }) => {
      holder.current();
      const target = grants.use(grant);
      const name = randomUUID();
      const job: Job = {
        owner: ownerOf(caller),
        folder: path.dirname(target),
        controller: new AbortController(),
        shown: {
          job: name,
          format: request.format,
          name: path.basename(target),
          forPrint,
          state: 'running',
          progress: { phase: 'counting', rows: 0, totalRows: null, rowsPerSecond: 0, remainingSeconds: null },
          result: null,
          error: null,
        },
      };
      jobs.set(name, job);
      forgetOldest();
      tell();
      void track(runJob(job, target, request, operatorOf(caller)));
      return { job: name };
    },
    'export.watch': (_input, { caller, signal, event }) =>
      new Promise((_resolve, reject) => {
        let timer: NodeJS.Timeout | null = null;
        const show = (): void => {
          timer = null;
          const owner = ownerOf(caller);
          event({
            jobs: [...jobs.values()]
              .filter((job) => job.owner === owner)
              .map((job) => job.shown)
              .reverse(),
          });
        };
        const watcher = (): void => {
          timer ??= setTimeout(show, tellEveryMs);
        };
        watchers.add(watcher);
        signal.addEventListener('abort', () => {
          watchers.delete(watcher);
          if (timer) clearTimeout(timer);
          reject(cancelled());
        });
        show();
      }),
    'export.cancel': async ({ job: name }, { caller }) => {
      const job = jobs.get(name);
      if (!job || (caller.kind !== 'host' && job.owner !== ownerOf(caller))) {
        throw new BitacoraError('not_found', { what: 'export' });
      }
      if (job.shown.state === 'running') job.controller.abort();
      else jobs.delete(name);
      tell();
      return {};
    },
    'export.files': async ({ job: name }) => {
      const job = jobs.get(name);
      const result = job?.shown.result;
      if (!job || !result) throw new BitacoraError('not_found', { what: 'export' });
      const at = (file: { readonly name: string }): string => path.join(job.folder, file.name);
      return { files: result.files.map(at), sideFile: result.sideFile && at(result.sideFile) };
    },
    'export.bundle': async ({ files, target }, { signal }) => {
      const ledgerFolder = path.dirname(holder.current().file);
      return track(bundleFiles(files, target, { ledgerFolder, signal, ms: Date.now() }));
    },
    'export.settle': async (_input, { signal, progress }) => {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      while (running.size > 0 && !signal.aborted) {
        progress({ running: running.size });
        await Promise.race([...running].map((one) => one.catch(() => undefined)).concat(stopped));
      }
      return {};
    },
    close: async () => {
      for (const { controller } of jobs.values()) controller.abort();
      await Promise.allSettled([...running]);
    },
  };
};

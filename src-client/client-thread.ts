import { threadId, Worker } from 'node:worker_threads';
import { type ClientCore, type CoreOptions, type CoreState, createClientCore } from './client-core.ts';
import type { Batch } from './packed-batch.ts';

/** What goes to the thread … */
export type ToThread =
  | { readonly kind: 'take'; readonly number: number; readonly batch: Batch }
  | { readonly kind: 'close' };
/** … and what comes back. */
export type FromThread =
  | { readonly kind: 'taken'; readonly number: number; readonly lost: number; readonly state: CoreState }
  | { readonly kind: 'state'; readonly state: CoreState }
  | { readonly kind: 'closed' };

interface Waiting {
  readonly batch: Batch;
  readonly settle: (lost: number) => void;
}

/** Beside this file, as source and as build. */
const threadFile = new URL(`./client.thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

const nothingYet: CoreState = { files: 0, bytes: 0, sent: 0, refused: 0, dropped: 0, problem: null };

/**
 * The same work in a thread of its own, so that the program that is watched has its processor for itself. Where there can
 * be no thread, or when it ends, the work goes on here, with what it had not settled.
 */
export const startClientThread = (options: CoreOptions): ClientCore => {
  const waiting = new Map<number, Waiting>();
  let number = 0;
  let state = nothingYet;
  let here: ClientCore | null = null;
  let closing: (() => void) | null = null;

  const settle = (of: number, lost: number): void => {
    waiting.get(of)?.settle(lost);
    waiting.delete(of);
  };
  /** Files that are there already, and what was counted, go on. */
  const goOnHere = (): void => {
    if (here !== null) return;
    const before = state;
    const core = createClientCore(options, { thread: threadId, isOwn: false }, () => undefined);
    here = {
      ...core,
      state: () => {
        const now = core.state();
        const { sent, refused, dropped } = before;
        return { ...now, sent: now.sent + sent, refused: now.refused + refused, dropped: now.dropped + dropped };
      },
    };
    for (const [of, { batch }] of [...waiting]) void core.take(batch).then((lost) => settle(of, lost));
    closing?.();
  };

  let worker: Worker | null = null;
  try {
    // Without the program's own loaders and inspectors, which it needs none of.
    worker = new Worker(threadFile, { workerData: options, execArgv: [], name: 'bitacora-capture' });
    worker.unref();
    worker.on('message', (message: FromThread) => {
      switch (message.kind) {
        case 'taken':
          state = message.state;
          settle(message.number, message.lost);
          return;
        case 'state':
          state = message.state;
          return;
        case 'closed':
          closing?.();
          return;
        default:
          message satisfies never;
      }
    });
    worker.on('error', goOnHere);
    worker.on('exit', () => {
      if (closing === null) goOnHere();
    });
  } catch {
    goOnHere();
  }
  const tell = (message: ToThread): void => worker?.postMessage(message);

  return {
    take: (batch) => {
      if (here !== null) return here.take(batch);
      number += 1;
      const of = number;
      return new Promise((resolve) => {
        waiting.set(of, { batch, settle: resolve });
        tell({ kind: 'take', number: of, batch });
      });
    },
    state: () => here?.state() ?? state,
    close: async () => {
      if (here === null) {
        worker?.ref();
        await new Promise<void>((resolve) => {
          closing = resolve;
          tell({ kind: 'close' });
        });
      }
      await here?.close();
      await worker?.terminate();
    },
  };
};

import type { ThreadClient } from '#main/store/threads/thread-client.ts';
import { isCancelled } from '#shared/contract/errors.ts';
import type { IndexerStep } from './indexer.ts';
import type { IndexPace } from './upkeep.ts';

/** How long nothing may have been written before short segments and orders are made, milliseconds. */
const quietAfterMs = 300;

/** How long after the opening of a ledger its indexes are looked after, milliseconds. */
const beginAfterMs = 4000;

export interface IndexDriver {
  /** Entries that the search index covers. */
  indexed(): number;
  /** Something was written. */
  wake(): void;
  /** Looks, after a while, whether anything was left undone: a start has better things to do. */
  begin(): void;
  /** An import begins; the indexes yield to it until the answer is called. */
  yieldTo(): () => void;
  /** Resolves when there is nothing left to do; `onProgress` gets the entries covered. */
  catchUp(signal: AbortSignal, onProgress: (indexed: number) => void): Promise<void>;
  stop(): void;
}

/** Drives the indexer thread step by step while there is work, and lets it sleep while there is none. */
export const createIndexDriver = (
  startThread: () => ThreadClient,
  alreadyIndexed: number,
  onStep: (indexed: number) => void,
  onFault: (error: unknown) => void,
): IndexDriver => {
  let thread: ThreadClient | null = null;
  let indexed = alreadyIndexed;
  let lastWrite = 0;
  let hurried = 0;
  let imports = 0;
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let woken = false;
  let stopped = false;

  const step = async (pace: IndexPace): Promise<IndexerStep> => {
    thread ??= startThread();
    const result = (await thread.call('step', { pace })) as IndexerStep;
    indexed = result.indexed;
    onStep(indexed);
    return result;
  };

  const schedule = (delay: number): void => {
    if (stopped || running || timer) return;
    timer = setTimeout(() => {
      timer = null;
      void work();
    }, delay);
  };

  /** As `schedule`, also where a later time was set; while a step runs, another one follows it. */
  const hasten = (delay: number): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    woken = running;
    schedule(delay);
  };

  const work = async (): Promise<void> => {
    if (running || stopped || hurried > 0) return;
    running = true;
    woken = false;
    const quiet = Date.now() - lastWrite >= quietAfterMs && imports === 0;
    let did: IndexerStep['did'] = 'idle';
    try {
      ({ did } = await step(imports > 0 ? 'yielding' : quiet ? 'quiet' : 'steady'));
    } catch (error) {
      if (!stopped && !isCancelled(error)) onFault(error);
    } finally {
      running = false;
    }
    if (did !== 'idle' || woken) schedule(0);
    else if (!quiet && imports === 0) schedule(quietAfterMs);
  };

  return {
    indexed: () => indexed,
    begin: () => schedule(beginAfterMs),
    wake: () => {
      lastWrite = Date.now();
      hasten(20);
    },
    yieldTo: () => {
      imports += 1;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        imports -= 1;
        schedule(0);
      };
    },
    catchUp: async (signal, onProgress) => {
      hurried += 1;
      try {
        for (;;) {
          signal.throwIfAborted();
          const { did } = await step('quiet');
          onProgress(indexed);
          // Checking older files goes on afterwards.
          if (did === 'idle' || did === 'check') return;
        }
      } finally {
        hurried -= 1;
        schedule(0);
      }
    },
    stop: () => {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
};

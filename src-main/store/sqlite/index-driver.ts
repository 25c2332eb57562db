import type { ThreadClient } from '#main/store/threads/thread-client.ts';
import { cancelled, isCancelled } from '#shared/contract/errors.ts';
import type { IndexerCall, IndexerStep } from './indexer.ts';
import type { IndexPace } from './upkeep.ts';

/** How long nothing may have been written before short segments and orders are made, milliseconds. */
const quietAfterMs = 300;

/** How soon after a write the indexes are looked after, milliseconds: at once, and while writes keep coming less often. */
const wakeAfterMs = 20;
const steadyAfterMs = 250;

/** From so many entries a second on the indexes yield, as to an import: whoever sends them comes first. */
const busyRate = 1000;
const rateMs = 1000;

/** How long after the opening of a ledger its indexes are looked after, milliseconds. */
const beginAfterMs = 4000;

/** How long nobody may have asked for anything before files of before are read through, milliseconds: it takes a core. */
const undisturbedAfterMs = 2000;

export interface IndexDriver {
  /** Entries that the search index covers. */
  indexed(): number;
  /** So many entries were written; 0: nobody counted them. */
  wake(entries: number): void;
  /** Looks, after a while, whether anything was left undone: a start has better things to do. */
  begin(): void;
  /** An import begins; the indexes yield to it until the answer is called. */
  yieldTo(): () => void;
  /** Somebody asks the ledger for something, until the answer is called. */
  asked(): () => void;
  /** Resolves when there is nothing left to do; `onProgress` gets the entries covered. */
  catchUp(signal: AbortSignal, onProgress: (indexed: number) => void): Promise<void>;
  /** Makes every side index anew from the ledger; answers with what each kind takes on disk. */
  rebuild(
    signal: AbortSignal,
    onProgress: (progress: IndexProgress) => void,
  ): Promise<Readonly<Record<string, number>>>;
  stop(): void;
}

export type IndexProgress = NonNullable<IndexerStep['progress']>;

/** Whoever waits is told at once of a cancel; what runs is bounded, and its end is nobody's concern any more. */
const orAborted = <Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancelled());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

/** Drives the indexer thread step by step while there is work, and lets it sleep while there is none. */
export const createIndexDriver = (options: {
  readonly startThread: () => Pick<ThreadClient, 'call'>;
  readonly alreadyIndexed: number;
  readonly onStep: (indexed: number) => void;
  /** Tends to the ledger itself, once nothing has been written for a moment and the indexes are done. */
  readonly tend: () => Promise<void>;
  readonly onFault: (error: unknown) => void;
}): IndexDriver => {
  const { startThread, alreadyIndexed, onStep, tend, onFault } = options;
  let thread: Pick<ThreadClient, 'call'> | null = null;
  let indexed = alreadyIndexed;
  let lastWrite = 0;
  /** Entries written since `countedFrom`, and whether the second before was a busy one. */
  let counted = 0;
  let countedFrom = 0;
  let wasBusy = false;
  let hurried = 0;
  let imports = 0;
  let questions = 0;
  let lastAsked = 0;
  let timer: NodeJS.Timeout | null = null;
  /** When the timer ends. */
  let due = 0;
  let running = false;
  let woken = false;
  let stopped = false;
  let untended = false;

  const ask = (operation: string, input: unknown): Promise<unknown> => {
    thread ??= startThread();
    return thread.call(operation, input);
  };

  const step = async (pace: IndexPace, mayCheck: boolean): Promise<IndexerStep> => {
    const result = (await ask('step', { pace, mayCheck } satisfies IndexerCall)) as IndexerStep;
    indexed = result.indexed;
    onStep(indexed);
    return result;
  };

  const schedule = (delay: number): void => {
    if (stopped || running || timer) return;
    due = Date.now() + delay;
    timer = setTimeout(() => {
      timer = null;
      void work();
    }, delay);
  };

  /** As `schedule`, also where a later time was set; while a step runs, another one follows it. */
  const hasten = (delay: number): void => {
    woken = running;
    // Writes that follow each other closely must not put it off for ever.
    if (timer && due <= Date.now() + delay) return;
    if (timer) clearTimeout(timer);
    timer = null;
    schedule(delay);
  };

  const work = async (): Promise<void> => {
    if (running || stopped || hurried > 0) return;
    running = true;
    woken = false;
    const quiet = Date.now() - lastWrite >= quietAfterMs && imports === 0;
    const yields = imports > 0 || (!quiet && wasBusy);
    const undisturbed = questions === 0 && Date.now() - lastAsked >= undisturbedAfterMs;
    let did: IndexerStep['did'] = 'idle';
    let unchecked = 0;
    try {
      ({ did, unchecked } = await step(yields ? 'yielding' : quiet ? 'quiet' : 'steady', undisturbed));
      if (did === 'idle' && quiet && untended && !stopped) {
        untended = false;
        await tend();
      }
    } catch (error) {
      if (!stopped && !isCancelled(error)) onFault(error);
    } finally {
      running = false;
    }
    if (did !== 'idle' || woken) schedule(0);
    else if (!quiet && imports === 0) schedule(quietAfterMs);
    else if (unchecked > 0) schedule(undisturbedAfterMs);
  };

  /** Works without a pause until there is nothing left to do. */
  const hurry = async (signal: AbortSignal, onStepped: (step: IndexerStep) => void): Promise<void> => {
    hurried += 1;
    try {
      for (;;) {
        const stepped = await orAborted(signal, step('quiet', false));
        onStepped(stepped);
        // Checking older files goes on afterwards.
        if (stepped.did === 'idle') return;
      }
    } finally {
      hurried -= 1;
      schedule(0);
    }
  };

  return {
    indexed: () => indexed,
    begin: () => schedule(beginAfterMs),
    wake: (entries) => {
      const now = Date.now();
      counted += entries;
      if (now - countedFrom >= rateMs) {
        wasBusy = counted * 1000 >= busyRate * (now - countedFrom);
        counted = 0;
        countedFrom = now;
      }
      const keepsComing = now - lastWrite < quietAfterMs;
      lastWrite = now;
      untended = true;
      hasten(keepsComing ? steadyAfterMs : wakeAfterMs);
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
    asked: () => {
      questions += 1;
      return () => {
        questions -= 1;
        lastAsked = Date.now();
      };
    },
    catchUp: (signal, onProgress) => hurry(signal, () => onProgress(indexed)),
    rebuild: async (signal, onProgress) => {
      hurried += 1;
      try {
        await orAborted(signal, ask('clear', null));
        await hurry(signal, ({ progress }) => progress && onProgress(progress));
        return (await ask('bytes', null)) as Readonly<Record<string, number>>;
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

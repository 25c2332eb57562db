import { setFlagsFromString } from 'node:v8';
import { type MessagePort, Worker } from 'node:worker_threads';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';
import type { ThreadCall, ThreadReply, ThreadStart } from './thread-protocol.ts';

export interface ThreadCallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((value: unknown) => void) | undefined;
  /** Ports and memory that go over to the thread with the input. */
  readonly transfer?: readonly (MessagePort | ArrayBuffer)[] | undefined;
}

/**
 * V8's room for new objects, for each thread. Left to itself it grows far beyond what these threads gain from it: their
 * large arrays lie elsewhere.
 */
const youngGenerationMb = 8;

/** Far more than any thread needs; V8 collects the sooner the less it may have at most, and else leaves hundreds of megabytes. */
const oldGenerationMb = 1024;

/**
 * Before a thread's old objects, and the memory outside V8's heap that they hold, come to so many megabytes, nothing is
 * collected among them. V8 begins with far less, and would go through all of them for every few megabytes of bitmaps: one
 * rare word of ten met that. It can only be told to the whole process, for the threads that start from now on.
 */
setFlagsFromString('--initial-old-space-size=64');

/**
 * Nor do several threads collect one thread's few megabytes of new objects together: where another one counts, the helpers
 * wait for a processor, and whoever asked waits for them (4.2 ms at worst where it takes 1.5 alone, 0.5 against 0.2 on
 * average).
 */
setFlagsFromString('--no-parallel-scavenge');

interface Waiting {
  readonly call: ThreadCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly options: ThreadCallOptions;
  readonly onAbort: () => void;
}

/**
 * A worker thread that answers calls one after the other. A cancelled call that waits is dropped at once; one that runs
 * is told through shared memory, which it looks at every few thousand steps.
 */
export class ThreadClient {
  readonly #worker: Worker;
  readonly #stopCell = new SharedArrayBuffer(4);
  readonly #stop = new Int32Array(this.#stopCell);
  readonly #queue: Waiting[] = [];
  readonly #ready: Promise<void>;
  #running: Waiting | null = null;
  #nextId = 1;
  #failure: Error | null = null;
  #closing = false;

  /** `youngMb`: room for new objects where a thread makes very many that live for a moment. */
  constructor(
    file: URL,
    setup: unknown,
    onFailure: (error: Error) => void,
    transfer: readonly MessagePort[] = [],
    youngMb: number = youngGenerationMb,
  ) {
    const start: ThreadStart<unknown> = { setup, stopCell: this.#stopCell };
    this.#worker = new Worker(file, {
      workerData: start,
      transferList: [...transfer],
      resourceLimits: { maxYoungGenerationSizeMb: youngMb, maxOldGenerationSizeMb: oldGenerationMb },
    });
    let markReady: () => void = () => undefined;
    let markFailed: (error: unknown) => void = () => undefined;
    this.#ready = new Promise((resolve, reject) => {
      markReady = resolve;
      markFailed = reject;
    });
    // Whoever awaits `ready` gets the failure; nobody has to.
    this.#ready.catch(() => undefined);
    const end = (error: Error): void => {
      markFailed(error);
      this.#failure = error;
      for (const waiting of [...(this.#running ? [this.#running] : []), ...this.#queue.splice(0)])
        this.#end(waiting).reject(error);
      this.#running = null;
    };
    const fail = (error: Error): void => {
      markFailed(error);
      if (this.#closing || this.#failure) return;
      end(error);
      onFailure(error);
    };
    this.#worker.on('message', (message: ThreadReply | { readonly ready: true } | { readonly failed: ThreadReply }) => {
      if ('ready' in message) markReady();
      // It could not open what it needs, says why, and ends: that is no failure of the thread.
      else if ('failed' in message) end(errorOf(message.failed));
      else this.#receive(message);
    });
    this.#worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => fail(new Error(`thread ended with ${code}`)));
  }

  /** Resolves when the thread has opened what it needs; rejects with why it could not. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  get idle(): boolean {
    return this.#running === null && this.#queue.length === 0;
  }

  call(operation: string, input: unknown, options: ThreadCallOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      if (this.#closing) return reject(new BitacoraError('unavailable'));
      if (options.signal?.aborted) return reject(cancelled());
      const call = { id: this.#nextId++, operation, input };
      const onAbort = (): void => {
        if (this.#running === waiting) {
          Atomics.store(this.#stop, 0, call.id);
          return;
        }
        const place = this.#queue.indexOf(waiting);
        if (place >= 0) this.#queue.splice(place, 1);
        this.#end(waiting).reject(cancelled());
      };
      const waiting: Waiting = { call, resolve, reject, options, onAbort };
      options.signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(waiting);
      this.#pump();
    });
  }

  /** Stops what runs, lets the thread close its files, and ends it. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    Atomics.store(this.#stop, 0, -1);
    for (const waiting of this.#queue.splice(0)) this.#end(waiting).reject(new BitacoraError('unavailable'));
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    if (this.#failure) return;
    this.#worker.postMessage({ id: 0, operation: 'close', input: null } satisfies ThreadCall);
    await ended;
    if (this.#running) this.#end(this.#running).reject(new BitacoraError('unavailable'));
  }

  #pump(): void {
    if (this.#running || this.#failure) return;
    const next = this.#queue.shift();
    if (!next) return;
    this.#running = next;
    try {
      this.#worker.postMessage(next.call, [...(next.options.transfer ?? [])]);
    } catch (error) {
      // The input can't be copied to another thread. The thread never heard of it and is free for the next.
      this.#running = null;
      this.#end(next).reject(error);
      this.#pump();
    }
  }

  #receive(reply: ThreadReply): void {
    const running = this.#running;
    if (!running || running.call.id !== reply.id) return;
    if (reply.kind === 'progress') {
      running.options.onProgress?.(reply.value);
      return;
    }
    this.#running = null;
    this.#end(running);
    if (reply.kind === 'ok') running.resolve(reply.value);
    else running.reject(errorOf(reply));
    this.#pump();
  }

  #end(waiting: Waiting): Waiting {
    waiting.options.signal?.removeEventListener('abort', waiting.onAbort);
    return waiting;
  }
}

const errorOf = (reply: ThreadReply): Error => {
  if (reply.kind === 'error') return BitacoraError.fromWire(reply.error);
  if (reply.kind !== 'fault') return new Error('unexpected reply');
  const error = new Error(reply.message);
  error.stack = reply.stack;
  return error;
};

import type { MessagePort } from 'node:worker_threads';
import type { CapturedIds } from '#main/store/captured.ts';
import { ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { CaptureThreadSetup, LargeBody } from './capture.thread.ts';

/** While one body is being stored the next one is read. */
const mostThreads = 2;
/** Reading makes very many objects that live for a moment, megabytes. */
const youngMb = 64;

/** Stores bodies that would take the engine's own thread too long to read. */
export interface LargeBodies {
  /** Resolves when the entries are on disk. Throws what `readEntries` throws, `not_accepting`, and `cancelled`. */
  store(body: LargeBody, signal: AbortSignal): Promise<CapturedIds>;
  close(): Promise<void>;
}

/** Bytes that can be handed to a thread without a copy: those that have their memory for themselves. */
const handOver = (body: Uint8Array): Uint8Array<ArrayBuffer> =>
  body.buffer instanceof ArrayBuffer && body.byteLength === body.buffer.byteLength
    ? (body as Uint8Array<ArrayBuffer>)
    : new Uint8Array(body);

/** Threads are started when there is something to read, and stay. `connect` gives a port to the ledger's writer. */
export const createLargeBodies = (options: {
  readonly connect: () => Promise<MessagePort>;
  readonly onFault: (error: unknown) => void;
}): LargeBodies => {
  const threads: { readonly client: ThreadClient; waiting: number }[] = [];
  let starting = 0;
  let closed = false;

  const start = async (): Promise<(typeof threads)[number]> => {
    starting += 1;
    try {
      const writer = await options.connect();
      const setup: CaptureThreadSetup = { writer };
      const fail = (error: unknown): void => {
        drop(thread);
        options.onFault(error);
      };
      const client = new ThreadClient(threadFile(import.meta.url, 'capture'), setup, fail, [writer], youngMb);
      const thread = { client, waiting: 0 };
      threads.push(thread);
      return thread;
    } finally {
      starting -= 1;
    }
  };
  const drop = (thread: (typeof threads)[number]): void => {
    const place = threads.indexOf(thread);
    if (place >= 0) threads.splice(place, 1);
  };

  const leastBusy = async (): Promise<(typeof threads)[number]> => {
    const [first, ...others] = threads;
    const least = others.reduce((best, other) => (best && best.waiting <= other.waiting ? best : other), first);
    if (least === undefined || (least.waiting > 0 && threads.length + starting < mostThreads)) return start();
    return least;
  };

  return {
    store: async ({ body, ...rest }, signal) => {
      const thread = await leastBusy();
      if (closed) {
        await thread.client.close();
        throw new BitacoraError('not_accepting', { reason: 'unavailable' });
      }
      thread.waiting += 1;
      try {
        const bytes = handOver(body);
        const input: LargeBody = { body: bytes, ...rest };
        return (await thread.client.call('store', input, { signal, transfer: [bytes.buffer] })) as CapturedIds;
      } finally {
        thread.waiting -= 1;
      }
    },
    close: async () => {
      closed = true;
      await Promise.all(threads.splice(0).map(({ client }) => client.close()));
    },
  };
};

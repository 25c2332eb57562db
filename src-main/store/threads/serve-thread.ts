import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { BitacoraError, isCancelled } from '#shared/contract/errors.ts';
import type { ThreadCall, ThreadReply, ThreadStart } from './thread-protocol.ts';

export interface Operation {
  readonly input: unknown;
  readonly progress: (value: unknown) => void;
}

export interface ThreadService {
  /** Answers a call; may be asynchronous, but calls never overlap. */
  readonly run: (operation: string, call: Operation) => unknown;
  readonly close: () => void;
  /** Does a short piece of work that makes later calls faster; false when there is none. Run while nobody calls. */
  readonly idle?: () => boolean;
}

export interface ThreadTools {
  /** Long loops look here every few thousand steps. */
  readonly shouldStop: () => boolean;
  /** Takes calls from a further port too (another thread's); they are answered in turn with our own. */
  readonly attach: (port: MessagePort) => void;
}

const replyOf = (id: number, error: unknown): ThreadReply => {
  if (error instanceof BitacoraError) return { id, kind: 'error', error: error.toWire() };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { id, kind: 'fault', message, stack: stack ?? message };
};

/** Runs a thread: `open` gets what the engine handed over. */
export const serveThread = <Setup>(open: (setup: Setup, tools: ThreadTools) => ThreadService): void => {
  if (!parentPort) throw new Error('this file runs as a thread');
  const port = parentPort;
  const { setup, stopCell } = workerData as ThreadStart<Setup>;
  const stop = new Int32Array(stopCell);
  let current = 0;
  const shouldStop = (): boolean => {
    const wanted = Atomics.load(stop, 0);
    return wanted === -1 || (wanted !== 0 && wanted === current);
  };
  let service: ThreadService;
  const attached = new Set<MessagePort>();
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let ended = false;
  let idling = false;
  /** Looks after each piece whether somebody has called meanwhile. */
  const idle = (): void => {
    idling = false;
    if (waiting > 0 || ended) return;
    try {
      if (service.idle?.()) idleSoon();
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  };
  const idleSoon = (): void => {
    if (idling || !service.idle) return;
    idling = true;
    setImmediate(idle);
  };
  const listen = (from: Pick<MessagePort, 'postMessage'>, own: boolean) => (call: ThreadCall) => {
    waiting += 1;
    last = last.then(async () => {
      if (call.operation === 'close' && own) {
        ended = true;
        service.close();
        for (const other of attached) other.close();
        port.close();
        return;
      }
      current = own ? call.id : 0;
      try {
        const progress = (value: unknown): void => from.postMessage({ id: call.id, kind: 'progress', value });
        const value = await service.run(call.operation, { input: call.input, progress });
        from.postMessage({ id: call.id, kind: 'ok', value } satisfies ThreadReply);
      } catch (error) {
        from.postMessage(replyOf(call.id, error));
      }
      waiting -= 1;
      idleSoon();
    });
  };
  const attach = (other: MessagePort): void => {
    attached.add(other);
    other.on('message', listen(other, false));
    other.on('close', () => attached.delete(other));
  };
  try {
    service = open(setup, { shouldStop, attach });
  } catch (error) {
    port.postMessage({ failed: replyOf(0, error) });
    port.close();
    return;
  }
  port.on('message', listen(port, true));
  port.postMessage({ ready: true });
  idleSoon();
};

import type { MessagePort } from 'node:worker_threads';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { ThreadReply } from './thread-protocol.ts';

/**
 * Calls from one thread to another over a port that the engine joined them with. Several may be under way. Once the other
 * side has closed the port, each fails with `unavailable`.
 */
export const createPortCaller = (port: MessagePort) => {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let nextId = 1;
  let closed = false;
  port.on('message', (reply: ThreadReply) => {
    const call = waiting.get(reply.id);
    if (!call || reply.kind === 'progress') return;
    waiting.delete(reply.id);
    if (reply.kind === 'ok') call.resolve(reply.value);
    else call.reject(reply.kind === 'error' ? BitacoraError.fromWire(reply.error) : new Error(reply.message));
  });
  port.on('close', () => {
    closed = true;
    for (const call of waiting.values()) call.reject(new BitacoraError('unavailable'));
    waiting.clear();
  });
  return {
    call: (operation: string, input: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        // A closed port drops what it is given, and nobody would ever answer.
        if (closed) return reject(new BitacoraError('unavailable'));
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        port.postMessage({ id, operation, input });
      }),
    close: (): void => port.close(),
  };
};

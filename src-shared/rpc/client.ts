import { BitacoraError, cancelled } from '#shared/contract/errors.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/port.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((value: unknown) => void) | undefined;
  readonly onEvent?: ((value: unknown) => void) | undefined;
  readonly session?: string | undefined;
}

export interface RpcClient {
  call(procedure: string, input: unknown, options?: CallOptions): Promise<unknown>;
  close(): void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly options: CallOptions;
  readonly detach: () => void;
}

/** Calls over a port. A closed port ends every open call with `unavailable`, so that the caller can try again. */
export const createRpcClient = (port: Port<ServerFrame, ClientFrame>): RpcClient => {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let open = true;

  const settle = (id: number): Pending | undefined => {
    const entry = pending.get(id);
    if (entry) {
      pending.delete(id);
      entry.detach();
    }
    return entry;
  };

  port.onMessage((frame) => {
    switch (frame.t) {
      case 'progress':
        pending.get(frame.id)?.options.onProgress?.(frame.value);
        return;
      case 'event':
        pending.get(frame.id)?.options.onEvent?.(frame.value);
        return;
      case 'ok':
        settle(frame.id)?.resolve(frame.value);
        return;
      case 'error':
        settle(frame.id)?.reject(BitacoraError.fromWire(frame.error));
        return;
      default:
        frame satisfies never;
    }
  });
  port.onClose(() => {
    open = false;
    for (const id of [...pending.keys()]) settle(id)?.reject(new BitacoraError('unavailable'));
  });

  return {
    call: (procedure, input, options = {}) =>
      new Promise((resolve, reject) => {
        if (options.signal?.aborted) return reject(cancelled());
        if (!open) return reject(new BitacoraError('unavailable'));
        const id = nextId++;
        const onAbort = (): void => {
          port.send({ t: 'cancel', id });
          settle(id)?.reject(cancelled());
        };
        options.signal?.addEventListener('abort', onAbort, { once: true });
        pending.set(id, {
          resolve,
          reject,
          options,
          detach: () => options.signal?.removeEventListener('abort', onAbort),
        });
        port.send({ t: 'call', id, procedure, input, session: options.session });
      }),
    close: () => port.close(),
  };
};

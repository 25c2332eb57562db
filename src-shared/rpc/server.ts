import type { WireError } from '#shared/contract/errors.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/port.ts';

export interface ServedCall {
  readonly procedure: string;
  readonly input: unknown;
  readonly session: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: (value: unknown) => void;
  readonly event: (value: unknown) => void;
}

/** Answers one call: a value or a wire error; it never throws. */
export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };
export type ServeCall = (call: ServedCall) => Promise<Answer>;

/** The boundary check of frames that come from a window or over a socket. */
export const isClientFrame = (frame: unknown): frame is ClientFrame => {
  if (typeof frame !== 'object' || frame === null) return false;
  const { t, id, procedure, session } = frame as Record<string, unknown>;
  if (!Number.isSafeInteger(id)) return false;
  if (t === 'cancel') return true;
  return t === 'call' && typeof procedure === 'string' && (session === undefined || typeof session === 'string');
};

/** Serves the calls that arrive at a port. Closing the port cancels what is still running. Malformed frames are dropped. */
export const serveRpc = (port: Port<ClientFrame, ServerFrame>, serve: ServeCall): void => {
  const running = new Map<number, AbortController>();
  let open = true;
  port.onClose(() => {
    open = false;
    for (const controller of running.values()) controller.abort();
    running.clear();
  });
  port.onMessage((frame) => {
    if (!isClientFrame(frame)) return;
    if (frame.t === 'cancel') {
      running.get(frame.id)?.abort();
      return;
    }
    const { id } = frame;
    if (running.has(id)) return;
    const controller = new AbortController();
    running.set(id, controller);
    const send = (reply: ServerFrame): void => {
      if (open && running.has(id)) port.send(reply);
    };
    void serve({
      procedure: frame.procedure,
      input: frame.input,
      session: frame.session,
      signal: controller.signal,
      progress: (value) => send({ t: 'progress', id, value }),
      event: (value) => send({ t: 'event', id, value }),
    }).then((answer) => {
      send(answer.ok ? { t: 'ok', id, value: answer.value } : { t: 'error', id, error: answer.error });
      running.delete(id);
    });
  });
};

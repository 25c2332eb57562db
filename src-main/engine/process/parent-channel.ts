import type { FromEngine, ToEngine } from '#main/engine/process/envelope.ts';

/** The engine's end of the channel to the process that started it. */
export interface ParentChannel {
  send(message: FromEngine): void;
  onMessage(listener: (message: ToEngine) => void): void;
  /** The parent is gone, or has let go of us. A utility process hears nothing: Electron ends it with its parent. */
  onGone(listener: () => void): void;
}

/** As much of Electron's `process.parentPort` as is used here; this room doesn't import electron. */
interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Only the shell can write into this channel: what comes is trusted to have the shape that the shell gave it. */
const trusted = (message: unknown): ToEngine => message as ToEngine;

/** The channel of a utility process or of a forked Node; undefined when this process was started by hand. */
export const parentChannel = (): ParentChannel | undefined => {
  const port = (process as { parentPort?: UtilityParentPort }).parentPort;
  if (port) {
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', (event) => listener(trusted(event.data))),
      onGone: () => undefined,
    };
  }
  if (!process.send) return undefined;
  const send = process.send.bind(process);
  return {
    // A frame that can't be handed over any more has nobody waiting for it: `disconnect` tells that the parent is gone.
    send: (message) => void (process.connected && send(message, undefined, {}, () => undefined)),
    onMessage: (listener) => process.on('message', (message) => listener(trusted(message))),
    onGone: (listener) => process.on('disconnect', listener),
  };
};

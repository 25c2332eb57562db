import type { Connection, LinkState } from '#renderer/engine/connection.ts';
import { BitacoraError, errorTable, type WireError } from '#shared/contract/errors.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { ServerFrame } from '#shared/rpc/frames.ts';
import type { EngineState, GrantedFile, HostBridge } from '#shared/rpc/host-bridge.ts';

const linkOf = (state: EngineState): LinkState => (state === 'starting' ? 'up' : state);

const isWireError = (value: unknown): value is WireError => {
  if (typeof value !== 'object' || value === null) return false;
  const { code, details } = value as Record<string, unknown>;
  return typeof code === 'string' && Object.hasOwn(errorTable, code) && typeof details === 'object' && details !== null;
};

/** The shell rejects with a wire error as JSON in the message; anything else stays what it was. */
const fromBridge = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  // Electron puts a prefix in front of messages that cross its bridge.
  const start = error.message.indexOf('{');
  if (start < 0) return error;
  try {
    const wire: unknown = JSON.parse(error.message.slice(start));
    return isWireError(wire) ? BitacoraError.fromWire(wire) : error;
  } catch (parseError) {
    if (parseError instanceof SyntaxError) return error;
    throw parseError;
  }
};

const asking = async <T>(question: Promise<T>): Promise<T> => {
  try {
    return await question;
  } catch (error) {
    throw fromBridge(error);
  }
};

/** Frames through the Electron shell. */
export const createHostConnection = (bridge: HostBridge): Connection => {
  const frameListeners: ((frame: ServerFrame) => void)[] = [];
  const linkListeners: ((state: LinkState) => void)[] = [];
  let link: LinkState = 'up';
  const client = createRpcClient({
    send: (frame) => bridge.send(frame),
    onMessage: (listener) => void frameListeners.push(listener),
    onClose: () => undefined,
    close: () => undefined,
  });
  bridge.onMessage((message) => {
    switch (message.t) {
      case 'frame':
        for (const listener of frameListeners) listener(message.frame);
        return;
      case 'engine':
        link = linkOf(message.state);
        for (const listener of linkListeners) listener(link);
        return;
      default:
        message satisfies never;
    }
  });
  return {
    kind: 'electron',
    call: (procedure, input, options) => client.call(procedure, input, options),
    onLink: (listener) => {
      linkListeners.push(listener);
      listener(link);
    },
    chooseFile: (purpose): Promise<GrantedFile | null> => asking(bridge.chooseFile(purpose)),
    grantFile: (file) => asking(bridge.grantDropped(file)),
    chooseTarget: (name) => asking(bridge.chooseTarget(name)),
    printing: {
      target: (name) => asking(bridge.printTarget(name)),
      read: (job, volume) => asking(bridge.readExported(job, volume)),
      printers: () => asking(bridge.printers()),
      print: (job, to) => asking(bridge.printExported(job, to)),
    },
    exported: { kind: 'local', open: (job, how) => asking(bridge.openExported(job, how)) },
  };
};

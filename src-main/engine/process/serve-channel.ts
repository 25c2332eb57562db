import type { Dispatch } from '#main/engine/dispatch.ts';
import type { Origin } from '#main/engine/process/envelope.ts';
import type { ParentChannel } from '#main/engine/process/parent-channel.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';

interface Connection {
  deliver(frame: ClientFrame): void;
  close(): void;
}

const openConnection = (channel: ParentChannel, name: string, origin: Origin, dispatch: Dispatch): Connection => {
  const listeners: ((frame: ClientFrame) => void)[] = [];
  const closers: (() => void)[] = [];
  let open = true;
  const port: Port<ClientFrame, ServerFrame> = {
    send: (frame) => {
      if (open) channel.send({ t: 'frame', connection: name, frame });
    },
    onMessage: (listener) => void listeners.push(listener),
    onClose: (closer) => void closers.push(closer),
    close: () => {
      if (!open) return;
      open = false;
      for (const closer of closers) closer();
    },
  };
  serveRpc(port, (call) => dispatch(call, origin));
  return {
    deliver: (frame) => {
      for (const listener of listeners) listener(frame);
    },
    close: port.close,
  };
};

export interface ServedChannel {
  /** Cancels everything that runs for any connection. */
  closeAll(): void;
}

/** Serves every connection that arrives over the channel; the first frame of a connection opens it. */
export const serveChannel = (channel: ParentChannel, dispatch: Dispatch, onStop: () => void): ServedChannel => {
  const connections = new Map<string, Connection>();
  channel.onMessage((message) => {
    switch (message.t) {
      case 'frame': {
        let connection = connections.get(message.connection);
        if (!connection) {
          connection = openConnection(channel, message.connection, message.origin, dispatch);
          connections.set(message.connection, connection);
        }
        connection.deliver(message.frame);
        return;
      }
      case 'gone':
        connections.get(message.connection)?.close();
        connections.delete(message.connection);
        return;
      case 'stop':
        onStop();
        return;
      default:
        message satisfies never;
    }
  });
  return {
    closeAll: () => {
      for (const connection of connections.values()) connection.close();
      connections.clear();
    },
  };
};

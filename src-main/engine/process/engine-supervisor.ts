import type { EngineProcess } from '#main/engine/process/engine-process.ts';
import type { FromEngine, Origin } from '#main/engine/process/envelope.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import type { EngineState } from '#shared/rpc/host-bridge.ts';
import type { Port } from '#shared/rpc/port.ts';

export interface SupervisorOptions {
  readonly spawn: () => EngineProcess;
  /** Hears why the engine ended by itself, and whether it is started again. */
  readonly onCrash: (reason: number | string, willRestart: boolean) => void;
  /** Milliseconds to wait before the first, second, … restart within the window; the last one repeats. */
  readonly backOff?: readonly number[];
  /** So many ends by itself within `crashWindow` milliseconds, and it is left alone. */
  readonly crashLimit?: number;
  readonly crashWindow?: number;
  /** How long a clean close may take before the process is killed, in milliseconds. */
  readonly closeWithin?: number;
}

export interface EngineSupervisor {
  readonly state: EngineState;
  /** Of the running engine process. */
  readonly pid: number | undefined;
  /** Hears every change of the state. */
  onState(listener: (state: EngineState) => void): void;
  /** A connection of its own. It outlives the engine process; only `close` on either side ends it. */
  connect(origin: Origin): Port<ServerFrame, ClientFrame>;
  /** Starts the engine again after it was given up. */
  retry(): void;
  /** Lets the engine finish what it holds and ends it; afterwards nothing is left running. */
  close(): Promise<void>;
}

interface Connection {
  readonly name: string;
  /** Calls without an answer yet. */
  readonly inFlight: Set<number>;
  deliver(frame: ServerFrame): void;
  end(): void;
}

const unavailable = (id: number): ServerFrame => ({ t: 'error', id, error: new BitacoraError('unavailable').toWire() });

/**
 * Keeps one engine process running, and joins many connections to it over its one channel. An engine that ends by
 * itself is started again after a pause; calls it had not answered, and calls made meanwhile, are answered with
 * `unavailable`. One that keeps ending is given up, visibly: restarting for ever would only hide the fault.
 */
export const superviseEngine = ({
  spawn,
  onCrash,
  backOff = [100, 300, 1000, 3000],
  crashLimit = 5,
  crashWindow = 60_000,
  closeWithin = 5000,
}: SupervisorOptions): EngineSupervisor => {
  const connections = new Map<string, Connection>();
  const stateListeners: ((state: EngineState) => void)[] = [];
  let state: EngineState = 'starting';
  let engine: EngineProcess | undefined;
  let crashes: number[] = [];
  let restart: NodeJS.Timeout | undefined;
  let nextConnection = 1;
  let closing: Promise<void> | undefined;
  let onEnded = (): void => undefined;

  const setState = (next: EngineState): void => {
    if (state === next) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  };

  const receive = (message: FromEngine): void => {
    switch (message.t) {
      case 'ready':
        setState('up');
        return;
      case 'frame': {
        const connection = connections.get(message.connection);
        if (!connection) return;
        if (message.frame.t === 'ok' || message.frame.t === 'error') connection.inFlight.delete(message.frame.id);
        connection.deliver(message.frame);
        return;
      }
      default:
        message satisfies never;
    }
  };

  const giveBackCalls = (): void => {
    for (const connection of connections.values()) {
      const ids = [...connection.inFlight];
      connection.inFlight.clear();
      for (const id of ids) connection.deliver(unavailable(id));
    }
  };

  const ended = (reason: number | string): void => {
    engine = undefined;
    if (closing) {
      onEnded();
      return;
    }
    const now = performance.now();
    crashes = [...crashes.filter((at) => now - at < crashWindow), now];
    const willRestart = crashes.length < crashLimit;
    setState(willRestart ? 'down' : 'failed');
    giveBackCalls();
    onCrash(reason, willRestart);
    if (willRestart) restart = setTimeout(start, backOff[Math.min(crashes.length, backOff.length) - 1] ?? 0);
  };

  const start = (): void => {
    const process = spawn();
    engine = process;
    // What a process that was replaced still says is nobody's answer any more.
    process.onMessage((message) => {
      if (engine === process) receive(message);
    });
    process.onExit(ended);
  };

  const connect = (origin: Origin): Port<ServerFrame, ClientFrame> => {
    const name = String(nextConnection++);
    const listeners: ((frame: ServerFrame) => void)[] = [];
    const closers: (() => void)[] = [];
    const inFlight = new Set<number>();
    const deliver = (frame: ServerFrame): void => {
      for (const listener of listeners) listener(frame);
    };
    const end = (): void => {
      if (!connections.delete(name)) return;
      engine?.send({ t: 'gone', connection: name });
      for (const closer of closers) closer();
    };
    connections.set(name, { name, inFlight, deliver, end });
    return {
      send: (frame) => {
        if (!connections.has(name)) return;
        if (engine) {
          if (frame.t === 'call') inFlight.add(frame.id);
          engine.send({ t: 'frame', connection: name, origin, frame });
        } else if (frame.t === 'call') {
          queueMicrotask(() => deliver(unavailable(frame.id)));
        }
      },
      onMessage: (listener) => void listeners.push(listener),
      onClose: (closer) => void closers.push(closer),
      close: end,
    };
  };

  const close = async (): Promise<void> => {
    clearTimeout(restart);
    giveBackCalls();
    for (const connection of [...connections.values()]) connection.end();
    const running = engine;
    if (!running) return;
    const over = new Promise<void>((resolve) => {
      onEnded = resolve;
    });
    running.send({ t: 'stop' });
    const patience = setTimeout(() => running.kill(), closeWithin);
    await over;
    clearTimeout(patience);
  };

  start();
  return {
    get state() {
      return state;
    },
    get pid() {
      return engine?.pid;
    },
    onState: (listener) => void stateListeners.push(listener),
    connect,
    retry: () => {
      if (state !== 'failed' || closing) return;
      crashes = [];
      setState('starting');
      start();
    },
    close: () => {
      closing ??= Promise.resolve().then(close);
      return closing;
    },
  };
};

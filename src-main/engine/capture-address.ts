import type { Desk } from '#main/store/desk.ts';
import {
  type CaptureChoices,
  type CaptureState,
  captureChoicesSchema,
  usualCapturePort,
} from '#shared/contract/capture-state.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { Dispatch } from './dispatch.ts';
import type { LedgerHolder } from './ledger-holder.ts';
import type { Log } from './log.ts';

/** An HTTP host that answers. */
export interface OpenedHost {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * How programs reach this engine. `own`: it opens a host of its own while capture is on (`open` rejects with Node’s
 * `EADDRINUSE` or `EACCES`); `served`: a host stands in front of it in any case, at `address()` once it is there.
 */
export type AddressKind =
  | { readonly kind: 'own'; readonly open: (dispatch: Dispatch, port: number) => Promise<OpenedHost> }
  | { readonly kind: 'served'; readonly address: () => { readonly url: string; readonly port: number } | null };

/** Whether programs are let in, and where. What was chosen is kept with the ledger. */
export interface CaptureAddress {
  state(): Pick<CaptureState, 'on' | 'host' | 'url' | 'port' | 'problem' | 'keepRunning'>;
  /** Whether entries are to be taken now. */
  accepts(): boolean;
  /** Keeps what was chosen and acts on it; a port that can’t be had is told by `state().problem`. */
  choose(change: Partial<CaptureChoices>): Promise<void>;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

const settingKey = 'capture.address';
/** A program that was just ended may still hold the port: milliseconds until it is given up, and between two tries. */
const portPatience = 1500;
const portInterval = 100;
/** Milliseconds that a window which opens has the engine to itself before the host’s code is loaded. */
const windowFirst = 1500;

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Options {
  readonly kind: AddressKind | null;
  readonly holder: LedgerHolder;
  readonly dispatch: () => Dispatch;
  readonly log: Log;
  /** A window is about to ask: its rows come first. */
  readonly forWindow: boolean;
}

export const createCaptureAddress = ({ kind, holder, dispatch, log, forWindow }: Options): CaptureAddress => {
  const listeners = new Set<() => void>();
  const fallback = (): CaptureChoices => ({
    // Who starts `serve` wants to be reached; a desktop opens no address unasked.
    on: kind?.kind !== 'own',
    port: usualCapturePort,
    keepRunning: false,
  });
  let choices = fallback();
  let opened: OpenedHost | null = null;
  let problem: BitacoraError | null = null;
  let closed = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };

  const open = async (own: Extract<AddressKind, { kind: 'own' }>, port: number): Promise<OpenedHost> => {
    for (const until = performance.now() + portPatience; ; ) {
      try {
        return await own.open(dispatch(), port);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EACCES') throw new BitacoraError('port_forbidden', { port }, { cause: error });
        if (code !== 'EADDRINUSE') {
          throw new BitacoraError('internal', { reference: log.bug(error, { during: 'opening the capture address' }) });
        }
        if (performance.now() > until) throw new BitacoraError('port_taken', { port }, { cause: error });
        await wait(portInterval);
      }
    }
  };

  const deskOf = (): Desk | null => holder.orNull()?.desk ?? null;
  const keep = (): Promise<void> => deskOf()?.writeSetting(settingKey, choices) ?? Promise.resolve();

  /** Opens, moves or closes the address as was chosen. */
  const act = async (): Promise<void> => {
    if (kind?.kind === 'own') {
      const wanted = choices.on && deskOf() !== null && !closed;
      if (opened !== null && (!wanted || (choices.port !== 0 && opened.port !== choices.port))) {
        await opened.close();
        opened = null;
      }
      problem = null;
      if (wanted && opened === null) {
        try {
          opened = await open(kind, choices.port);
        } catch (error) {
          if (!(error instanceof BitacoraError)) throw error;
          problem = error;
        }
        // A port that was found is the port from now on: programs are told it once.
        if (opened !== null && opened.port !== choices.port) {
          choices = { ...choices, port: opened.port };
          await keep();
        }
      }
    }
    changed();
  };

  const restore = async (): Promise<void> => {
    const kept = captureChoicesSchema.safeParse(await deskOf()?.readSetting(settingKey));
    choices = kept.success ? kept.data : fallback();
    if (choices.on && forWindow && kind?.kind === 'own') later = setTimeout(() => void inTurn(act), windowFirst);
    else await act();
  };

  let known: unknown = null;
  const forget = holder.onChange(() => {
    const ledger = holder.orNull();
    if (ledger === known) return;
    known = ledger;
    inTurn(restore).catch((error: unknown) => log.bug(error, { during: 'restoring the capture address' }));
  });

  return {
    state: () => {
      const address = kind?.kind === 'served' ? kind.address() : opened;
      return {
        on: choices.on,
        host: kind?.kind ?? 'none',
        url: address?.url ?? null,
        port: address?.port ?? choices.port,
        problem: problem?.toWire() ?? null,
        keepRunning: choices.keepRunning,
      };
    },
    accepts: () => kind === null || choices.on,
    choose: (change) =>
      inTurn(async () => {
        if (deskOf() === null) throw new BitacoraError('ledger_read_only', { path: holder.state().path });
        choices = { ...choices, ...change };
        await keep();
        await act();
      }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closed = true;
      forget();
      clearTimeout(later);
      return inTurn(act);
    },
  };
};

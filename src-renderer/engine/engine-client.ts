import type { Connection, LinkState } from '#renderer/engine/connection.ts';
import { type BitacoraError, cancelled, isBitacoraError } from '#shared/contract/errors.ts';
import type { OutputOf, ProcedureName } from '#shared/contract/procedures.ts';
import type { CallOptions } from '#shared/rpc/client.ts';
import type { GrantedFile, GrantedTarget, PrintTo } from '#shared/rpc/host-bridge.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

/** Who is signed in at this window, as far as calls need to know. */
export interface SessionGate {
  token(): string | undefined;
  /** Tells that the token is not accepted any more. */
  expired(token: string): void;
  /** Resolves when somebody has signed in again; rejects when the signal ends it. */
  signedInAgain(signal: AbortSignal | undefined): Promise<void>;
}

export interface WindowEngine extends EngineClient {
  readonly kind: Connection['kind'];
  readonly chooseFile: Connection['chooseFile'];
  /** Hands a dropped or chosen file over to the engine. */
  grantFile(file: File, signal: AbortSignal): Promise<GrantedFile>;
  /** A place for a document under a name that is offered; null when the person closed the dialog. */
  chooseTarget(name: string, signal: AbortSignal): Promise<GrantedTarget | null>;
  /** A place for a document that is only made to be printed. */
  printTarget(name: string, signal: AbortSignal): Promise<GrantedTarget>;
  /** A file of a finished export: its volumes count from 0. */
  readExported(job: string, volume: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Printers that take a document as it is; none in a browser. */
  printers(): Promise<readonly string[]>;
  /** Hands all volumes of a finished PDF to a printer, or shows one of them where there is a dialog for printing it. */
  printExported(job: string, to: PrintTo): Promise<void>;
  /** Opens or shows a finished export on this machine; null in a browser, which downloads it. */
  readonly openExported: ((job: string, how: 'open' | 'show') => Promise<void>) | null;
  /** An address that fetches a file of a finished export once; null where it is on this machine. */
  readonly addressOfExported: ((job: string, file: number | 'side') => Promise<string>) | null;
  link(): LinkState;
  /** Gives back what ends the subscription. */
  onLink(listener: () => void): () => void;
}

/** What must not run twice because its first run may have been done before the answer was lost. */
const onlyOnce: ReadonlySet<ProcedureName> = new Set([
  'setup.create',
  'account.create',
  'token.create',
  'export.start',
]);
/** Calls that speak of the session itself: their refusal is the answer. */
const aboutSession: ReadonlySet<ProcedureName> = new Set(['session.signIn', 'session.signOut', 'session.current']);

const abortable = (promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(cancelled());
      return;
    }
    const onAbort = (): void => reject(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort));
  });

/**
 * Typed calls that outlive an engine restart and an expired session: a call that failed with `unavailable` is repeated
 * when the engine is back, one that failed with `unauthenticated` when somebody has signed in again.
 */
export const createWindowEngine = (connection: Connection, gate: SessionGate): WindowEngine => {
  let link: LinkState = 'up';
  const listeners = new Set<() => void>();
  connection.onLink((state) => {
    if (state === link) return;
    link = state;
    for (const listener of [...listeners]) listener();
  });
  const onLink = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  const linkUp = (): Promise<void> =>
    new Promise((resolve) => {
      // The error of a call may overtake the news that the link is down.
      const settled = setTimeout(() => {
        if (link === 'up') finish();
      }, 300);
      const end = onLink(() => {
        if (link === 'up') finish();
      });
      const finish = (): void => {
        clearTimeout(settled);
        end();
        resolve();
      };
    });

  const shouldRepeat = async (
    error: unknown,
    procedure: ProcedureName,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> => {
    if (isBitacoraError(error, 'unavailable') && !onlyOnce.has(procedure) && link !== 'failed') {
      await abortable(linkUp(), signal);
      return true;
    }
    if (isBitacoraError(error, 'unauthenticated') && token !== undefined && !aboutSession.has(procedure)) {
      if (token === gate.token()) gate.expired(token);
      await gate.signedInAgain(signal);
      return true;
    }
    return false;
  };

  const withPatience = async <T>(
    procedure: ProcedureName,
    signal: AbortSignal | undefined,
    attempt: (token: string | undefined) => Promise<T>,
  ): Promise<T> => {
    for (;;) {
      const token = gate.token();
      try {
        return await attempt(token);
      } catch (error) {
        if (!(await shouldRepeat(error, procedure, token, signal))) throw error as BitacoraError;
      }
    }
  };

  const { exported } = connection;
  return {
    kind: connection.kind,
    chooseFile: connection.chooseFile,
    // The table of procedures gives the types; what travels is checked by the engine, which parses every input.
    call: (procedure, input, options = {}) =>
      withPatience(procedure, options.signal, (session) =>
        connection.call(procedure, input, { ...(options as CallOptions), session }),
      ) as Promise<OutputOf<typeof procedure>>,
    grantFile: (file, signal) =>
      withPatience('import.preview', signal, (session) => connection.grantFile(file, session, signal)),
    chooseTarget: (name, signal) =>
      withPatience('export.start', signal, (session) => connection.chooseTarget(name, session, signal)),
    printTarget: (name, signal) =>
      withPatience('export.start', signal, (session) => connection.printing.target(name, session, signal)),
    readExported: (job, volume, signal) => connection.printing.read(job, volume, gate.token(), signal),
    printers: () => connection.printing.printers(),
    printExported: (job, to) => connection.printing.print(job, to, gate.token()),
    openExported: exported.kind === 'local' ? exported.open : null,
    addressOfExported: exported.kind === 'remote' ? (job, file) => exported.addressOf(job, file, gate.token()) : null,
    link: () => link,
    onLink,
  };
};

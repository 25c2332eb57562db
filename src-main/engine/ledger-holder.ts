import { clearPartials } from '#main/export/partial-notes.ts';
import { readerThread } from '#main/query/reader-thread.ts';
import { ledgerExists, ledgerFileOf, openLedger, type SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { BitacoraError, type WireError } from '#shared/contract/errors.ts';
import { demoFolder, type EngineConfig } from './config.ts';
import type { Log } from './log.ts';

/** The one ledger that the engine has open: the data folder's own, or the demo inside it. */
export interface LedgerHolder {
  /** Throws why there is none: `ledger_missing`, or what kept it from opening. */
  current(): SqliteLedger;
  orNull(): SqliteLedger | null;
  state(): {
    readonly state: 'missing' | 'open' | 'failed';
    readonly path: string;
    readonly error: WireError | null;
    /** Whether it is the demo that is open, missing or failed. */
    readonly demo: boolean;
  };
  /** Opens the ledger if it exists; a failure is kept as the state. */
  open(): Promise<void>;
  /** The open ledger; makes it when it is missing. Throws what keeps it from opening. */
  ensure(): Promise<SqliteLedger>;
  /** Changes to the demo ledger or back. */
  use(which: 'own' | 'demo'): Promise<void>;
  /** Called when the state, the entries or the index have moved on. */
  onChange(listener: () => void): () => void;
  changed(): void;
  close(): Promise<void>;
}

const bugAsError = (error: unknown, log: Log): BitacoraError =>
  error instanceof BitacoraError
    ? error
    : new BitacoraError('internal', { reference: log.bug(error, { during: 'opening the ledger' }) });

export const createLedgerHolder = (config: EngineConfig, log: Log): LedgerHolder => {
  const listeners = new Set<() => void>();
  let which: 'own' | 'demo' = config.demo ? 'demo' : 'own';
  let ledger: SqliteLedger | null = null;
  let failure: BitacoraError | null = null;
  /** Openings and closings happen one after the other. */
  let last: Promise<unknown> = Promise.resolve();

  const folder = (): string => (which === 'demo' ? demoFolder(config.dataFolder) : config.dataFolder);
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const openNow = async (): Promise<SqliteLedger> => {
    if (ledger) return ledger;
    try {
      ledger = await openLedger({
        dataFolder: folder(),
        access: config.access,
        forWindow: config.forWindow ?? false,
        readerThread,
        onIndexed: changed,
        onFault: (error) => log.bug(error, { during: 'ledger thread' }),
      });
      failure = null;
      // It is ours alone now: what an export of a killed program left half-made has nobody else to take it away.
      if (config.access === 'write') {
        const cleared = await clearPartials(folder(), (error) =>
          log.bug(error, { during: 'clearing half-made exports' }),
        );
        if (cleared.length > 0) log.info('half-made exports were taken away', { count: cleared.length });
      }
      changed();
      return ledger;
    } catch (error) {
      failure = bugAsError(error, log);
      changed();
      throw failure;
    }
  };
  const closeNow = async (): Promise<void> => {
    const open = ledger;
    ledger = null;
    failure = null;
    await open?.close();
    changed();
  };

  return {
    current: () => {
      if (ledger) return ledger;
      throw failure ?? new BitacoraError('ledger_missing', { path: folder() });
    },
    orNull: () => ledger,
    state: () => ({
      state: ledger ? 'open' : failure ? 'failed' : 'missing',
      path: ledgerFileOf(folder()),
      error: failure?.toWire() ?? null,
      demo: which === 'demo',
    }),
    open: () =>
      inTurn(async () => {
        if (!ledgerExists(folder())) return;
        // The failure is kept as the state, which the window shows.
        await openNow().catch(() => undefined);
      }),
    ensure: () => inTurn(openNow),
    use: (next) =>
      inTurn(async () => {
        if (next === which) return;
        await closeNow();
        which = next;
        if (ledgerExists(folder())) await openNow().catch(() => undefined);
      }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed,
    close: () => inTurn(closeNow),
  };
};

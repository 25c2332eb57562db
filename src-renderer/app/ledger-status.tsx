import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { useEngine, useSessionState } from '#renderer/engine/engine-context.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import type { Status } from '#shared/contract/procedures.ts';

interface StatusValue {
  readonly status: Status;
  /** Asks again: after setup, after a retry. */
  readonly refresh: () => Promise<void>;
}

const StatusContext = createContext<StatusValue | null>(null);

/** A status that says nothing new stays the same object, so that nothing is drawn again for it. */
const unlessSame =
  (next: Status) =>
  (known: Status | null): Status =>
    known !== null && JSON.stringify(known) === JSON.stringify(next) ? known : next;

/** How long to wait before watching again when a watch ended by itself. */
const rewatchMs = 1500;

/** Asks for the ledger's state at once and, while somebody is signed in, hears every change of it. */
export const StatusProvider = ({ children, waiting }: { children: ReactNode; waiting: ReactNode }): ReactNode => {
  const engine = useEngine();
  const token = useSessionState().kind === 'open';
  const [status, setStatus] = useState<Status | null>(null);

  const refresh = useCallback(async () => setStatus(unlessSame(await engine.call('app.status', {}))), [engine]);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const watch = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          setStatus(unlessSame(await engine.call('app.status', {}, { signal })));
          if (!token) return;
          await engine.call('app.watch', {}, { signal, onEvent: (event) => setStatus(unlessSame(event.status)) });
        } catch (error) {
          if (isCancelled(error)) return;
          console.error('watching the ledger', error);
        }
        await new Promise((resolve) => setTimeout(resolve, rewatchMs));
      }
    };
    void watch();
    return () => abort.abort();
  }, [engine, token]);

  const value = useMemo(() => (status === null ? null : { status, refresh }), [status, refresh]);
  return value === null ? waiting : <StatusContext value={value}>{children}</StatusContext>;
};

/** The ledger as it is now: path, size, number of entries, how far the index is. */
export const useLedgerStatus = (): StatusValue => {
  const value = useContext(StatusContext);
  if (value === null) throw new Error('useLedgerStatus outside StatusProvider');
  return value;
};

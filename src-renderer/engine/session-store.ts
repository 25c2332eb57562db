import type { SessionGate } from '#renderer/engine/engine-client.ts';
import type { Account, Session } from '#shared/contract/access.ts';
import { cancelled } from '#shared/contract/errors.ts';

/**
 * `none` nobody is signed in; `open`; `expired` the engine does not accept the token any more: the screen is kept and
 * waits for the same person.
 */
export type SessionState =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly token: string; readonly account: Account }
  | { readonly kind: 'expired'; readonly account: Account };

export interface SessionStore extends SessionGate {
  state(): SessionState;
  subscribe(listener: () => void): () => void;
  open(session: Session): void;
  clear(): void;
}

const storageKey = 'bitacora.session';

const stored = (storage: Storage): SessionState => {
  const text = storage.getItem(storageKey);
  if (text === null) return { kind: 'none' };
  const { token, account } = JSON.parse(text) as Session;
  return { kind: 'open', token, account };
};

/** Kept in the tab's own storage: a reload stays signed in, another window or the next start does not. */
export const createSessionStore = (storage: Storage): SessionStore => {
  let state = stored(storage);
  const listeners = new Set<() => void>();
  const change = (next: SessionState): void => {
    state = next;
    if (next.kind === 'open') storage.setItem(storageKey, JSON.stringify({ token: next.token, account: next.account }));
    else storage.removeItem(storageKey);
    for (const listener of [...listeners]) listener();
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    state: () => state,
    subscribe,
    open: (session) => change({ kind: 'open', ...session }),
    clear: () => change({ kind: 'none' }),
    token: () => (state.kind === 'open' ? state.token : undefined),
    expired: (token) => {
      if (state.kind === 'open' && state.token === token) change({ kind: 'expired', account: state.account });
    },
    signedInAgain: (signal) =>
      new Promise((resolve, reject) => {
        if (state.kind === 'open') {
          resolve();
          return;
        }
        const settle = (): void => {
          end();
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = (): void => {
          settle();
          reject(cancelled());
        };
        const end = subscribe(() => {
          if (state.kind === 'expired') return;
          settle();
          if (state.kind === 'open') resolve();
          else reject(cancelled());
        });
        if (signal?.aborted) onAbort();
        else signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
};

import { AsyncLocalStorage } from 'node:async_hooks';
import type { CapturedEntry } from './captured-entry.ts';

/** Who acts: a login, or what is known of them; null for nobody. */
export type Actor = CapturedEntry['actor'];

export interface Acting {
  /** Asked when it is needed: a request's user is often known only after the middleware that makes the context. */
  actingUser(): Actor;
  /** What the entries of one request have in common. */
  readonly correlationId: string | null;
}

const acting = new AsyncLocalStorage<Acting>();
let wanted = false;

/** Says that somebody will ask who acts; before that, requests are spared the cost of a context. */
export const wantContext = (): void => {
  wanted = true;
};

/** Runs a function, and all that it starts, on behalf of somebody: what it changes is recorded as theirs. */
export const withActor = <Result>(actor: Actor, run: () => Result): Result =>
  acting.run({ actingUser: () => actor, correlationId: acting.getStore()?.correlationId ?? null }, run);

/** Whether somebody will. */
export const isContextWanted = (): boolean => wanted;

/** The same for a request. */
export const withinRequest = (request: Acting, run: () => void): void => acting.run(request, run);

/** Who acts here; null when nobody was said to. */
export const currentActor = (): Actor => {
  try {
    return acting.getStore()?.actingUser() ?? null;
  } catch {
    // The program's own `user` threw: nobody is better than no entry.
    return null;
  }
};

export const currentCorrelationId = (): string | null => acting.getStore()?.correlationId ?? null;

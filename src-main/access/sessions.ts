import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from '#main/engine/context.ts';
import type { Desk, StoredAccount } from '#main/store/desk.ts';
import type { Account, Session } from '#shared/contract/access.ts';

const microsecondsPerHour = 3_600_000_000;
/** How long a session lives: 12 h, a long working day. It survives a restart of the engine. */
const sessionMicroseconds = 12 * microsecondsPerHour;
/** After so long an answer of the desk is asked for again; a role that changes takes effect when it is there. */
const askAgainMicroseconds = 5_000_000;
/** An answer older than this is not used any more: whoever was away for longer waits for the desk. */
const oldestMicroseconds = 2 * askAgainMicroseconds;
/** Enough for every window and script of one machine; past it the cache starts anew. */
const cacheSize = 200;
/** 32 bytes as base64url. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** Now, in microseconds since 1970-01-01T00:00:00Z. */
export type Clock = () => number;
export const systemClock: Clock = () => Date.now() * 1000;

const hashToken = (token: string): Uint8Array => createHash('sha256').update(token).digest();

export const toAccount = ({ login, name, role }: StoredAccount): Account => ({ login, name, role });

interface Sessions {
  /** Who a token belongs to; an unknown, malformed or expired one is anonymous. */
  authenticate(token: string | undefined): Promise<Caller>;
  /** Ends a session at once, here and on disk. */
  close(token: string): Promise<void>;
}

const anonymous: Caller = { kind: 'anonymous' };

interface Remembered {
  readonly desk: Desk;
  readonly caller: Caller;
  readonly expiresAt: number;
  readonly answeredAt: number;
  askAgainAt: number;
}

/** `desk` gives the open ledger's desk, or null while none is open: then nobody is signed in. */
export const createSessions = (desk: () => Desk | null, now: Clock): Sessions => {
  const cache = new Map<string, Remembered>();

  const ask = async (from: Desk, token: string): Promise<Caller> => {
    const at = now();
    const stored = await from.findSession(hashToken(token));
    if (stored === null || stored.expiresAt <= at) {
      cache.delete(token);
      return anonymous;
    }
    const caller: Caller = {
      kind: 'account',
      id: stored.account.id,
      account: toAccount(stored.account),
      session: token,
    };
    if (cache.size >= cacheSize) cache.clear();
    const { expiresAt } = stored;
    cache.set(token, { desk: from, caller, expiresAt, answeredAt: at, askAgainAt: at + askAgainMicroseconds });
    return caller;
  };

  const look = async (from: Desk, token: string): Promise<Caller> => {
    const at = now();
    const known = cache.get(token);
    // Another ledger (the demo) has other sessions: what was learnt from one says nothing about the other.
    if (known === undefined || known.desk !== from || at >= known.expiresAt) return ask(from, token);
    if (at >= known.answeredAt + oldestMicroseconds) return ask(from, token);
    if (at >= known.askAgainAt) {
      known.askAgainAt = at + askAgainMicroseconds;
      // Nobody who is known waits for it: the desk stands in line behind what is being stored, half a second of it where
      // that is large. What fails is told to whoever comes next.
      ask(from, token).catch(() => cache.delete(token));
    }
    return known.caller;
  };

  return {
    authenticate: async (token) => {
      if (token === undefined || !tokenPattern.test(token)) return anonymous;
      const from = desk();
      return from === null ? anonymous : look(from, token);
    },
    close: async (token) => {
      cache.delete(token);
      await desk()?.deleteSession(hashToken(token));
      // A look-up that was under way meanwhile may have remembered it again.
      cache.delete(token);
    },
  };
};

/** Opens a session. Only the token's hash is stored: whoever reads the ledger file can't sign in with it. */
export const openSession = async (desk: Desk, account: StoredAccount, now: Clock): Promise<Session> => {
  const token = randomBytes(32).toString('base64url');
  await desk.insertSession({
    tokenHash: hashToken(token),
    accountId: account.id,
    expiresAt: now() + sessionMicroseconds,
  });
  return { token, account: toAccount(account) };
};

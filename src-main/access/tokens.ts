import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#main/access/sessions.ts';
import type { Caller } from '#main/engine/context.ts';
import type { Desk, StoredToken } from '#main/store/desk.ts';
import type { Token, TokenScope } from '#shared/contract/access.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/** `bitacora_capture_` or `bitacora_read_` and 32 random bytes as base64url: who finds one in a text knows what it is. */
const tokenPattern = /^bitacora_(?:capture|read)_[A-Za-z0-9_-]{43}$/;
export const isTokenText = (text: string): boolean => tokenPattern.test(text);

/** How long an answer of the desk is believed; a token that is revoked here is forgotten at once. */
const cacheMicroseconds = 5_000_000;
const cacheSize = 1000;
/** The last use is written down no more often than this. */
const touchMicroseconds = 60_000_000;
const hintLength = 4;

const hashToken = (token: string): Uint8Array => createHash('sha256').update(token).digest();

const isoOf = (microseconds: number): string => new Date(microseconds / 1000).toISOString();

export const describeToken = (token: StoredToken): Token => ({
  id: token.id,
  name: token.name,
  scope: token.scope,
  hint: token.hint,
  createdAt: isoOf(token.createdAt),
  lastUsedAt: token.lastUsedAt === null ? null : isoOf(token.lastUsedAt),
  revokedAt: token.revokedAt === null ? null : isoOf(token.revokedAt),
});

/** Makes a token. Only its hash is stored: whoever reads the ledger file can't capture or read with it. */
export const createToken = async (
  desk: Desk,
  { name, scope }: { readonly name: string; readonly scope: TokenScope },
): Promise<{ readonly token: string; readonly info: Token }> => {
  const token = `bitacora_${scope}_${randomBytes(32).toString('base64url')}`;
  const hint = token.slice(-hintLength);
  return { token, info: describeToken(await desk.insertToken({ name, scope, hint, tokenHash: hashToken(token) })) };
};

interface Remembered {
  readonly desk: Desk;
  readonly caller: Caller;
  readonly id: number;
  readonly believedUntil: number;
  touchedAt: number;
}

interface Tokens {
  /** What a token may; an unknown or revoked one is anonymous. */
  authenticate(token: string): Promise<Caller>;
  /** Throws `not_found`. */
  revoke(desk: Desk, id: number): Promise<Token>;
}

/** `desk` gives the open ledger's desk, or null while none is open: then no token is known. */
export const createTokens = (desk: () => Desk | null, now: Clock): Tokens => {
  const cache = new Map<string, Remembered>();

  /** A use that can't be written down is no reason to refuse: the disk may be full, and reading still works. */
  const touch = (known: Remembered, at: number): void => {
    if (at - known.touchedAt < touchMicroseconds) return;
    const before = known.touchedAt;
    known.touchedAt = at;
    known.desk.touchToken(known.id).catch(() => {
      known.touchedAt = before;
    });
  };

  const look = async (from: Desk, token: string): Promise<Caller> => {
    const at = now();
    const known = cache.get(token);
    // Another ledger (the demo) has other tokens.
    if (known !== undefined && known.desk === from && at < known.believedUntil) {
      touch(known, at);
      return known.caller;
    }
    const stored = await from.findToken(hashToken(token));
    if (stored === null || stored.revokedAt !== null) {
      cache.delete(token);
      return { kind: 'anonymous' };
    }
    const { id, name, scope } = stored;
    if (cache.size >= cacheSize) cache.clear();
    const remembered = {
      desk: from,
      caller: { kind: 'token', id, name, scope } as const,
      id,
      believedUntil: at + cacheMicroseconds,
      touchedAt: known?.touchedAt ?? stored.lastUsedAt ?? 0,
    };
    cache.set(token, remembered);
    touch(remembered, at);
    return remembered.caller;
  };

  return {
    authenticate: async (token) => {
      const from = desk();
      return from === null ? { kind: 'anonymous' } : look(from, token);
    },
    revoke: async (from, id) => {
      const revoked = await from.revokeToken(id);
      for (const [token, known] of cache) if (known.id === id) cache.delete(token);
      if (revoked === null) throw new BitacoraError('not_found', { what: `token ${id}` });
      return describeToken(revoked);
    },
  };
};

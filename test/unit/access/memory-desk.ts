import type { Desk, SignInAttempts, StoredAccount, StoredSession, StoredToken } from '#main/store/desk.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/** What a desk keeps, apart from the object: a second desk over the same state is a restarted engine. */
export interface DeskState {
  readonly accounts: StoredAccount[];
  readonly sessions: Map<string, StoredSession>;
  readonly attempts: Map<string, SignInAttempts>;
  readonly preferences: Map<string, unknown>;
  readonly tokens: { hash: string; token: StoredToken }[];
  readonly settings: Map<string, unknown>;
}

export const emptyDeskState = (): DeskState => ({
  accounts: [],
  sessions: new Map(),
  attempts: new Map(),
  preferences: new Map(),
  tokens: [],
  settings: new Map(),
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The desk's contract in memory; the same tests run over the real one. */
export const createMemoryDesk = (state: DeskState = emptyDeskState()): Desk => ({
  countAccounts: async () => state.accounts.length,
  findAccount: async (login) =>
    state.accounts.find((account) => account.login.toLowerCase() === login.toLowerCase()) ?? null,
  listAccounts: async () => [...state.accounts],
  insertAccount: async ({ onlyFirst, ...account }) => {
    const taken = state.accounts.some((other) => other.login.toLowerCase() === account.login.toLowerCase());
    if (taken || (onlyFirst && state.accounts.length > 0)) throw new BitacoraError('conflict', { what: account.login });
    const stored = { ...account, id: state.accounts.length + 1 };
    state.accounts.push(stored);
    return stored;
  },
  insertSession: async ({ tokenHash, accountId, expiresAt }) => {
    const account = state.accounts.find((other) => other.id === accountId);
    if (account === undefined) throw new Error('no such account');
    state.sessions.set(hex(tokenHash), { account, expiresAt });
  },
  findSession: async (tokenHash) => state.sessions.get(hex(tokenHash)) ?? null,
  deleteSession: async (tokenHash) => void state.sessions.delete(hex(tokenHash)),
  readAttempts: async (subject) => state.attempts.get(subject) ?? { failures: 0, lastFailureAt: 0 },
  recordAttempt: async (subject, succeeded, at) => {
    if (succeeded) state.attempts.delete(subject);
    else {
      const failures = (state.attempts.get(subject)?.failures ?? 0) + 1;
      state.attempts.set(subject, { failures, lastFailureAt: at });
    }
  },
  insertToken: async ({ tokenHash, ...token }) => {
    const stored = { ...token, id: state.tokens.length + 1, createdAt: 1, lastUsedAt: null, revokedAt: null };
    state.tokens.push({ hash: hex(tokenHash), token: stored });
    return stored;
  },
  listTokens: async () => state.tokens.map(({ token }) => token),
  findToken: async (tokenHash) => state.tokens.find(({ hash }) => hash === hex(tokenHash))?.token ?? null,
  touchToken: async (id) => {
    for (const kept of state.tokens) if (kept.token.id === id) kept.token = { ...kept.token, lastUsedAt: 2 };
  },
  revokeToken: async (id) => {
    const kept = state.tokens.find(({ token }) => token.id === id);
    if (kept !== undefined) kept.token = { ...kept.token, revokedAt: kept.token.revokedAt ?? 3 };
    return kept?.token ?? null;
  },
  readSetting: async (key) => state.settings.get(key) ?? null,
  writeSetting: async (key, value) => void state.settings.set(key, value),
  readPreferences: async (accountId) =>
    Object.fromEntries(
      [...state.preferences]
        .map(([key, value]) => [...key.split('\n', 2), value] as const)
        .filter(([owner]) => owner === String(accountId))
        .map(([, key, value]) => [String(key), value]),
    ),
  writePreference: async (accountId, key, value) => {
    if (value === null) state.preferences.delete(`${accountId}\n${key}`);
    else state.preferences.set(`${accountId}\n${key}`, value);
  },
});

import type { Account, Role, TokenScope } from '#shared/contract/access.ts';

export interface StoredAccount extends Account {
  readonly id: number;
  /** PHC string of the argon2id hash. */
  readonly passwordHash: string;
}

export interface StoredSession {
  readonly account: StoredAccount;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly expiresAt: number;
}

export interface SignInAttempts {
  /** Failures in a row since the last success. */
  readonly failures: number;
  /** When the last one happened, microseconds since 1970; 0 when there is none. */
  readonly lastFailureAt: number;
}

export interface StoredToken {
  readonly id: number;
  readonly name: string;
  readonly scope: TokenScope;
  /** The last characters of the token. */
  readonly hint: string;
  /** Microseconds since 1970, as the two below. */
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

/**
 * What changes beside the trail: accounts, sessions, what windows remember. Logins are compared without case.
 * Every write is on disk when its promise resolves.
 */
export interface Desk {
  countAccounts(): Promise<number>;
  findAccount(login: string): Promise<StoredAccount | null>;
  listAccounts(): Promise<readonly StoredAccount[]>;
  /** Throws `conflict` when the login is taken. `onlyFirst`: also throws `conflict` when any account exists. */
  insertAccount(account: {
    readonly login: string;
    readonly name: string;
    readonly role: Role;
    readonly passwordHash: string;
    readonly onlyFirst: boolean;
  }): Promise<StoredAccount>;
  /** `tokenHash`: SHA-256 of the token, 32 bytes; the token itself is never stored. */
  insertSession(session: {
    readonly tokenHash: Uint8Array;
    readonly accountId: number;
    readonly expiresAt: number;
  }): Promise<void>;
  findSession(tokenHash: Uint8Array): Promise<StoredSession | null>;
  deleteSession(tokenHash: Uint8Array): Promise<void>;
  /** `subject`: a login folded to lower case, or `*` for all sign-ins together. */
  readAttempts(subject: string): Promise<SignInAttempts>;
  /** Counts one failure, or forgets them on success. */
  recordAttempt(subject: string, succeeded: boolean, at: number): Promise<void>;
  /** `tokenHash`: SHA-256 of the token, 32 bytes; the token itself is never stored. */
  insertToken(token: {
    readonly name: string;
    readonly scope: TokenScope;
    readonly hint: string;
    readonly tokenHash: Uint8Array;
  }): Promise<StoredToken>;
  /** Oldest first, revoked ones too. */
  listTokens(): Promise<readonly StoredToken[]>;
  findToken(tokenHash: Uint8Array): Promise<StoredToken | null>;
  touchToken(id: number): Promise<void>;
  /** A second time changes nothing; null when there is no such token. */
  revokeToken(id: number): Promise<StoredToken | null>;
  /** null: never written. */
  readSetting(key: string): Promise<unknown>;
  writeSetting(key: string, value: unknown): Promise<void>;
  readPreferences(accountId: number): Promise<Readonly<Record<string, unknown>>>;
  /** null forgets the key. */
  writePreference(accountId: number, key: string, value: unknown): Promise<void>;
}

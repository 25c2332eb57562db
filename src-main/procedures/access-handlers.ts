import { createAccount, createFirstAdministrator, findOrCreateDemoAccount } from '#main/access/accounts.ts';
import { rememberPreference } from '#main/access/preferences.ts';
import { type Clock, createSessions, openSession, systemClock, toAccount } from '#main/access/sessions.ts';
import { createCheckCredentials } from '#main/access/sign-in.ts';
import { createToken, createTokens, describeToken, isTokenText } from '#main/access/tokens.ts';
import type { Caller, HandlersFor } from '#main/engine/context.ts';
import type { Desk } from '#main/store/desk.ts';
import type { Session } from '#shared/contract/access.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

type AccessProcedure =
  | 'setup.create'
  | 'session.signIn'
  | 'session.current'
  | 'session.reader'
  | 'session.signOut'
  | 'account.create'
  | 'account.list'
  | 'token.create'
  | 'token.list'
  | 'token.revoke'
  | 'preferences.read'
  | 'preferences.write';

export interface AccessOptions {
  /** The desk of the open ledger, or null while none is open (missing, failed, being changed). */
  readonly desk: () => Desk | null;
  /** The desk for the first administrator: the open ledger's, or of a new ledger that is made now. */
  readonly createLedger: () => Promise<Desk>;
  readonly now?: Clock;
}

export interface AccessHandlers {
  readonly handlers: HandlersFor<AccessProcedure>;
  /** Finds who a session token belongs to; see `DispatchOptions.authenticate`. */
  readonly authenticate: (token: string | undefined) => Promise<Caller>;
}

type AccountCaller = Extract<Caller, { kind: 'account' }>;

/** The shell around the engine is nobody in particular: it has no session and no preferences. */
const requireAccount = (caller: Caller): AccountCaller => {
  if (caller.kind !== 'account') throw new BitacoraError('forbidden');
  return caller;
};

/** Signs in to the demo ledger without a password. Only for a desk that belongs to a demo: the caller makes sure of it. */
export const openDemoSession = async (desk: Desk, now: Clock = systemClock): Promise<Session> =>
  openSession(desk, await findOrCreateDemoAccount(desk), now);

/** Accounts, sessions and what windows remember. */
export const createAccessHandlers = ({ desk, createLedger, now = systemClock }: AccessOptions): AccessHandlers => {
  const sessions = createSessions(desk, now);
  const tokens = createTokens(desk, now);
  const checkCredentials = createCheckCredentials(now);
  const openDesk = (): Desk => {
    const open = desk();
    if (open === null) throw new BitacoraError('unavailable');
    return open;
  };

  const handlers: HandlersFor<AccessProcedure> = {
    'setup.create': async (input) => {
      const made = await createLedger();
      return openSession(made, await createFirstAdministrator(made, input), now);
    },
    'session.signIn': async (input) => {
      const open = openDesk();
      return openSession(open, await checkCredentials(open, input), now);
    },
    'session.current': async (_input, { caller }) => requireAccount(caller).account,
    'session.reader': async (_input, { caller }) => {
      switch (caller.kind) {
        case 'account':
          return { kind: 'account', name: caller.account.login };
        case 'token':
          return { kind: 'token', name: caller.name };
        case 'host':
          return { kind: 'host', name: '' };
        case 'anonymous':
          throw new BitacoraError('unauthenticated');
        default:
          return caller satisfies never;
      }
    },
    'session.signOut': async (_input, { caller }) => {
      await sessions.close(requireAccount(caller).session);
      return {};
    },
    'account.create': async (input) => toAccount(await createAccount(openDesk(), input)),
    'account.list': async () => ({ accounts: (await openDesk().listAccounts()).map(toAccount) }),
    'token.create': async (input) => createToken(openDesk(), input),
    'token.list': async () => ({ tokens: (await openDesk().listTokens()).map(describeToken) }),
    'token.revoke': async ({ id }) => tokens.revoke(openDesk(), id),
    'preferences.read': async (_input, { caller }) => ({
      values: { ...(await openDesk().readPreferences(requireAccount(caller).id)) },
    }),
    'preferences.write': async ({ key, value }, { caller }) => {
      await rememberPreference(openDesk(), requireAccount(caller).id, key, value);
      return {};
    },
  };
  return {
    handlers,
    authenticate: (token) =>
      token !== undefined && isTokenText(token) ? tokens.authenticate(token) : sessions.authenticate(token),
  };
};

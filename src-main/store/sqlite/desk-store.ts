import { Kysely, SqliteDialect } from 'kysely';
import type { Desk, StoredAccount, StoredToken } from '#main/store/desk.ts';
import { roles, tokenScopes } from '#shared/contract/access.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { foldCase } from '#shared/text/fold.ts';
import { assertDurable, type SqliteDatabase } from './database.ts';
import type { LedgerSchema } from './schema.ts';

interface AccountCells {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly password_hash: string;
}

const accountOf = (cells: AccountCells): StoredAccount => {
  const role = roles.find((known) => known === cells.role);
  if (!role) throw new Error(`account ${cells.id} has an unknown role`);
  return { id: cells.id, login: cells.login, name: cells.name, role, passwordHash: cells.password_hash };
};

interface TokenCells {
  readonly id: number;
  readonly name: string;
  readonly scope: string;
  readonly hint: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

const tokenCells = ['id', 'name', 'scope', 'hint', 'created_at', 'last_used_at', 'revoked_at'] as const;

const tokenOf = (cells: TokenCells): StoredToken => {
  const scope = tokenScopes.find((known) => known === cells.scope);
  if (!scope) throw new Error(`token ${cells.id} has an unknown scope`);
  const { id, name, hint } = cells;
  const { created_at: createdAt, last_used_at: lastUsedAt, revoked_at: revokedAt } = cells;
  return { id, name, scope, hint, createdAt, lastUsedAt, revokedAt };
};

const accountCells = ['account.id', 'account.login', 'account.name', 'account.role', 'account.password_hash'] as const;

/** The desk in the ledger's own file, over the writer's connection. */
export const createDeskStore = (db: SqliteDatabase, now: () => number): Desk => {
  const desk = new Kysely<LedgerSchema>({ dialect: new SqliteDialect({ database: db }) });
  const durable = async <Value>(work: Promise<Value>): Promise<Value> => {
    const value = await work;
    assertDurable(db);
    return value;
  };
  const countAccounts = async (): Promise<number> => {
    const { count } = await desk
      .selectFrom('account')
      .select((build) => build.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  };
  const findAccount = async (login: string): Promise<StoredAccount | null> => {
    const found = await desk
      .selectFrom('account')
      .select(accountCells)
      .where('login_folded', '=', foldCase(login))
      .executeTakeFirst();
    return found ? accountOf(found) : null;
  };
  return {
    countAccounts,
    findAccount,
    listAccounts: async () =>
      (await desk.selectFrom('account').select(accountCells).orderBy('login_folded').execute()).map(accountOf),
    insertAccount: async ({ login, name, role, passwordHash, onlyFirst }) => {
      if (onlyFirst && (await countAccounts()) > 0) throw new BitacoraError('conflict', { what: 'administrator' });
      if (await findAccount(login)) throw new BitacoraError('conflict', { what: login });
      const { id } = await durable(
        desk
          .insertInto('account')
          .values({ login, login_folded: foldCase(login), name, role, password_hash: passwordHash })
          .returning('id')
          .executeTakeFirstOrThrow(),
      );
      return { id, login, name, role, passwordHash };
    },
    insertSession: async ({ tokenHash, accountId, expiresAt }) => {
      await desk.deleteFrom('session').where('expires_at', '<=', now()).execute();
      await durable(
        desk
          .insertInto('session')
          .values({ token_hash: Buffer.from(tokenHash), account_id: accountId, expires_at: expiresAt })
          .execute(),
      );
    },
    findSession: async (tokenHash) => {
      const found = await desk
        .selectFrom('session')
        .innerJoin('account', 'account.id', 'session.account_id')
        .select([...accountCells, 'session.expires_at'])
        .where('token_hash', '=', Buffer.from(tokenHash))
        .executeTakeFirst();
      return found ? { account: accountOf(found), expiresAt: found.expires_at } : null;
    },
    deleteSession: async (tokenHash) => {
      await durable(desk.deleteFrom('session').where('token_hash', '=', Buffer.from(tokenHash)).execute());
    },
    readAttempts: async (subject) => {
      const found = await desk.selectFrom('attempt').selectAll().where('subject', '=', subject).executeTakeFirst();
      return { failures: found?.failures ?? 0, lastFailureAt: found?.last_failure_at ?? 0 };
    },
    recordAttempt: async (subject, succeeded, at) => {
      if (succeeded) {
        await durable(desk.deleteFrom('attempt').where('subject', '=', subject).execute());
        return;
      }
      await durable(
        desk
          .insertInto('attempt')
          .values({ subject, failures: 1, last_failure_at: at })
          .onConflict((conflict) =>
            conflict.column('subject').doUpdateSet((build) => ({
              failures: build('attempt.failures', '+', 1),
              last_failure_at: at,
            })),
          )
          .execute(),
      );
    },
    insertToken: async ({ name, scope, hint, tokenHash }) => {
      const cells = { name, scope, hint, created_at: now(), last_used_at: null, revoked_at: null };
      const { id } = await durable(
        desk
          .insertInto('token')
          .values({ ...cells, token_hash: Buffer.from(tokenHash) })
          .returning('id')
          .executeTakeFirstOrThrow(),
      );
      return tokenOf({ id, ...cells });
    },
    listTokens: async () => (await desk.selectFrom('token').select(tokenCells).orderBy('id').execute()).map(tokenOf),
    findToken: async (tokenHash) => {
      const found = await desk
        .selectFrom('token')
        .select(tokenCells)
        .where('token_hash', '=', Buffer.from(tokenHash))
        .executeTakeFirst();
      return found ? tokenOf(found) : null;
    },
    touchToken: async (id) => {
      await durable(desk.updateTable('token').set({ last_used_at: now() }).where('id', '=', id).execute());
    },
    revokeToken: async (id) => {
      await durable(
        desk
          .updateTable('token')
          .set({ revoked_at: now() })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .execute(),
      );
      const found = await desk.selectFrom('token').select(tokenCells).where('id', '=', id).executeTakeFirst();
      return found ? tokenOf(found) : null;
    },
    readSetting: async (key) => {
      const found = await desk.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
      return found ? (JSON.parse(found.value) as unknown) : null;
    },
    writeSetting: async (key, value) => {
      const text = JSON.stringify(value);
      await durable(
        desk
          .insertInto('setting')
          .values({ key, value: text })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: text }))
          .execute(),
      );
    },
    readPreferences: async (accountId) => {
      const rows = await desk
        .selectFrom('preference')
        .select(['key', 'value'])
        .where('account_id', '=', accountId)
        .execute();
      return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value) as unknown]));
    },
    writePreference: async (accountId, key, value) => {
      if (value === null || value === undefined) {
        await durable(
          desk.deleteFrom('preference').where('account_id', '=', accountId).where('key', '=', key).execute(),
        );
        return;
      }
      const text = JSON.stringify(value);
      await durable(
        desk
          .insertInto('preference')
          .values({ account_id: accountId, key, value: text })
          .onConflict((conflict) => conflict.columns(['account_id', 'key']).doUpdateSet({ value: text }))
          .execute(),
      );
    },
  };
};

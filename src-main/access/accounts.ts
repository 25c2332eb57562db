import { randomBytes } from 'node:crypto';
import { hashPassword } from '#main/access/passwords.ts';
import type { Desk, StoredAccount } from '#main/store/desk.ts';
import type { Role } from '#shared/contract/access.ts';
import { BitacoraError, isBitacoraError } from '#shared/contract/errors.ts';

export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** Makes an account. Throws `conflict` when the login is taken. */
export const createAccount = async (desk: Desk, { password, ...account }: NewAccount): Promise<StoredAccount> =>
  desk.insertAccount({ ...account, passwordHash: await hashPassword(password), onlyFirst: false });

/** Makes the first administrator. Throws `conflict` when there is any account already, however close the race. */
export const createFirstAdministrator = async (
  desk: Desk,
  { login, name, password }: Omit<NewAccount, 'role'>,
): Promise<StoredAccount> => {
  // Asked before hashing too: afterwards this door is open to everybody, and must not cost 46 MiB a knock.
  if ((await desk.countAccounts()) > 0) throw new BitacoraError('conflict', { what: login });
  return desk.insertAccount({
    login,
    name,
    role: 'admin',
    passwordHash: await hashPassword(password),
    onlyFirst: true,
  });
};

const demoLogin = 'demo';

/** The demo ledger's only account. Nobody knows its password: the demo is entered by opening it. */
export const findOrCreateDemoAccount = async (desk: Desk): Promise<StoredAccount> => {
  const known = await desk.findAccount(demoLogin);
  if (known !== null) return known;
  try {
    return await createAccount(desk, {
      login: demoLogin,
      name: 'Demo',
      role: 'admin',
      password: randomBytes(32).toString('base64url'),
    });
  } catch (error) {
    // Two windows opened the demo at once: the other one made the account.
    const made = isBitacoraError(error, 'conflict') ? await desk.findAccount(demoLogin) : null;
    if (made === null) throw error;
    return made;
  }
};

import { exitCodes } from '#main/cli/exit-code.ts';
import { readPassword } from '#main/cli/read-password.ts';
import type { Command } from '#main/cli/run.ts';
import { withRunningEngine } from '#main/cli/running-engine.ts';
import { alignTable } from '#main/cli/table.ts';
import { readChoice, usageError } from '#main/cli/usage.ts';
import { loginSchema, roles } from '#shared/contract/access.ts';

/** As `passwordSchema` has them. */
const passwordLength = { least: 10, most: 1000 };

interface AccountWords {
  readonly login: string;
  readonly role: string;
  readonly name?: string;
}

export const createAccountCommand: Command<AccountWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const role = readChoice(say, '--role', words.role, roles);
  if (!loginSchema.safeParse(words.login).success) throw usageError(say('badLogin'));
  const { login, name = login } = words;
  const password = await readPassword(run);
  if (password.length < passwordLength.least) throw usageError(say('shortPassword', passwordLength));
  if (password.length > passwordLength.most) throw usageError(say('longPassword', passwordLength));
  return withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'may be missing', async (engine) => {
    const account = await engine.call('account.create', { login, name, role, password }, { signal });
    if (json) await terminal.print(`${JSON.stringify(account)}\n`);
    else terminal.note(say('accountMade', account));
    return exitCodes.done;
  });
};

export const listAccountsCommand: Command<object> = async ({ terminal, say, dataFolder, version, json, signal }) =>
  withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const { accounts } = await engine.call('account.list', {}, { signal });
    if (json) {
      await terminal.print(`${JSON.stringify({ accounts })}\n`);
      return exitCodes.done;
    }
    const heads = [say('columnLogin'), say('columnName'), say('columnRole')];
    const rows = accounts.map(({ login, name, role }) => [login, name, role]);
    await terminal.print(alignTable(heads, rows, terminal.width));
    return exitCodes.done;
  });

import { exitCodes } from '#main/cli/exit-code.ts';
import type { Command } from '#main/cli/run.ts';
import { withRunningEngine } from '#main/cli/running-engine.ts';
import { alignTable } from '#main/cli/table.ts';
import { readChoice, readWhole, usageError } from '#main/cli/usage.ts';
import { tokenScopes } from '#shared/contract/access.ts';

/** As the contract has it. */
const longestName = 200;

interface CreateWords {
  readonly scope: string;
  readonly name?: string;
}

export const createTokenCommand: Command<CreateWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const scope = readChoice(say, '--scope', words.scope, tokenScopes);
  const name = (words.name ?? scope).trim();
  if (name === '' || name.length > longestName)
    throw usageError(say('badOptionValue', { option: '--name', value: name }));
  return withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'may be missing', async (engine) => {
    const made = await engine.call('token.create', { scope, name }, { signal });
    await terminal.print(json ? `${JSON.stringify(made)}\n` : `${made.token}\n`);
    terminal.note(say('tokenMade', made.info));
    return exitCodes.done;
  });
};

export const listTokensCommand: Command<object> = async ({ terminal, say, dataFolder, version, json, signal }) =>
  withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const { tokens } = await engine.call('token.list', {}, { signal });
    if (json) {
      await terminal.print(`${JSON.stringify({ tokens })}\n`);
      return exitCodes.done;
    }
    const heads = (
      ['columnId', 'columnName', 'columnScope', 'columnMade', 'columnLastUsed', 'columnRevoked'] as const
    ).map((key) => say(key));
    const rows = tokens.map(({ id, name, scope, createdAt, lastUsedAt, revokedAt }) => [
      String(id),
      name,
      scope,
      createdAt,
      lastUsedAt ?? '',
      revokedAt ?? '',
    ]);
    await terminal.print(alignTable(heads, rows, terminal.width));
    return exitCodes.done;
  });

export const revokeTokenCommand: Command<{ readonly id: string }> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const id = readWhole(say, '<id>', words.id, 1, Number.MAX_SAFE_INTEGER);
  return withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const token = await engine.call('token.revoke', { id }, { signal });
    if (json) await terminal.print(`${JSON.stringify(token)}\n`);
    else terminal.note(say('tokenRevoked', token));
    return exitCodes.done;
  });
};

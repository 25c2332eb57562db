import { resolve } from 'node:path';
import { isErrorCode } from '#main/cli/engine-here.ts';
import { exitCodes } from '#main/cli/exit-code.ts';
import type { Command } from '#main/cli/run.ts';
import { withRunningEngine } from '#main/cli/running-engine.ts';
import { alignTable } from '#main/cli/table.ts';
import { readChoice, readZone } from '#main/cli/usage.ts';
import { BitacoraError, errorSentence } from '#shared/contract/errors.ts';
import { followStarts } from '#shared/contract/follow.ts';

interface AddWords {
  readonly file: string;
  readonly source?: string;
  readonly from: string;
  readonly zone: string;
}

export const addFollowCommand: Command<AddWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const options = {
    source: words.source ?? null,
    start: readChoice(say, '--from', words.from, followStarts),
    zone: readZone(say, words.zone),
  };
  return withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'may be missing', async (engine) => {
    const follow = await engine.call('capture.followPath', { path: resolve(words.file), options }, { signal });
    if (json) await terminal.print(`${JSON.stringify(follow)}\n`);
    else terminal.note(say('followAdded', follow));
    return exitCodes.done;
  });
};

export const listFollowsCommand: Command<object> = async ({ terminal, say, dataFolder, version, json, signal }) =>
  withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const { follows } = await engine.call('capture.follows', {}, { signal });
    if (json) {
      await terminal.print(`${JSON.stringify({ follows })}\n`);
      return exitCodes.done;
    }
    const heads = (
      ['columnFile', 'columnState', 'columnStored', 'columnRejected', 'columnUnread', 'columnFault'] as const
    ).map((key) => say(key));
    const rows = follows.map(({ path, state, stored, rejected, lag, error }) => [
      path,
      state,
      String(stored),
      String(rejected),
      String(lag),
      error === null || !isErrorCode(error.code) ? '' : errorSentence(error.code, error.details, terminal.language),
    ]);
    await terminal.print(alignTable(heads, rows, terminal.width));
    return exitCodes.done;
  });

export const removeFollowCommand: Command<{ readonly file: string }> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const path = resolve(words.file);
  return withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const { follows } = await engine.call('capture.follows', {}, { signal });
    const follow = follows.find((found) => found.path === path);
    if (!follow) throw new BitacoraError('not_found', { what: path });
    await engine.call('capture.unfollow', { id: follow.id }, { signal });
    if (json) await terminal.print('{}\n');
    else terminal.note(say('followRemoved', { path }));
    return exitCodes.done;
  });
};

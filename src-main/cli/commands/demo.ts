import { withEngine } from '#main/cli/engine-here.ts';
import { exitCodes } from '#main/cli/exit-code.ts';
import type { Command } from '#main/cli/run.ts';
import { readWhole } from '#main/cli/usage.ts';
import { waitForIndexes } from '#main/cli/wait-for-indexes.ts';

const mostRows = 100_000_000;

interface DemoWords {
  readonly rows: string;
  readonly seed: string;
}

export const demoCommand: Command<DemoWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const rows = readWhole(say, '--rows', words.rows, 1, mostRows);
  const seed = readWhole(say, '--seed', words.seed, 0, Number.MAX_SAFE_INTEGER);
  return withEngine({ dataFolder, demo: false, version, access: 'write' }, 'may be missing', async (engine) => {
    const { stored } = await engine.call(
      'demo.fill',
      { rows, seed },
      {
        signal,
        onProgress: ({ done, total }) =>
          terminal.progress(() => say('demoProgress', { done: terminal.number(done), total: terminal.number(total) })),
      },
    );
    const indexed = await waitForIndexes(run, engine);
    if (json) await terminal.print(`${JSON.stringify({ stored })}\n`);
    else terminal.note(say('demoDone', { stored: terminal.number(stored) }));
    if (!indexed) terminal.note(say('indexLater'));
    return indexed ? exitCodes.done : exitCodes.failed;
  });
};

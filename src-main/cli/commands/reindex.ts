import { withEngine } from '#main/cli/engine-here.ts';
import { exitCodes } from '#main/cli/exit-code.ts';
import type { Command } from '#main/cli/run.ts';
import { isCancelled } from '#shared/contract/errors.ts';

const kinds = { search: 'indexSearch', columns: 'indexColumns', orders: 'indexOrders' } as const;
const megabyte = 1_000_000;

export const reindexCommand: Command<object> = async ({ terminal, say, dataFolder, version, json, signal }) =>
  withEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const { number } = terminal;
    try {
      const made = await engine.call(
        'index.rebuild',
        {},
        {
          signal,
          onProgress: ({ kind, done, total }) =>
            terminal.progress(() =>
              say('reindexProgress', { kind: say(kinds[kind]), done: number(done), total: number(total) }),
            ),
        },
      );
      terminal.clearProgress();
      if (json) await terminal.print(`${JSON.stringify(made)}\n`);
      else {
        const size = Object.values(made.bytes).reduce((sum, bytes) => sum + bytes, 0) / megabyte;
        terminal.note(
          say('reindexDone', {
            entries: number(made.entries),
            seconds: number(Math.round(made.seconds * 10) / 10),
            size: number(Math.round(size * 10) / 10),
          }),
        );
      }
      return exitCodes.done;
    } catch (error) {
      if (!isCancelled(error)) throw error;
      terminal.note(say('indexLater'));
      return exitCodes.failed;
    }
  });

import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve as resolvePath } from 'node:path';
import { exitCodes } from '#main/cli/exit-code.ts';
import { rendererFolder } from '#main/cli/places.ts';
import type { Command } from '#main/cli/run.ts';
import { readWhole, usageError } from '#main/cli/usage.ts';
import { forkEngine } from '#main/engine/process/engine-process.ts';
import { superviseEngine } from '#main/engine/process/engine-supervisor.ts';

interface ServeWords {
  readonly port: string;
  readonly demo?: boolean;
  readonly followIn?: readonly string[];
  /** The file that is running: what `forkEngine` starts once more, for the engine. */
  readonly program: string;
}

const loopback = '127.0.0.1';

/** A port that is free now. It stays the same when the engine is started again. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, loopback, () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('a listening server has no port'));
      });
    });
  });

/**
 * Keeps an engine with its HTTP host running in a child process, on one port. Prints one JSON line when it answers, and
 * ends when it is told to; `pid` is this process, the one to signal.
 */
export const serveCommand: Command<ServeWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, signal } = run;
  const asked = readWhole(say, '--port', words.port, 0, 65_535);
  if (!existsSync(join(rendererFolder, 'index.html'))) throw usageError(say('pageNotBuilt'));
  const port = asked === 0 ? await freePort() : asked;
  const engineWords = [
    'serve-engine',
    ...['--data', dataFolder, '--port', String(port), '--lang', terminal.language],
    ...(words.demo ? ['--demo'] : []),
    ...(words.followIn === undefined ? [] : ['--follow-in', ...words.followIn.map((folder) => resolvePath(folder))]),
  ];

  return new Promise((resolve) => {
    let answered = false;
    let ended: number | undefined;
    const supervisor = superviseEngine({
      spawn: () => forkEngine(words.program, engineWords),
      onCrash: (reason, willRestart) => {
        if (!answered) {
          // It has said why on our standard error: it is not the engine that is at fault, but what it was asked.
          ended = reason === exitCodes.wrongUse ? exitCodes.wrongUse : exitCodes.failed;
        } else if (willRestart) {
          terminal.note(say('engineRestarts', { reason }));
        } else {
          terminal.note(say('engineGivenUp'));
          ended = exitCodes.failed;
        }
        if (ended !== undefined) void supervisor.close().then(() => resolve(ended ?? exitCodes.failed));
      },
    });
    supervisor.onState((state) => {
      if (state !== 'up' || answered) return;
      answered = true;
      void terminal.print(`${JSON.stringify({ url: `http://${loopback}:${port}`, pid: process.pid, version })}\n`);
    });
    const stop = (): void => void supervisor.close().then(() => resolve(exitCodes.done));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
};

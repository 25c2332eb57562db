import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAsHost, requireLedger } from '#main/cli/engine-here.ts';
import { exitCodes } from '#main/cli/exit-code.ts';
import { rendererFolder } from '#main/cli/places.ts';
import { reportFailure } from '#main/cli/report-failure.ts';
import type { Command, Run } from '#main/cli/run.ts';
import { readWhole, usageError } from '#main/cli/usage.ts';
import { createEngine } from '#main/engine/create-engine.ts';
import { type RunnableEngine, runEngine } from '#main/engine/process/run-engine.ts';
import { openProgramLog } from '#main/engine/program-log.ts';
import { createHttpHost, type HttpHost, type HttpHostOptions } from '#main/http/create-http-host.ts';

/** How long a predecessor that was just killed may still hold the port, and how often it is tried, in milliseconds. */
const portPatience = 3000;
const portInterval = 100;

const listen = async ({ say }: Run, options: HttpHostOptions): Promise<HttpHost> => {
  const { port } = options;
  for (const until = performance.now() + portPatience; ; ) {
    try {
      return await createHttpHost(options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') throw usageError(say('portForbidden', { port }));
      if (code !== 'EADDRINUSE') throw error;
      if (performance.now() > until) throw usageError(say('portTaken', { port }));
      await wait(portInterval);
    }
  }
};

interface ServeEngineWords {
  readonly port: string;
  readonly demo?: boolean;
  readonly followIn?: readonly string[];
}

/** The engine with its HTTP host, in the child process that `serve` supervises. It ends when its parent says so or dies. */
export const serveEngineCommand: Command<ServeEngineWords> = async (run, words) => {
  const { dataFolder, version, say } = run;
  const port = readWhole(say, '--port', words.port, 1, 65_535);
  const demo = words.demo === true;
  // Sooner than an orderly exit, which waits for the threads' statements: the port and the ledger are free at once for
  // whoever comes next. Everything confirmed is on disk.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  try {
    const create = async (): Promise<RunnableEngine> => {
      const { followIn = [] } = words;
      const config = { dataFolder, demo, version, access: 'write', forWindow: true, onDuty: true, followIn } as const;
      let host: HttpHost | null = null;
      const engine = await createEngine(config, { kind: 'served', address: () => host });
      const programLog = openProgramLog(config);
      try {
        await requireLedger(connectAsHost(engine.dispatch), 'may be missing');
        const listening = await listen(run, {
          dispatch: engine.dispatch,
          rendererFolder,
          uploadFolder: join(dataFolder, 'uploads'),
          downloadFolder: join(dataFolder, 'downloads'),
          port,
          host: '127.0.0.1',
          version,
          log: programLog.log,
        });
        host = listening;
        return {
          dispatch: engine.dispatch,
          close: async () => {
            await listening.close();
            await engine.close();
            programLog.close();
          },
        };
      } catch (error) {
        await engine.close();
        throw error;
      }
    };
    await runEngine(create, demo ? null : dataFolder);
  } catch (error) {
    // The open channel to the parent would keep this process alive.
    process.exit(reportFailure(error, run.terminal, say));
  }
  return exitCodes.done;
};

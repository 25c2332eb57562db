import { fork } from 'node:child_process';
import { engineEnvironment } from '#main/engine/config.ts';
import type { FromEngine, ToEngine } from '#main/engine/process/envelope.ts';

/** A running engine process, as its supervisor sees it: a forked Node here, a utility process in the Electron room. */
export interface EngineProcess {
  readonly pid: number | undefined;
  send(message: ToEngine): void;
  onMessage(listener: (message: FromEngine) => void): void;
  /** Called once, with the exit code, or a sentence when it could not be started or was ended by a signal. */
  onExit(listener: (reason: number | string) => void): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
}

/** What the engine is started for. */
export interface EngineStart {
  readonly dataFolder: string;
  readonly demo: boolean;
  readonly version: string;
}

/** The command line that `engine-main.ts` reads. */
export const engineArguments = ({ dataFolder, demo, version }: EngineStart): readonly string[] => [
  '--data',
  dataFolder,
  '--version',
  version,
  ...(demo ? ['--demo'] : []),
];

/** Only the engine writes into this channel. */
const trusted = (message: unknown): FromEngine => message as FromEngine;

/**
 * Starts a forked Node on the given entry file. Its output goes to our standard error: our standard output belongs to
 * whoever called the program. `node` is the Node to run it on and `env` its environment.
 */
export const forkEngine = (
  entry: string,
  args: readonly string[],
  {
    node = process.execPath,
    env = engineEnvironment(),
  }: { readonly node?: string; readonly env?: NodeJS.ProcessEnv } = {},
): EngineProcess => {
  const child = fork(entry, args, {
    execPath: node,
    execArgv: [],
    env,
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  return {
    pid: child.pid,
    // A message that can't be handed over any more was sent to a process whose end is about to be reported.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    onMessage: (listener) => child.on('message', (message) => listener(trusted(message))),
    onExit: (listener) => {
      let told = false;
      const tell = (reason: number | string): void => {
        if (told) return;
        told = true;
        listener(reason);
      };
      child.on('exit', (code, signal) => tell(code ?? signal ?? 'unknown'));
      child.on('error', (error) => tell(error.message));
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

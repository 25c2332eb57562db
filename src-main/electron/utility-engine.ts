import { utilityProcess } from 'electron';
import type { EngineProcess } from '#main/engine/process/engine-process.ts';
import type { FromEngine } from '#main/engine/process/envelope.ts';

/** Starts the engine's entry file as a utility process of this Electron. */
export const startUtilityEngine = (
  entry: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): EngineProcess => {
  const child = utilityProcess.fork(entry, [...args], { serviceName: 'Bitácora engine', stdio: 'inherit', env });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => child.postMessage(message),
    // Only the engine writes into this channel.
    onMessage: (listener) => child.on('message', (message: FromEngine) => listener(message)),
    onExit: (listener) => child.once('exit', (code) => listener(code)),
    kill: () => {
      // Its own kill() asks politely; a process that hangs doesn't hear that.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
};

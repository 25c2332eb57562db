import type { EngineProcess } from '#main/engine/process/engine-process.ts';
import type { FromEngine, ToEngine } from '#main/engine/process/envelope.ts';

/**
 * An engine process that is started when `moment` comes; what is sent until then is kept. A window that is being opened
 * has the machine to itself that way: its page needs a while before it asks anything.
 */
export const startLater = (moment: Promise<void>, spawn: () => EngineProcess): EngineProcess => {
  let real: EngineProcess | null = null;
  let killed = false;
  const waiting: ToEngine[] = [];
  const onMessage: ((message: FromEngine) => void)[] = [];
  const onExit: ((reason: number | string) => void)[] = [];
  void moment.then(() => {
    if (killed) return;
    real = spawn();
    for (const listener of onMessage) real.onMessage(listener);
    for (const listener of onExit) real.onExit(listener);
    for (const message of waiting.splice(0)) real.send(message);
  });
  return {
    get pid() {
      return real?.pid;
    },
    send: (message) => {
      if (real) real.send(message);
      else waiting.push(message);
    },
    onMessage: (listener) => {
      if (real) real.onMessage(listener);
      else onMessage.push(listener);
    },
    onExit: (listener) => {
      if (real) real.onExit(listener);
      else onExit.push(listener);
    },
    kill: () => {
      if (real) real.kill();
      else {
        killed = true;
        for (const listener of onExit) listener('never started');
      }
    },
  };
};

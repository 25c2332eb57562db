import { type RunnableEngine, runEngine } from '#main/engine/process/run-engine.ts';

/**
 * The smallest engine that can be run in a process: `echo` answers with its input, `origin` with who asked, `count`
 * sends progress, `wait` runs until it is cancelled, `die` ends the process. With `--crash` it ends before it is ready,
 * with `--stuck` it never finishes its close, with `--slow-start` it is ready only after a moment.
 */
const flags = new Set(process.argv.slice(2));
if (flags.has('--crash')) process.exit(7);

const create = async (): Promise<RunnableEngine> => {
  if (flags.has('--slow-start')) await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    dispatch: async (call, origin) => {
      switch (call.procedure) {
        case 'echo':
          return { ok: true, value: call.input };
        case 'origin':
          return { ok: true, value: origin };
        case 'count':
          for (let done = 1; done <= 3; done++) call.progress({ done });
          return { ok: true, value: 'counted' };
        case 'wait':
          call.event('waiting');
          await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()));
          process.stderr.write('wait was cancelled\n');
          return { ok: false, error: { code: 'cancelled', message: '', details: {} } };
        case 'die':
          process.exit(9);
          break;
        default:
          return { ok: false, error: { code: 'not_found', message: '', details: { what: call.procedure } } };
      }
    },
    close: () => (flags.has('--stuck') ? new Promise<void>(() => undefined) : Promise.resolve()),
  };
};
void runEngine(create, null);

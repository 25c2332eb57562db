import type { Run } from '#main/cli/run.ts';
import { isCancelled } from '#shared/contract/errors.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

/** Waits until everything that was stored can be found through the indexes; false when the wait was cancelled. */
export const waitForIndexes = async ({ terminal, say, signal }: Run, engine: EngineClient): Promise<boolean> => {
  try {
    await engine.call(
      'index.catchUp',
      {},
      {
        signal,
        onProgress: ({ indexed, entries }) =>
          terminal.progress(() =>
            say('indexProgress', { done: terminal.number(indexed), total: terminal.number(entries) }),
          ),
      },
    );
    return true;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    return false;
  } finally {
    terminal.clearProgress();
  }
};

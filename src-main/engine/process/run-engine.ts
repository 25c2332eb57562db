import type { Dispatch } from '#main/engine/dispatch.ts';
import { type Door, openDoor } from '#main/engine/process/door.ts';
import { parentChannel } from '#main/engine/process/parent-channel.ts';
import { serveChannel } from '#main/engine/process/serve-channel.ts';

/** As much of an engine as its process needs. */
export interface RunnableEngine {
  readonly dispatch: Dispatch;
  close(): Promise<void>;
}

/** Opens the command line's way to this engine. Without it the engine does everything else. */
const openDoorOf = async (dataFolder: string, { dispatch }: RunnableEngine): Promise<Door | null> => {
  try {
    return await openDoor(dataFolder, dispatch);
  } catch (error) {
    process.stderr.write(`the command line can't reach this engine: ${String(error)}\n`);
    return null;
  }
};

/**
 * Runs an engine for the process that started this one, and ends with it: on `stop` after a clean close, at once when the
 * parent is gone (everything confirmed is on disk by then; what was running has nobody left to hear of it).
 * `doorFolder`: the data folder by which the command line finds this engine; null when it is not to be found.
 */
export const runEngine = async (create: () => Promise<RunnableEngine>, doorFolder: string | null): Promise<void> => {
  const channel = parentChannel();
  if (!channel) {
    process.stderr.write('This is the engine’s own process; start Bitácora with "npm start" or "bitacora".\n');
    process.exit(2);
  }
  channel.onGone(() => process.exit(0));
  // Ctrl+C in a terminal reaches the whole group; the parent is the one that decides when we stop.
  process.on('SIGINT', () => undefined);

  const creating = create();
  let door: Promise<Door | null> = Promise.resolve(null);
  const served = serveChannel(
    channel,
    async (call, origin) => (await creating).dispatch(call, origin),
    () => {
      void creating.then(async (engine) => {
        served.closeAll();
        await (await door)?.close();
        await engine.close();
        process.exit(0);
      });
    },
  );
  const engine = await creating;
  channel.send({ t: 'ready' });
  if (doorFolder !== null) door = openDoorOf(doorFolder, engine);
};

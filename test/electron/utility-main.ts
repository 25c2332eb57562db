import { app } from 'electron';
import { startUtilityEngine } from '#main/electron/utility-engine.ts';
import { superviseEngine } from '#main/engine/process/engine-supervisor.ts';
import { createRpcClient } from '#shared/rpc/client.ts';

/**
 * A program of the tests: the tiny engine as a utility process, called, killed, called again and closed. Prints what it
 * saw as one JSON line. The engine's file is the last word of the command line.
 */
const run = async (): Promise<void> => {
  await app.whenReady();
  const seen: unknown[] = [];
  const supervisor = superviseEngine({
    spawn: () => startUtilityEngine(process.argv.at(-1) ?? '', []),
    onCrash: (_reason, willRestart) => seen.push(['crash', willRestart]),
    backOff: [10],
  });
  const client = createRpcClient(supervisor.connect('window'));
  seen.push(await client.call('echo', { text: 'á', list: [1, null] }), await client.call('origin', {}));
  const waiting = client.call(
    'wait',
    {},
    {
      onEvent: () => supervisor.pid !== undefined && process.kill(supervisor.pid, 'SIGKILL'),
    },
  );
  seen.push(await waiting.catch((error: { code: string }) => error.code));
  await new Promise<void>((resolve) => supervisor.onState((state) => state === 'up' && resolve()));
  seen.push(await client.call('echo', 'again'));
  await supervisor.close();
  seen.push(supervisor.pid === undefined);
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  app.exit(0);
};

void run();

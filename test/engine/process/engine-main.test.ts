import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { engineArguments, forkEngine } from '#main/engine/process/engine-process.ts';
import { superviseEngine } from '#main/engine/process/engine-supervisor.ts';
import { createRpcClient } from '#shared/rpc/client.ts';

/** Entries that the demo stores at a time. */
const batch = 2000;
const entry = fileURLToPath(new URL('../../../dist/main/engine.js', import.meta.url));

test('the real engine, killed while it writes, opens its ledger again with all that it had stored', async () => {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'bitacora-engine-'));
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true, maxRetries: 3 }));
  const supervisor = superviseEngine({
    spawn: () => forkEngine(entry, engineArguments({ dataFolder, demo: false, version: '0.0.0' })),
    onCrash: () => undefined,
    backOff: [0],
  });
  onTestFinished(() => supervisor.close());
  const host = createRpcClient(supervisor.connect('host'));
  const window = createRpcClient(supervisor.connect('window'));

  const person = { login: 'ana', name: 'Ana Ruiz', password: 'una frase bien larga' };
  const session = (await window.call('setup.create', person)) as { token: string };
  let handedOver = 0;
  const filling = host.call(
    'demo.fill',
    { rows: 1_000_000, seed: 1 },
    {
      onProgress: (value) => {
        const first = handedOver === 0;
        handedOver = (value as { done: number }).done;
        if (first && supervisor.pid !== undefined) process.kill(supervisor.pid, 'SIGKILL');
      },
    },
  );
  await expect(filling).rejects.toMatchObject({ code: 'unavailable' });
  await new Promise<void>((resolve) => supervisor.onState((state) => state === 'up' && resolve()));

  const status = (await window.call('app.status', {})) as { ledger: { state: string; entries: number } };
  expect(status.ledger.state).toBe('open');
  // The last batch was on its way to the disk when it was told.
  expect(handedOver).toBeGreaterThan(batch);
  expect(status.ledger.entries).toBeGreaterThanOrEqual(handedOver - batch);
  // The window is still signed in: it goes on where it was.
  expect(await window.call('session.current', {}, { session: session.token })).toMatchObject({ login: 'ana' });
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { forkEngine } from '#main/engine/process/engine-process.ts';
import {
  type EngineSupervisor,
  type SupervisorOptions,
  superviseEngine,
} from '#main/engine/process/engine-supervisor.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { EngineState } from '#shared/rpc/host-bridge.ts';

const entry = fileURLToPath(new URL('./tiny-engine.ts', import.meta.url));
const supervisors: EngineSupervisor[] = [];

const supervise = (flags: readonly string[] = [], options: Partial<SupervisorOptions> = {}) => {
  const crashes: [number | string, boolean][] = [];
  const states: EngineState[] = [];
  let spawned = 0;
  const supervisor = superviseEngine({
    spawn: () => {
      spawned++;
      return forkEngine(entry, flags);
    },
    onCrash: (reason, willRestart) => crashes.push([reason, willRestart]),
    backOff: [10],
    ...options,
  });
  supervisor.onState((state) => states.push(state));
  supervisors.push(supervisor);
  return { supervisor, crashes, states, spawned: () => spawned };
};

const reach = (supervisor: EngineSupervisor, wanted: EngineState): Promise<void> =>
  new Promise((resolve) => {
    if (supervisor.state === wanted) resolve();
    supervisor.onState((state) => state === wanted && resolve());
  });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pidOf = (supervisor: EngineSupervisor): number => {
  const { pid } = supervisor;
  if (pid === undefined) throw new Error('the engine is not running');
  return pid;
};

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.close()));
});

describe('a supervised engine', () => {
  test('answers many connections, each with its own calls, progress and origin', async () => {
    const { supervisor } = supervise(['--slow-start']);
    const window = createRpcClient(supervisor.connect('window'));
    const host = createRpcClient(supervisor.connect('host'));
    // Sent while it still starts: they wait for it.
    const first = window.call('echo', { when: new Date(0), big: 12n });
    const progress: unknown[] = [];
    expect(await Promise.all([first, window.call('origin', {}), host.call('origin', {})])).toEqual([
      { when: new Date(0), big: 12n },
      'window',
      'host',
    ]);
    expect(await host.call('count', {}, { onProgress: (value) => progress.push(value) })).toBe('counted');
    expect(progress).toEqual([{ done: 1 }, { done: 2 }, { done: 3 }]);
    await expect(window.call('nothing', {})).rejects.toMatchObject({ code: 'not_found' });
  });

  test('killed with -9, gives back the calls in flight and answers the next one after its restart', async () => {
    const { supervisor, crashes, states } = supervise();
    const client = createRpcClient(supervisor.connect('window'));
    await reach(supervisor, 'up');
    const before = pidOf(supervisor);
    const waiting = client.call('wait', {}, { onEvent: () => process.kill(before, 'SIGKILL') });
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    expect(supervisor.state).toBe('down');
    await expect(client.call('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
    await reach(supervisor, 'up');
    expect(await client.call('echo', 2)).toBe(2);
    expect(pidOf(supervisor)).not.toBe(before);
    expect(crashes).toEqual([['SIGKILL', true]]);
    expect(states).toEqual(['up', 'down', 'up']);
  });

  test('that keeps ending is given up after five times, and started again only when asked to', async () => {
    const { supervisor, crashes, spawned } = supervise(['--crash']);
    const client = createRpcClient(supervisor.connect('window'));
    await reach(supervisor, 'failed');
    expect(spawned()).toBe(5);
    expect(crashes.map(([, willRestart]) => willRestart)).toEqual([true, true, true, true, false]);
    expect(crashes.every(([reason]) => reason === 7)).toBe(true);
    await expect(client.call('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
    supervisor.retry();
    expect(supervisor.state).toBe('starting');
    await reach(supervisor, 'failed');
    expect(spawned()).toBe(10);
  });

  test('whose crashes lie further apart than the window is always started again', async () => {
    const { supervisor, crashes } = supervise([], { crashWindow: 0, crashLimit: 2 });
    const client = createRpcClient(supervisor.connect('window'));
    for (let round = 0; round < 3; round++) {
      await reach(supervisor, 'up');
      await expect(client.call('die', {})).rejects.toMatchObject({ code: 'unavailable' });
    }
    await reach(supervisor, 'up');
    expect(crashes).toEqual([9, 9, 9].map((code) => [code, true]));
  });

  test('that can’t be started at all is given up', async () => {
    const { supervisor, crashes } = supervise([], { spawn: () => forkEngine(entry, [], { node: '/no/such/node' }) });
    await reach(supervisor, 'failed');
    expect(crashes.at(-1)).toEqual([expect.stringContaining('ENOENT'), false]);
  });

  test('closed, ends by itself and closes its connections', async () => {
    const { supervisor, crashes } = supervise();
    const client = createRpcClient(supervisor.connect('window'));
    await reach(supervisor, 'up');
    const pid = pidOf(supervisor);
    const waiting = client.call('wait', {});
    const closed = supervisor.close();
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await closed;
    expect(isAlive(pid)).toBe(false);
    expect(crashes).toEqual([]);
    await expect(client.call('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('that doesn’t finish its close is killed', async () => {
    const { supervisor } = supervise(['--stuck'], { closeWithin: 50 });
    await reach(supervisor, 'up');
    const pid = pidOf(supervisor);
    await supervisor.close();
    expect(isAlive(pid)).toBe(false);
  });

  test('cancels what runs for a connection that goes away', async () => {
    const child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const call = { t: 'call', id: 1, procedure: 'wait', input: {} };
    child.send({ t: 'frame', connection: 'a', origin: 'window', frame: call });
    await new Promise<void>((resolve) => child.on('message', (message) => 'frame' in Object(message) && resolve()));
    child.send({ t: 'gone', connection: 'a' });
    const [text] = (await once(child.stderr ?? child, 'data')) as [Buffer];
    expect(String(text)).toContain('wait was cancelled');
    // And when its parent lets go of it, it ends at once.
    child.disconnect();
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { engineEnvironment } from '#main/engine/config.ts';
import { connect, openEngine } from '../engine/engine-kit.ts';

const program = fileURLToPath(new URL('../../../dist/main/cli.js', import.meta.url));

/** Makes a ledger that nobody has open, and gives back a token that may capture into it. */
export const makeLedger = async (data: string): Promise<string> => {
  const engine = await openEngine(data);
  try {
    return (await connect(engine, 'host').call('token.create', { name: 'sender', scope: 'capture' })).token;
  } finally {
    await engine.close();
  }
};

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has no port');
  return address.port;
};

/**
 * The engine of `bitacora serve` as it is built, without the process that would start it again: it starts in a third of
 * the time that its sources take. Resolves when it answers.
 */
export const startBuiltEngine = async (data: string, port: number): Promise<ChildProcess> => {
  const child = fork(program, ['serve-engine', '--data', data, '--port', String(port)], {
    execArgv: ['--no-warnings'],
    env: engineEnvironment({ ...process.env, LC_ALL: 'en_US.UTF-8' }),
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the engine ended with ${code} before it answered`);
  });
  await Promise.race([once(child, 'message'), ended]);
  return child;
};

/**
 * An engine with its HTTP host in a process of its own that says what it holds, forked: `node measured-child.ts FOLDER
 * [quiet]`. Quiet, it makes no entries of reads: what an index holds of entries that it has not written yet comes and goes
 * by megabytes.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { BroadcastChannel, type Worker } from 'node:worker_threads';
import { createEngine } from '#main/engine/create-engine.ts';
import { createLog } from '#main/engine/log.ts';
import { connect } from '../engine/host-caller.ts';
import { openHost } from './open-host.ts';

const threads = new Set<number>();
process.on('worker', (worker: Worker) => {
  const { threadId } = worker;
  threads.add(threadId);
  worker.once('exit', () => threads.delete(threadId));
});

const [, , folder = '', loudness = ''] = process.argv;
const data = path.join(folder, 'data');

const faults: string[] = [];
const engine = await createEngine({ dataFolder: data, demo: false, version: '9.8.7', access: 'write' });
const asHost = connect(engine, 'host');
await asHost.call('demo.fill', { rows: 300, seed: 5 });
const { token: session } = await connect(engine, 'window').call('setup.create', {
  login: 'ana',
  name: 'Ana',
  password: 'una frase larga',
});
if (loudness === 'quiet') {
  await asHost.call('capture.writeSettings', {
    ...(await asHost.call('capture.readSettings', {})),
    recordReads: false,
  });
}
const { token: capture } = await asHost.call('token.create', { name: 'sender', scope: 'capture' });
const { token: read } = await asHost.call('token.create', { name: 'reader', scope: 'read' });
const host = await openHost(engine.dispatch, data, {
  bodyPatienceMs: 500,
  log: createLog((line) => faults.push(line)),
});

/** What all isolates hold after a collection, bytes. */
const heldBytes = async (round: number): Promise<number> => {
  const channel = new BroadcastChannel('heap-probe');
  const answered = new Map<number, number>();
  try {
    await new Promise<void>((resolve) => {
      channel.onmessage = (event: unknown) => {
        const { collected, threadId, bytes } = (
          event as { data: { collected?: number; threadId: number; bytes: number } }
        ).data;
        if (collected !== round) return;
        answered.set(threadId, bytes);
        if ([0, ...threads].every((id) => answered.has(id))) resolve();
      };
      channel.postMessage({ collect: round });
    });
  } finally {
    channel.close();
  }
  return [...answered.values()].reduce((sum, bytes) => sum + bytes, 0);
};

const filesIn = (name: string): number => {
  try {
    return readdirSync(path.join(data, name)).length;
  } catch {
    // Made by the first that comes.
    return 0;
  }
};

/** Once the indexes have all entries: what they hold of those they have not written yet comes and goes by megabytes. */
const measure = async (round: number): Promise<void> => {
  await asHost.call('index.catchUp', {});
  const bytes = await heldBytes(round);
  process.send?.({
    bytes,
    rss: process.memoryUsage.rss(),
    files: filesIn('uploads') + filesIn('downloads'),
    handles: process.getActiveResourcesInfo().length,
    faults,
  });
};
process.on('message', (round: number) => void measure(round));
process.send?.({ url: host.url, session, capture, read });

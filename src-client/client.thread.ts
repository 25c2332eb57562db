import { parentPort, threadId, workerData } from 'node:worker_threads';
import { type CoreOptions, createClientCore } from './client-core.ts';
import type { FromThread, ToThread } from './client-thread.ts';

/** The state is told so often at most, milliseconds. */
const stateInterval = 20;

const tell = (message: FromThread): void => parentPort?.postMessage(message);

let isDue = false;
const core = createClientCore(workerData as CoreOptions, { thread: threadId, isOwn: true }, () => {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    tell({ kind: 'state', state: core.state() });
  }, stateInterval);
});

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'take') {
    const { number, batch } = message;
    void core.take(batch).then((lost) => tell({ kind: 'taken', number, lost, state: core.state() }));
    return;
  }
  void core.close().then(() => {
    tell({ kind: 'state', state: core.state() });
    tell({ kind: 'closed' });
  });
});

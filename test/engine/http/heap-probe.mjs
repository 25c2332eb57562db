/**
 * Preloaded into an engine with --expose-gc, and so into each of its threads: on `collect` every isolate throws away what
 * nobody holds and says what is left, in bytes.
 */
import { BroadcastChannel, threadId } from 'node:worker_threads';

const channel = new BroadcastChannel('heap-probe');
channel.onmessage = ({ data }) => {
  if (data.collect === undefined) return;
  // Several times: what a collection lets go of may have held more, and finalizers run in between.
  for (let i = 0; i < 3; i += 1) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  channel.postMessage({ collected: data.collect, threadId, bytes: heapUsed + arrayBuffers });
};
channel.unref();

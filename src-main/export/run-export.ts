import type { MessagePort } from 'node:worker_threads';
import { ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';
import type { ExportOperations } from './export-operations.ts';

/** Rows become texts that are gone in a moment: with little room V8 would collect them all the time. Megabytes. */
const youngMb = 48;

/** Writes a document in a thread of its own, which ends with it. `ids`: a port to the readers that know a view's order. */
export const runExport = async (
  task: ExportOperations['export']['input'],
  options: {
    readonly ids: MessagePort;
    readonly signal: AbortSignal;
    readonly onProgress: (value: ExportOperations['export']['progress']) => void;
  },
): Promise<ExportOperations['export']['output']> => {
  const { ids, signal, onProgress } = options;
  const thread = new ThreadClient(
    threadFile(import.meta.url, 'export'),
    { ids },
    // The call that was running is rejected with the same failure.
    () => undefined,
    [ids],
    youngMb,
  );
  try {
    await thread.ready;
    return (await thread.call('export', task, {
      signal,
      onProgress: (value) => onProgress(value as ExportOperations['export']['progress']),
    })) as ExportOperations['export']['output'];
  } finally {
    await thread.close();
  }
};

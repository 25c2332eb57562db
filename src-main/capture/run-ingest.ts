import type { MessagePort } from 'node:worker_threads';
import { ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';
import type { IngestOperations } from './ingest-operations.ts';

/** Runs one operation in a thread of its own, which ends with it. `writer`: a port to the ledger's writer. */
export const runIngest = async <N extends keyof IngestOperations>(
  operation: N,
  input: IngestOperations[N]['input'],
  options: {
    readonly writer: MessagePort | null;
    readonly signal: AbortSignal;
    readonly onProgress?: (value: IngestOperations[N]['progress']) => void;
  },
): Promise<IngestOperations[N]['output']> => {
  const { writer, signal, onProgress } = options;
  const thread = new ThreadClient(
    threadFile(import.meta.url, 'ingest'),
    { writer },
    // The call that was running is rejected with the same failure.
    () => undefined,
    writer ? [writer] : [],
  );
  try {
    await thread.ready;
    return (await thread.call(operation, input, {
      signal,
      onProgress: (value) => onProgress?.(value as IngestOperations[N]['progress']),
    })) as IngestOperations[N]['output'];
  } finally {
    await thread.close();
  }
};

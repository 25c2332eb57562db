import type { MessagePort } from 'node:worker_threads';
import { fillWithDemo } from '#main/demo/fill-with-demo.ts';
import type { ImportLedger } from '#main/store/import-ledger.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';
import { importFile } from './import-file.ts';
import type { IngestOperations } from './ingest-operations.ts';
import { readKnownUsers } from './known-users.ts';
import { previewFile } from './preview-file.ts';
import { redactionDigest } from './redaction-key.ts';
import { writerLedger } from './writer-ledger.ts';

/** How often a running operation looks whether it should stop, milliseconds. */
const lookEveryMs = 40;

export interface IngestSetup {
  /** Leads to the writer thread; null for a preview, which stores nothing. */
  readonly writer: MessagePort | null;
}

/** The thread that reads files (and makes the demo trail): parsing never stands in the way of the engine or the writer. */
serveThread<IngestSetup>((setup, { shouldStop }) => {
  const connected = setup.writer ? writerLedger(setup.writer) : null;
  const ledger = (): ImportLedger => {
    if (!connected) throw new Error('this thread has no writer');
    return connected.ledger;
  };

  type Handlers = {
    [N in keyof IngestOperations]: (
      input: IngestOperations[N]['input'],
      signal: AbortSignal,
      progress: (value: IngestOperations[N]['progress']) => void,
    ) => Promise<IngestOperations[N]['output']>;
  };
  const handlers: Handlers = {
    preview: ({ path, options }, signal) => previewFile(path, options, signal),
    import: async ({ path, options, rejectsFolder, usersPath, redaction }, signal, onProgress) => {
      const users = usersPath === null ? null : await readKnownUsers(usersPath);
      const redactor =
        redaction && createRedactor({ keys: redaction.secretKeys, digest: redactionDigest(redaction.key) });
      return importFile({ path, options, rejectsFolder, users, redactor, signal, onProgress, ledger: ledger() });
    },
    demo: ({ rows, seed }, signal, onProgress) => fillWithDemo({ rows, seed, ledger: ledger(), signal, onProgress }),
  };

  return {
    run: async (operation, { input, progress }) => {
      if (!Object.hasOwn(handlers, operation)) throw new Error(`no operation ${operation}`);
      // The engine is the only caller, and calls by the types of `IngestOperations`.
      const handler = handlers[operation as keyof Handlers] as (
        input: unknown,
        signal: AbortSignal,
        progress: (value: unknown) => void,
      ) => Promise<unknown>;
      const controller = new AbortController();
      const looking = setInterval(() => {
        if (shouldStop()) controller.abort();
      }, lookEveryMs);
      try {
        return await handler(input, controller.signal, progress);
      } finally {
        clearInterval(looking);
      }
    },
    close: () => connected?.close(),
  };
});

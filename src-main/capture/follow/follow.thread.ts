import type { MessagePort } from 'node:worker_threads';
import { openRedactionKey, redactionDigest } from '#main/capture/redaction-key.ts';
import { writerLedger } from '#main/capture/writer-ledger.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';
import { followLog } from './follow-log.ts';
import type { FollowTask } from './log-plan.ts';

/** How often a running follower looks whether it should stop, milliseconds. */
const lookEveryMs = 40;

export interface FollowThreadSetup {
  /** Leads to the writer thread. */
  readonly writer: MessagePort;
  readonly task: FollowTask;
  readonly rejectsFolder: string;
  readonly dataFolder: string;
  readonly secretKeys: readonly string[];
}

/** The thread that follows one log of another program: reading and parsing stand in nobody's way. */
serveThread<FollowThreadSetup>(({ writer, task, rejectsFolder, dataFolder, secretKeys }, { shouldStop }) => {
  const { ledger, close } = writerLedger(writer);
  return {
    run: async (operation, { progress }) => {
      if (operation !== 'follow') throw new Error(`no operation ${operation}`);
      const controller = new AbortController();
      const looking = setInterval(() => {
        if (shouldStop()) controller.abort();
      }, lookEveryMs);
      try {
        const redactor = createRedactor({ keys: secretKeys, digest: redactionDigest(openRedactionKey(dataFolder)) });
        const torn = new Map<string, string>();
        await followLog({ task, ledger, rejectsFolder, redactor, signal: controller.signal, torn }, (report) =>
          progress({ ...report, error: report.error?.toWire() ?? null }),
        );
        return null;
      } finally {
        clearInterval(looking);
      }
    },
    close,
  };
});

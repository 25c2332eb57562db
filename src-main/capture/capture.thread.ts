import type { MessagePort } from 'node:worker_threads';
import type { CapturedIds } from '#main/store/captured.ts';
import { createPortCaller } from '#main/store/threads/port-caller.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import type { CaptureFormat } from '#shared/contract/capture.ts';
import { cancelled } from '#shared/contract/errors.ts';
import { createRedactor, type Redactor } from '#shared/redaction/redactor.ts';
import { asRefusal, batchOf } from './capture-receipt.ts';
import { readEntries } from './read-entries.ts';
import { redactionDigest } from './redaction-key.ts';

/** What a redactor is made of. */
export interface RedactionTerms {
  readonly secretKeys: readonly string[];
  readonly key: Uint8Array;
}

export interface CaptureThreadSetup {
  /** Leads to the ledger's writer. */
  readonly writer: MessagePort;
}

/** A body to be stored, all of it or nothing; the answer is `CapturedIds`. */
export interface LargeBody {
  readonly body: Uint8Array;
  readonly format: CaptureFormat;
  readonly redaction: RedactionTerms;
  /** As in `CaptureReading`. */
  readonly source: string | null;
  readonly receivedAt: number;
}

/** The thread that reads large bodies: the engine answers windows meanwhile, and what is read goes straight to the writer. */
serveThread<CaptureThreadSetup>((setup, { shouldStop }) => {
  const writer = createPortCaller(setup.writer);
  let known: { readonly terms: string; readonly redactor: Redactor } | null = null;

  const redactorFor = ({ secretKeys, key }: RedactionTerms): Redactor => {
    const terms = JSON.stringify([secretKeys, ...key]);
    if (known?.terms !== terms) {
      known = { terms, redactor: createRedactor({ keys: secretKeys, digest: redactionDigest(key) }) };
    }
    return known.redactor;
  };
  const look = (): void => {
    if (shouldStop()) throw cancelled();
  };

  const store = async ({ body, format, redaction, source, receivedAt }: LargeBody): Promise<CapturedIds> => {
    const batch = batchOf(readEntries(body, format, { redactor: redactorFor(redaction), source, receivedAt }, look));
    look();
    try {
      return (await writer.call('capture', batch)) as CapturedIds;
    } catch (error) {
      throw asRefusal(error);
    }
  };

  return {
    run: (operation, { input }) => {
      if (operation !== 'store') throw new Error(`no operation ${operation}`);
      return store(input as LargeBody);
    },
    close: writer.close,
  };
});

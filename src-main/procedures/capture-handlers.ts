import path from 'node:path';
import type { z } from 'zod';
import type { RedactionTerms } from '#main/capture/capture.thread.ts';
import { type CaptureQueue, createCaptureQueue } from '#main/capture/capture-queue.ts';
import { receiptOf } from '#main/capture/capture-receipt.ts';
import { createLargeBodies, type LargeBodies } from '#main/capture/large-bodies.ts';
import type { CapturedEntry } from '#main/capture/read-captured.ts';
import { readEntries, readValues } from '#main/capture/read-entries.ts';
import { openRedactionKey, redactionDigest } from '#main/capture/redaction-key.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { Log } from '#main/engine/log.ts';
import type { Desk } from '#main/store/desk.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { type CaptureReceipt, captureSettingsSchema } from '#shared/contract/capture.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { createRedactor, type Redactor } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';

type CaptureProcedure =
  | 'capture.ready'
  | 'capture.store'
  | 'capture.recordRead'
  | 'capture.readSettings'
  | 'capture.writeSettings';

type CaptureSettings = z.output<typeof captureSettingsSchema>;

const settingKey = 'capture';
/** A body of so many bytes takes the engine's thread a millisecond or two; a larger one is read by another thread. */
const bytesReadHere = 32 * 1024;

/** What the settings are until somebody changes them. */
const initialSettings: CaptureSettings = { secretKeys: [...defaultSecretKeys], recordReads: true };
/** Where entries of our own come from. */
const ownSource = 'bitacora';

/** What is taken out of entries, and by whom; and whether reads are recorded. */
interface Redaction {
  readonly recordReads: boolean;
  readonly terms: RedactionTerms;
  readonly redactor: Redactor;
}

/** What belongs to the ledger that is open; another one has its own. */
interface OpenCapture {
  readonly ledger: SqliteLedger;
  readonly queue: CaptureQueue;
  readonly large: LargeBodies;
  redaction: Promise<Redaction>;
}

/** What is taken for a secret, and what is recorded. */
export const captureSettingsOf = async (desk: Desk): Promise<CaptureSettings> => {
  const settings = captureSettingsSchema.safeParse(await desk.readSetting(settingKey));
  return settings.success ? settings.data : initialSettings;
};

/** How many entries each source has. */
const sourcesOf = (read: readonly CapturedEntry[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { entry } of read) {
    const source = entry.source ?? '';
    counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return counts;
};

/**
 * Handlers that take entries from programs; `close` ends what they started. `hear` is told what was stored, by its source;
 * of a body that another thread read, by its sender.
 */
export const createCaptureHandlers = (
  holder: LedgerHolder,
  log: Log,
  hear: (sources: ReadonlyMap<string, number>) => void,
): HandlersFor<CaptureProcedure> & { readonly close: () => Promise<void> } => {
  let open: OpenCapture | null = null;

  const openRedaction = async (ledger: SqliteLedger, desk: Desk): Promise<Redaction> => {
    const { secretKeys, recordReads } = await captureSettingsOf(desk);
    const key = openRedactionKey(path.dirname(ledger.file));
    return {
      recordReads,
      terms: { secretKeys, key },
      redactor: createRedactor({ keys: secretKeys, digest: redactionDigest(key) }),
    };
  };

  const deskOf = (ledger: SqliteLedger): Desk => {
    if (ledger.desk === null) throw new BitacoraError('not_accepting', { reason: 'ledger_read_only' });
    return ledger.desk;
  };

  const leave = async (): Promise<void> => {
    const left = open;
    open = null;
    await left?.large.close();
  };

  const opened = (): OpenCapture => {
    const ledger = holder.orNull();
    if (ledger === null)
      throw new BitacoraError('not_accepting', { reason: holder.state().error?.code ?? 'ledger_missing' });
    if (open?.ledger === ledger) return open;
    void leave();
    const queue = createCaptureQueue(async (batch) => {
      const ids = await ledger.storeCaptured(batch);
      ledger.written(batch.entries.length);
      holder.changed();
      return ids;
    });
    const large = createLargeBodies({
      connect: () => ledger.connectWriter(),
      onFault: (error) => log.bug(error, { during: 'capture thread' }),
    });
    open = { ledger, queue, large, redaction: openRedaction(ledger, deskOf(ledger)) };
    // Whoever asks for it is told.
    open.redaction.catch(() => undefined);
    return open;
  };

  const redactionOf = async (present: OpenCapture): Promise<Redaction> => {
    try {
      return await present.redaction;
    } catch (error) {
      // The disk may be back by the next request.
      if (open === present) await leave();
      const reason =
        error instanceof BitacoraError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'internal');
      throw new BitacoraError('not_accepting', { reason }, { cause: error });
    }
  };

  const store = async (queue: CaptureQueue, read: readonly CapturedEntry[]): Promise<CaptureReceipt> => {
    const receipt = await queue.store(read);
    hear(sourcesOf(read));
    return receipt;
  };

  return {
    'capture.ready': async () => {
      await redactionOf(opened());
      return {};
    },
    'capture.store': async (input, { caller, signal }) => {
      const present = opened();
      const { ledger, queue, large } = present;
      const { redactor, terms } = await redactionOf(present);
      const source = caller.kind === 'token' ? caller.name : null;
      const receivedAt = Date.now() * 1000;
      const reading = { redactor, source, receivedAt };
      if ('entries' in input) return store(queue, readValues(input.entries, reading));
      const { format } = input;
      const body = typeof input.body === 'string' ? Buffer.from(input.body) : input.body;
      if (body.length <= bytesReadHere) return store(queue, readEntries(body, format, reading));
      const ids = await large.store({ body, format, redaction: terms, source, receivedAt }, signal);
      ledger.written(ids.ids.length);
      holder.changed();
      hear(new Map([[source ?? '', ids.ids.length]]));
      return receiptOf(ids, 0, ids.ids.length);
    },
    'capture.recordRead': async ({ entry }) => {
      const present = opened();
      const { redactor, recordReads } = await redactionOf(present);
      if (!recordReads) return {};
      const reading = { redactor, source: ownSource, receivedAt: Date.now() * 1000 };
      await present.queue.store(readValues([entry], reading));
      return {};
    },
    'capture.readSettings': () => captureSettingsOf(deskOf(holder.current())),
    'capture.writeSettings': async (settings) => {
      const ledger = holder.current();
      const desk = deskOf(ledger);
      await desk.writeSetting(settingKey, settings);
      const present = opened();
      present.redaction = openRedaction(ledger, desk);
      await present.redaction;
      return {};
    },
    close: leave,
  };
};

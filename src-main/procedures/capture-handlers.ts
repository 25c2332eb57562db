import path from 'node:path';
import { type CaptureQueue, createCaptureQueue } from '#main/capture/capture-queue.ts';
import { type CapturedEntry, type FieldFault, readCaptured } from '#main/capture/read-captured.ts';
import { openRedactionDigest } from '#main/capture/redaction-key.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { Desk } from '#main/store/desk.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { captureSettingsSchema } from '#shared/contract/capture.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { createRedactor, type Redactor } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';

type CaptureProcedure = 'capture.ready' | 'capture.store' | 'capture.readSettings' | 'capture.writeSettings';

const settingKey = 'capture';
/** Faults that are named in one answer. */
const mostFaults = 20;
/** Entries that are read before others have their turn. */
const entriesInTurn = 500;

const secretKeysOf = async (desk: Desk): Promise<readonly string[]> => {
  const settings = captureSettingsSchema.safeParse(await desk.readSetting(settingKey));
  return settings.success ? settings.data.secretKeys : defaultSecretKeys;
};

const invalid = (issues: readonly FieldFault[]): BitacoraError =>
  new BitacoraError('invalid', { fields: [...new Set(issues.map(({ field }) => field))].join(', '), issues });

/** Handlers that take entries from programs. */
export const createCaptureHandlers = (holder: LedgerHolder): HandlersFor<CaptureProcedure> => {
  /** What belongs to the ledger that is open; another one has its own. */
  let open: { readonly ledger: SqliteLedger; readonly queue: CaptureQueue; redactor: Promise<Redactor> } | null = null;

  const makeRedactor = async (ledger: SqliteLedger, desk: Desk): Promise<Redactor> =>
    createRedactor({ keys: await secretKeysOf(desk), digest: openRedactionDigest(path.dirname(ledger.file)) });

  const deskOf = (ledger: SqliteLedger): Desk => {
    if (ledger.desk === null) throw new BitacoraError('not_accepting', { reason: 'ledger_read_only' });
    return ledger.desk;
  };

  const opened = () => {
    const ledger = holder.orNull();
    if (ledger === null)
      throw new BitacoraError('not_accepting', { reason: holder.state().error?.code ?? 'ledger_missing' });
    if (open?.ledger === ledger) return open;
    const queue = createCaptureQueue(async (batch) => {
      const ids = await ledger.storeCaptured(batch);
      ledger.written();
      holder.changed();
      return ids;
    });
    open = { ledger, queue, redactor: makeRedactor(ledger, deskOf(ledger)) };
    // Whoever asks for it is told.
    open.redactor.catch(() => undefined);
    return open;
  };

  const redactorOf = async (): Promise<Redactor> => {
    const present = opened();
    try {
      return await present.redactor;
    } catch (error) {
      // The disk may be back by the next request.
      if (open === present) open = null;
      const reason =
        error instanceof BitacoraError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'internal');
      throw new BitacoraError('not_accepting', { reason }, { cause: error });
    }
  };

  return {
    'capture.ready': async () => {
      await redactorOf();
      return {};
    },
    'capture.store': async ({ entries }, { caller, signal }) => {
      const redactor = await redactorOf();
      const source = caller.kind === 'token' ? caller.name : null;
      const receivedAt = Date.now() * 1000;
      const read: CapturedEntry[] = [];
      const faults: FieldFault[] = [];
      for (const [place, value] of entries.entries()) {
        const result = readCaptured(value, { redactor, source, receivedAt });
        if ('entry' in result) read.push(result);
        else {
          const at = entries.length === 1 ? '' : `[${place}]`;
          for (const { field, message } of result) {
            faults.push({ field: [at, field].filter((part) => part !== '').join('.') || '(body)', message });
          }
          if (faults.length >= mostFaults) break;
        }
        if (place % entriesInTurn === entriesInTurn - 1) {
          await new Promise((resolve) => setImmediate(resolve));
          if (signal.aborted) throw new BitacoraError('cancelled');
        }
      }
      if (faults.length > 0) throw invalid(faults.slice(0, mostFaults));
      return opened().queue.store(read);
    },
    'capture.readSettings': async () => ({ secretKeys: [...(await secretKeysOf(deskOf(holder.current())))] }),
    'capture.writeSettings': async (settings) => {
      const ledger = holder.current();
      const desk = deskOf(ledger);
      await desk.writeSetting(settingKey, settings);
      const present = opened();
      present.redactor = makeRedactor(ledger, desk);
      await present.redactor;
      return {};
    },
  };
};

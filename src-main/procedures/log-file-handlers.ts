import path from 'node:path';
import { asLogFault } from '#main/capture/log-files/log-fault.ts';
import { describeLogFiles, keepLogFiles, type LogFileKeeper } from '#main/capture/log-files/log-file-keeper.ts';
import { forgetLogPosition } from '#main/capture/log-files/log-position.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { Log } from '#main/engine/log.ts';
import type { Desk } from '#main/store/desk.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { defaultLogFiles, type LogFileSettings, logFileSettingsSchema } from '#shared/contract/log-files.ts';

type LogFileProcedure = 'capture.logFiles' | 'capture.setLogFiles' | 'capture.setLogFolder';

const settingKey = 'logFiles';
const folderKey = 'logFolder';

const settingsOf = async (desk: Desk): Promise<LogFileSettings> => {
  const read = logFileSettingsSchema.safeParse(await desk.readSetting(settingKey));
  return read.success ? read.data : defaultLogFiles;
};

const areWritten = ({ enabled, loggers }: LogFileSettings): boolean => enabled && loggers.length > 0;

const folderOf = async (ledger: SqliteLedger, desk: Desk): Promise<string> => {
  const set = await desk.readSetting(folderKey);
  return typeof set === 'string' ? set : path.join(path.dirname(ledger.file), 'logs');
};

/** Handlers for the log files. `onDuty`: this engine also writes them. */
export const createLogFileHandlers = (
  holder: LedgerHolder,
  log: Log,
  onDuty: boolean,
): HandlersFor<LogFileProcedure> & { readonly close: () => Promise<void> } => {
  let open: { readonly ledger: SqliteLedger; keeper: LogFileKeeper | null } | null = null;
  /** Starts and ends come one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const deskOf = (ledger: SqliteLedger): Desk => {
    if (ledger.desk === null) throw new BitacoraError('ledger_read_only', { path: ledger.file });
    return ledger.desk;
  };
  const end = async (): Promise<void> => {
    const keeper = open?.keeper;
    open = null;
    await keeper?.close();
  };
  const start = async (ledger: SqliteLedger): Promise<void> => {
    open = { ledger, keeper: null };
    if (!onDuty || ledger.desk === null) return;
    const settings = await settingsOf(ledger.desk);
    if (!areWritten(settings)) return;
    const folder = await folderOf(ledger, ledger.desk);
    open.keeper = keepLogFiles({ file: ledger.file, folder, loggers: settings.loggers }, (failure) => {
      if (!(failure instanceof BitacoraError)) {
        return new BitacoraError('internal', { reference: log.bug(failure, { during: 'writing the log files' }) });
      }
      log.warn('the log files can’t be written', { reason: failure.code });
      return failure;
    });
  };
  const follow = (): void => {
    if (holder.orNull() === open?.ledger) {
      open?.keeper?.wake();
      return;
    }
    void inTurn(async () => {
      const ledger = holder.orNull();
      if (ledger === (open?.ledger ?? null)) return;
      await end();
      if (ledger) await start(ledger);
    }).catch((error: unknown) => log.bug(error, { during: 'starting the log files' }));
  };
  const forget = holder.onChange(follow);

  const change = (write: (ledger: SqliteLedger, desk: Desk) => Promise<void>): Promise<Record<never, never>> =>
    inTurn(async () => {
      const ledger = holder.current();
      await end();
      try {
        await write(ledger, deskOf(ledger));
      } finally {
        await start(ledger);
        await open?.keeper?.ready;
      }
      return {};
    });

  return {
    'capture.logFiles': async () => {
      const ledger = holder.current();
      const desk = deskOf(ledger);
      const settings = await settingsOf(desk);
      const folder = await folderOf(ledger, desk);
      const keeper = open?.ledger === ledger ? open.keeper : null;
      const { entries } = await ledger.info();
      return {
        settings,
        folder,
        files: await describeLogFiles(folder, settings, keeper),
        waiting: keeper === null || keeper.position === null ? null : Math.max(0, entries - keeper.position),
        failures: keeper?.failures ?? 0,
        error: keeper?.error?.toWire() ?? null,
      };
    },
    'capture.setLogFiles': (settings) =>
      change(async (ledger, desk) => {
        // Switched on again, they begin with what comes then, not where they ended.
        if (areWritten(settings) && !areWritten(await settingsOf(desk))) {
          await forgetLogPosition(await folderOf(ledger, desk)).catch((error: unknown) => {
            throw asLogFault(error);
          });
        }
        await desk.writeSetting(settingKey, settings);
      }),
    'capture.setLogFolder': ({ folder }) =>
      change(async (_ledger, desk) => {
        await desk.writeSetting(folderKey, folder === null ? null : path.resolve(folder));
      }),
    close: async () => {
      forget();
      await inTurn(end);
    },
  };
};

import { isMainThread } from 'node:worker_threads';
import { createCaptureFigures } from '#main/capture/capture-figures.ts';
import { createFileGrants } from '#main/capture/file-grants.ts';
import { createAccessHandlers } from '#main/procedures/access-handlers.ts';
import { createAppHandlers } from '#main/procedures/app-handlers.ts';
import { createCaptureHandlers } from '#main/procedures/capture-handlers.ts';
import { createCaptureStateHandlers } from '#main/procedures/capture-state-handlers.ts';
import { createExportHandlers } from '#main/procedures/export-handlers.ts';
import { createFollowHandlers } from '#main/procedures/follow-handlers.ts';
import { createIngestHandlers } from '#main/procedures/ingest-handlers.ts';
import { createLogFileHandlers } from '#main/procedures/log-file-handlers.ts';
import { createLogHandlers } from '#main/procedures/log-handlers.ts';
import type { Desk } from '#main/store/desk.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { type AddressKind, createCaptureAddress } from './capture-address.ts';
import type { EngineConfig } from './config.ts';
import { createDispatch, type Dispatch } from './dispatch.ts';
import { createLedgerHolder } from './ledger-holder.ts';
import { openProgramLog } from './program-log.ts';
import { watchCapture } from './watch-capture.ts';

export interface Engine {
  readonly dispatch: Dispatch;
  close(): Promise<void>;
}

/**
 * Puts the rooms together and opens the ledger if there is one; what keeps it from opening is told by `app.status`. `kind`
 * says how programs reach this engine; without it nobody does.
 */
export const createEngine = async (config: EngineConfig, kind: AddressKind | null = null): Promise<Engine> => {
  // What this process writes is for this user alone. A thread can't set it, and then whoever made the thread has.
  if (isMainThread) process.umask(0o077);
  const programLog = openProgramLog(config);
  const { log } = programLog;
  const holder = createLedgerHolder(config, log);
  const figures = createCaptureFigures();
  const address = createCaptureAddress({
    kind,
    holder,
    dispatch: () => dispatch,
    log,
    forWindow: config.forWindow ?? false,
  });
  const deskOf = async (): Promise<Desk> => {
    const { desk, file } = await holder.ensure();
    if (!desk) throw new BitacoraError('ledger_read_only', { path: file });
    return desk;
  };
  const access = createAccessHandlers({ desk: () => holder.orNull()?.desk ?? null, createLedger: deskOf });
  const { close: endExports, ...exportHandlers } = createExportHandlers(holder, config.version, log);
  const grants = createFileGrants();
  const { close: endFollows, ...followHandlers } = createFollowHandlers(holder, grants, log, config, figures.followed);
  const { close: endLogFiles, ...logFileHandlers } = createLogFileHandlers(holder, log, config.onDuty === true);
  const { close: endCapture, ...captureHandlers } = createCaptureHandlers(holder, log, figures.hear);
  const handlers = {
    ...createAppHandlers(holder, config.version),
    ...access.handlers,
    // The command line makes accounts and tokens before any window has made the ledger.
    'account.create': async (input, context) => {
      if (context.caller.kind === 'host') await deskOf();
      return access.handlers['account.create'](input, context);
    },
    'token.create': async (input, context) => {
      if (context.caller.kind === 'host') await deskOf();
      return access.handlers['token.create'](input, context);
    },
    ...createLogHandlers(holder),
    ...createIngestHandlers(holder, grants),
    ...exportHandlers,
    ...watchCapture(captureHandlers, address, figures),
    ...createCaptureStateHandlers(holder, address, figures),
    ...logFileHandlers,
    ...followHandlers,
  } satisfies Parameters<typeof createDispatch>[0]['handlers'];
  const dispatch = createDispatch({ handlers, authenticate: access.authenticate, log });
  await holder.open();
  return {
    dispatch,
    close: async () => {
      await address.close();
      await endExports();
      await endFollows();
      await endLogFiles();
      await endCapture();
      await holder.close();
      programLog.close();
    },
  };
};

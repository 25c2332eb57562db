import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { openInBrowser } from './open-in-browser.ts';
import { openInElectron } from './open-in-electron.ts';
import type { OpenedApp, OpenOptions } from './opened-app.ts';
import { keepScreen } from './screens.ts';

/** A folder for one test, removed after it. */
export const freshFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitacora-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
};

/** A data folder for one test, with a copy of the prepared ledger. */
export const preparedFolder = async (): Promise<string> => {
  const copy = await freshFolder();
  await cp(inject('preparedData'), copy, { recursive: true });
  return copy;
};

/** Opens the app in the program of this run, over a fresh data folder unless one is given; closed after the test. */
export const openApp = async (options: Partial<OpenOptions> = {}): Promise<OpenedApp> => {
  const dataFolder = options.dataFolder ?? (await freshFolder());
  const app = await (inject('appKind') === 'electron' ? openInElectron : openInBrowser)({ ...options, dataFolder });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await keepScreen(app, `failed ${task.name.replace(/[^\p{L}\p{N} ]/gu, '')}`);
    await app.close();
  });
  return app;
};

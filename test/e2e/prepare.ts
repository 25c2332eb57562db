import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { makePreparedLedger } from './ledger.ts';

/** Two journeys that start at once would unpack it over each other. */
const unpackChromium = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'unpack-chromium.ts')]);
};

/** Once before all journeys: Chromium, and the ledger of which each gets a copy. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitacora-e2e-'));
  const data = path.join(folder, 'data');
  await Promise.all([
    makePreparedLedger(folder, data),
    project.getProvidedContext().appKind === 'browser' ? unpackChromium() : null,
  ]);
  project.provide('preparedData', data);
  return () => rm(folder, { recursive: true, force: true });
};

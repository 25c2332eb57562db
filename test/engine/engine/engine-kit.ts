import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { AddressKind } from '#main/engine/capture-address.ts';
import type { EngineConfig } from '#main/engine/config.ts';
import { createEngine, type Engine } from '#main/engine/create-engine.ts';
import type { Session } from '#shared/contract/access.ts';
import type { InputOf } from '#shared/contract/procedures.ts';
import { type Caller, connect } from './host-caller.ts';

const folders: string[] = [];
const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-engine-'));
  folders.push(folder);
  return folder;
};

/** A whole engine over a data folder; it is closed with the test file, if not before. */
export const openEngine = async (
  dataFolder: string,
  more: Partial<EngineConfig> = {},
  kind: AddressKind | null = null,
): Promise<Engine> => {
  const engine = await createEngine({ dataFolder, demo: false, version: '9.8.7', access: 'write', ...more }, kind);
  engines.push(engine);
  return engine;
};

export { type Caller, connect };

export const password = 'una frase larga';

/** Makes the ledger with its first administrator. */
export const setUp = async (engine: Engine): Promise<{ readonly admin: Caller; readonly session: Session }> => {
  const session = await connect(engine, 'window').call('setup.create', { login: 'ana', name: 'Ana', password });
  return { admin: connect(engine, 'window', session.token), session };
};

export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: { code?: string }) => error.code ?? String(error),
  );

/** The lines of the program's own log that speak of bugs. */
export const bugsIn = (dataFolder: string): readonly string[] => {
  try {
    return readFileSync(path.join(dataFolder, 'logs', 'bitacora.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"level":"error"'));
  } catch {
    // Nothing was ever logged.
    return [];
  }
};

export const wholeLog = (
  clauses: InputOf<'log.page'>['view']['query']['clauses'] = [],
): InputOf<'log.page'>['view'] => ({
  query: { clauses },
  sort: { column: 'id', descending: true },
  reading: { zone: 'UTC', ignoreAccents: true },
  newestId: null,
  now: null,
});

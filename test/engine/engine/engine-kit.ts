import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { EngineConfig } from '#main/engine/config.ts';
import { createEngine, type Engine } from '#main/engine/create-engine.ts';
import type { Session } from '#shared/contract/access.ts';
import type { InputOf, OutputOf, ProcedureName } from '#shared/contract/procedures.ts';
import { type CallOptions, createRpcClient, type RpcClient } from '#shared/rpc/client.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import { type Port, portPair } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';

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
export const openEngine = async (dataFolder: string, more: Partial<EngineConfig> = {}): Promise<Engine> => {
  const engine = await createEngine({ dataFolder, demo: false, version: '9.8.7', access: 'write', ...more });
  engines.push(engine);
  return engine;
};

export interface Caller {
  readonly port: Port<ServerFrame, ClientFrame>;
  readonly client: RpcClient;
  call<N extends ProcedureName>(procedure: N, input: InputOf<N>, options?: CallOptions): Promise<OutputOf<N>>;
}

/** A window or the shell at an engine, over ports in memory; `session` goes into every call. */
export const connect = (engine: Engine, origin: 'window' | 'host', session?: string): Caller => {
  const [port, there] = portPair<ServerFrame, ClientFrame>();
  serveRpc(there, (call) => engine.dispatch(call, origin));
  const client = createRpcClient(port);
  return {
    port,
    client,
    call: (procedure, input, options) => client.call(procedure, input, { session, ...options }) as Promise<never>,
  };
};

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

import type { EngineConfig } from '#main/engine/config.ts';
import type { Dispatch } from '#main/engine/dispatch.ts';
import { BitacoraError, type ErrorCode, errorTable } from '#shared/contract/errors.ts';
import { createRpcClient, type RpcClient } from '#shared/rpc/client.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import { portPair } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** A client by the types of the table, to which the engine at the other end holds itself. */
export const typedClient = (client: RpcClient): EngineClient => ({
  call: (procedure, input, options = {}) =>
    client.call(procedure, input, {
      signal: options.signal,
      onProgress: options.onProgress as ((value: unknown) => void) | undefined,
      onEvent: options.onEvent as ((value: unknown) => void) | undefined,
    }) as Promise<never>,
});

/** The engine as the command line calls it: as the shell around it, which may do everything. */
export const connectAsHost = (dispatch: Dispatch): EngineClient => {
  const [here, there] = portPair<ServerFrame, ClientFrame>();
  serveRpc(there, (call) => dispatch(call, 'host'));
  return typedClient(createRpcClient(here));
};

/** Throws what keeps the ledger from being used; one that was never made is `ledger_missing`, unless it may be. */
export const requireLedger = async (engine: EngineClient, missing: 'must exist' | 'may be missing'): Promise<void> => {
  const { ledger } = await engine.call('app.status', {});
  const { state, error, path } = ledger;
  if (state === 'failed') {
    throw error === null || !isErrorCode(error.code)
      ? new BitacoraError('unavailable')
      : new BitacoraError(error.code, error.details);
  }
  if (state === 'missing' && missing === 'must exist') throw new BitacoraError('ledger_missing', { path });
};

/** Runs `work` with an engine in this process, and closes it whatever happens. Throws what keeps the ledger closed. */
export const withEngine = async <T>(
  config: EngineConfig,
  missing: 'must exist' | 'may be missing',
  work: (engine: EngineClient) => Promise<T>,
): Promise<T> => {
  // Loaded only now: what is asked wrongly is said at once.
  const { createEngine } = await import('#main/engine/create-engine.ts');
  const engine = await createEngine(config);
  try {
    const client = connectAsHost(engine.dispatch);
    await requireLedger(client, missing);
    return await work(client);
  } finally {
    await engine.close();
  }
};

import type { Engine } from '#main/engine/create-engine.ts';
import type { InputOf, OutputOf, ProcedureName } from '#shared/contract/procedures.ts';
import { type CallOptions, createRpcClient, type RpcClient } from '#shared/rpc/client.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import { type Port, portPair } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';

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

import { createEngine } from '#main/engine/create-engine.ts';
import type { Session } from '#shared/contract/access.ts';
import type { InputOf, OutputOf, ProcedureName, ProgressOf } from '#shared/contract/procedures.ts';
import { type CallOptions, createRpcClient } from '#shared/rpc/client.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import { type Port, portPair } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';

export const benchLogin = 'bench';
export const benchPassword = 'una clave larga para medir';

export type Call = <N extends ProcedureName>(
  procedure: N,
  input: InputOf<N>,
  options?: Pick<CallOptions, 'signal'> & { readonly onProgress?: (value: ProgressOf<N>) => void },
) => Promise<OutputOf<N>>;

export const callOver = (port: Port<ServerFrame, ClientFrame>, session?: string): Call => {
  const client = createRpcClient(port);
  // The engine answers and reports by the types of the contract.
  return (procedure, input, options) =>
    client.call(procedure, input, { ...(options as CallOptions), session }) as Promise<never>;
};

/** An engine in this process, its threads beside it, called over the in-memory pair. */
export interface BenchEngine {
  /** As the shell around the engine, which may do everything. */
  readonly asHost: Call;
  /** As a window in which somebody is signed in. */
  signIn(): Promise<{ readonly session: Session; readonly call: Call }>;
  close(): Promise<void>;
}

export const openBenchEngine = async (dataFolder: string): Promise<BenchEngine> => {
  const engine = await createEngine({ dataFolder, demo: false, version: '0.0.0', access: 'write' });
  const connect = (origin: 'window' | 'host', session: string | undefined): Call => {
    const [here, there] = portPair<ServerFrame, ClientFrame>();
    serveRpc(there, (call) => engine.dispatch(call, origin));
    return callOver(here, session);
  };
  return {
    asHost: connect('host', undefined),
    signIn: async () => {
      const credentials = { login: benchLogin, password: benchPassword };
      const session = await connect('window', undefined)('session.signIn', credentials);
      return { session, call: connect('window', session.token) };
    },
    close: () => engine.close(),
  };
};

import { createEngine } from '#main/engine/create-engine.ts';
import type { Session } from '#shared/contract/access.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { InputOf, OutputOf, ProcedureName, ProgressOf } from '#shared/contract/procedures.ts';

export const benchLogin = 'bench';
export const benchPassword = 'una clave larga para medir';

export type Call = <N extends ProcedureName>(
  procedure: N,
  input: InputOf<N>,
  options?: { readonly onProgress?: (value: ProgressOf<N>) => void; readonly signal?: AbortSignal },
) => Promise<OutputOf<N>>;

/**
 * An engine in this process, its threads beside it. A call takes what the engine takes: who asks is looked up, the
 * question checked, a thread answers; what carries question and answer between a window and the engine is not in it.
 */
export interface BenchEngine {
  /** As the shell around the engine, which may do everything. */
  readonly asHost: Call;
  /** As a window in which somebody is signed in. */
  signIn(): Promise<{ readonly session: Session; readonly call: Call }>;
  close(): Promise<void>;
}

export const openBenchEngine = async (dataFolder: string): Promise<BenchEngine> => {
  const engine = await createEngine({ dataFolder, demo: false, version: '0.0.0', access: 'write', forWindow: true });
  const connect =
    (origin: 'window' | 'host', session: string | undefined): Call =>
    async (procedure, input, options) => {
      const answer = await engine.dispatch(
        {
          procedure,
          input,
          session,
          signal: options?.signal ?? new AbortController().signal,
          progress: (value) => options?.onProgress?.(value as never),
          event: () => undefined,
        },
        origin,
      );
      if (!answer.ok) throw BitacoraError.fromWire(answer.error);
      // The engine answers by the types of the contract.
      return answer.value as never;
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

import type { EventOf, InputOf, OutputOf, ProcedureName, ProgressOf } from '#shared/contract/procedures.ts';

/** Options of a typed call. */
export interface TypedCallOptions<N extends ProcedureName> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((value: ProgressOf<N>) => void) | undefined;
  readonly onEvent?: ((value: EventOf<N>) => void) | undefined;
}

/** The engine as its callers see it: by procedure name, typed from the table. */
export interface EngineClient {
  call<N extends ProcedureName>(procedure: N, input: InputOf<N>, options?: TypedCallOptions<N>): Promise<OutputOf<N>>;
}

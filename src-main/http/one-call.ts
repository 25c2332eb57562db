import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatch } from '#main/engine/dispatch.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { InputOf, OutputOf, ProcedureName } from '#shared/contract/procedures.ts';

const bearerPattern = /^Bearer +([A-Za-z0-9_-]+) *$/i;

/** The session token; only the header carries it: an address ends up in histories and logs. */
export const bearerToken = (request: FastifyRequest): string | undefined =>
  bearerPattern.exec(request.headers.authorization ?? '')?.[1];

/** Aborts when the other end closes the connection before it was answered. */
export const closeSignal = (reply: FastifyReply): AbortSignal => {
  const controller = new AbortController();
  reply.raw.on('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
};

export type OneCall = <N extends ProcedureName>(
  procedure: N,
  input: InputOf<N>,
  from: { readonly session?: string | undefined; readonly signal: AbortSignal; readonly origin?: 'window' | 'host' },
) => Promise<OutputOf<N>>;

/** Calls for one answer; an error of the engine is thrown. */
export const createOneCall =
  (dispatch: Dispatch): OneCall =>
  async (procedure, input, { session, signal, origin = 'window' }) => {
    const ignore = (): void => undefined;
    const answer = await dispatch({ procedure, input, session, signal, progress: ignore, event: ignore }, origin);
    if (!answer.ok) throw BitacoraError.fromWire(answer.error);
    return answer.value as OutputOf<typeof procedure>;
  };

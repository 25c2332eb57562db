import type { z } from 'zod';
import type { CallContext, Caller, Handlers } from '#main/engine/context.ts';
import type { Log } from '#main/engine/log.ts';
import { BitacoraError, cancelled, isCancelled } from '#shared/contract/errors.ts';
import { type Access, isProcedureName, type ProcedureName, procedures } from '#shared/contract/procedures.ts';
import type { Answer, ServedCall } from '#shared/rpc/server.ts';

export interface DispatchOptions {
  readonly handlers: Handlers;
  /** Finds who a session token belongs to; an unknown or expired one is anonymous. */
  readonly authenticate: (session: string | undefined) => Promise<Caller>;
  readonly log: Log;
}

/** `origin` tells a window's call from one of the shell around the engine. */
export type Dispatch = (call: ServedCall, origin: 'window' | 'host') => Promise<Answer>;

const allows = (access: Access, caller: Caller): boolean => {
  if (caller.kind === 'host') return true;
  switch (access) {
    case 'public':
      return true;
    case 'auditor':
      return caller.kind === 'account';
    case 'reader':
      return caller.kind === 'account' || (caller.kind === 'token' && caller.scope === 'read');
    case 'capture':
      return caller.kind === 'token' && caller.scope === 'capture';
    case 'admin':
      return caller.kind === 'account' && caller.account.role === 'admin';
    case 'host':
      return false;
    default:
      return access satisfies never;
  }
};

const invalidInput = (error: z.ZodError): BitacoraError => {
  const issues = error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.map(String).join('.') || '(input)',
    message: issue.message,
  }));
  return new BitacoraError('invalid', { fields: [...new Set(issues.map((issue) => issue.field))].join(', '), issues });
};

/**
 * The only place that parses input, checks the caller's role, runs the handler and turns a throw into an error.
 * Expected errors are shown; a bug is logged with its stack and shown as a bug with a reference into that log.
 */
export const createDispatch = ({ handlers, authenticate, log }: DispatchOptions): Dispatch => {
  const run = async (call: ServedCall, origin: 'window' | 'host'): Promise<unknown> => {
    const name = call.procedure;
    if (!isProcedureName(name)) throw new BitacoraError('not_found', { what: name.slice(0, 100) });
    const spec = procedures[name];
    const caller: Caller = origin === 'host' ? { kind: 'host' } : await authenticate(call.session);
    if (!allows(spec.access, caller)) {
      throw new BitacoraError(caller.kind === 'anonymous' && spec.access !== 'host' ? 'unauthenticated' : 'forbidden');
    }
    const parsed = spec.input.safeParse(call.input);
    if (!parsed.success) throw invalidInput(parsed.error);
    if (call.signal.aborted) throw cancelled();
    const handler = handlers[name] as (input: unknown, context: CallContext<ProcedureName>) => Promise<unknown>;
    return handler(parsed.data, { signal: call.signal, caller, progress: call.progress, event: call.event });
  };

  return async (call, origin) => {
    try {
      return { ok: true, value: await run(call, origin) };
    } catch (error) {
      if (call.signal.aborted || isCancelled(error)) return { ok: false, error: cancelled().toWire() };
      if (error instanceof BitacoraError) return { ok: false, error: error.toWire() };
      const reference = log.bug(error, { procedure: call.procedure });
      return { ok: false, error: new BitacoraError('internal', { reference }).toWire() };
    }
  };
};

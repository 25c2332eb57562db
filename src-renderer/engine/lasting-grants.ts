import type { WindowEngine } from '#renderer/engine/engine-client.ts';
import { isBitacoraError } from '#shared/contract/errors.ts';
import type { InputOf, OutputOf, ProcedureName } from '#shared/contract/procedures.ts';
import type { TypedCallOptions } from '#shared/rpc/typed-client.ts';

type Granted = InputOf<'import.run'>;

/** True for the error of a call that names a grant which this engine never gave: it is a newer one than the grant. */
export const isLostGrant = (error: unknown): boolean =>
  isBitacoraError(error, 'not_found') && error.details.what === 'grant';

const takesGrants = (procedure: ProcedureName): boolean => procedure === 'import.preview' || procedure === 'import.run';

/**
 * Grants end with the engine that gave them. Files that the page itself holds are handed over again to the engine that
 * took its place, so that a preview or an import goes on; a file from the shell's dialog has to be chosen again.
 */
export const withLastingGrants = (engine: WindowEngine): WindowEngine => {
  const files = new Map<string, File>();
  /** The grant that the page knows → the one that the present engine knows. */
  const renewed = new Map<string, string>();

  const present = (input: Granted): Granted => ({
    ...input,
    grant: renewed.get(input.grant) ?? input.grant,
    ...(typeof input.users === 'string' ? { users: renewed.get(input.users) ?? input.users } : {}),
  });
  const renew = async (input: Granted, signal: AbortSignal): Promise<boolean> => {
    const grants = [input.grant, input.users].filter((grant) => typeof grant === 'string');
    for (const grant of grants) {
      const file = files.get(grant);
      if (file === undefined) return false;
      renewed.set(grant, (await engine.grantFile(file, signal)).grant);
    }
    return true;
  };

  const call = async <N extends ProcedureName>(
    procedure: N,
    input: InputOf<N>,
    options: TypedCallOptions<N> = {},
  ): Promise<OutputOf<N>> => {
    if (!takesGrants(procedure)) return engine.call(procedure, input, options);
    // Both procedures that take grants have them under the same names.
    const granted = input as Granted;
    const ask = (): Promise<OutputOf<N>> => engine.call(procedure, present(granted) as InputOf<N>, options);
    try {
      return await ask();
    } catch (error) {
      const signal = options.signal ?? new AbortController().signal;
      if (isLostGrant(error) && (await renew(granted, signal))) return ask();
      throw error;
    }
  };

  return {
    ...engine,
    call,
    grantFile: async (file, signal) => {
      const granted = await engine.grantFile(file, signal);
      files.set(granted.grant, file);
      return granted;
    },
  };
};

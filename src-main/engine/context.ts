import type { Account, TokenScope } from '#shared/contract/access.ts';
import type { EventOf, OutputOf, ParsedInputOf, ProcedureName, ProgressOf } from '#shared/contract/procedures.ts';

/** Who calls: nobody yet, a signed-in person, a program with a token, or the shell around the engine (Electron main, command line). */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'account'; readonly id: number; readonly account: Account; readonly session: string }
  | { readonly kind: 'token'; readonly id: number; readonly name: string; readonly scope: TokenScope }
  | { readonly kind: 'host' };

export interface CallContext<N extends ProcedureName> {
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly progress: (value: ProgressOf<N>) => void;
  readonly event: (value: EventOf<N>) => void;
}

export type Handler<N extends ProcedureName> = (
  input: ParsedInputOf<N>,
  context: CallContext<N>,
) => Promise<OutputOf<N>>;

/** One handler per procedure; a room in `procedures/` makes a part of it. */
export type Handlers = { readonly [N in ProcedureName]: Handler<N> };
export type HandlersFor<Names extends ProcedureName> = Pick<Handlers, Names>;

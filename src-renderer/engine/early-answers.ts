import type { WindowEngine } from '#renderer/engine/engine-client.ts';
import type { InputOf, OutputOf, ProcedureName } from '#shared/contract/procedures.ts';

/** Asks what a screen will ask, while the screen is still being put together. */
export type AskEarly = <N extends ProcedureName>(procedure: N, input: InputOf<N>) => Promise<OutputOf<N>>;

/** An answer that nobody took for so long, milliseconds, is told to nobody: it would be old. */
const lasting = 3000;

/** The engine, whose `call` waits for the answer to a question that was asked early instead of asking again. */
export interface EarlyEngine extends WindowEngine {
  /** Takes such an answer if it is here already; null when there is none. */
  takeAnswer<N extends ProcedureName>(procedure: N, input: InputOf<N>): OutputOf<N> | null;
}

/** The engine, whose `call` takes the answer to a question that was asked early with the same input; each is taken once. */
export const withEarlyAnswers = (
  engine: WindowEngine,
): { readonly engine: EarlyEngine; readonly askEarly: AskEarly } => {
  const answers = new Map<
    string,
    { readonly promise: Promise<unknown>; readonly abort: AbortController; value: unknown }
  >();
  const keyOf = (procedure: ProcedureName, input: unknown): string => `${procedure} ${JSON.stringify(input)}`;
  return {
    engine: {
      ...engine,
      call: (procedure, input, options) => {
        const key = keyOf(procedure, input);
        const early = answers.get(key);
        if (early === undefined) return engine.call(procedure, input, options);
        answers.delete(key);
        // What nobody waits for any more ends in the engine too, whoever asked first.
        options?.signal?.addEventListener('abort', () => early.abort.abort(), { once: true });
        return early.promise as Promise<OutputOf<typeof procedure>>;
      },
      takeAnswer: (procedure, input) => {
        const key = keyOf(procedure, input);
        const early = answers.get(key);
        if (early?.value === undefined) return null;
        answers.delete(key);
        return early.value as OutputOf<typeof procedure>;
      },
    },
    askEarly: (procedure, input) => {
      const key = keyOf(procedure, input);
      const abort = new AbortController();
      const answer = engine.call(procedure, input, { signal: abort.signal });
      const early = { promise: answer, abort, value: undefined as unknown };
      answer.then(
        (value) => {
          early.value = value;
        },
        // Whoever takes it hears of a failure.
        () => undefined,
      );
      answers.set(key, early);
      setTimeout(() => answers.delete(key), lasting);
      return answer;
    },
  };
};

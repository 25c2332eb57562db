import { useCallback, useEffect, useRef, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

/** What the engine was asked for; `known` is null until it has answered once. */
export interface Asked<T> {
  readonly known: T | null;
  /** Why the last question had no answer; null when it had one. */
  readonly fault: unknown;
  /** Asks once more at once; resolves when there is an answer or a fault. */
  readonly again: () => Promise<void>;
  /** Shows what went wrong with something else that was asked for here. */
  readonly blame: (error: unknown) => void;
}

/**
 * Asks the engine now and, so long after each answer, again: a question never waits behind the one before it. `ask` must
 * stay the same function while the question is the same.
 */
export const useAsked = <T>(
  ask: (engine: EngineClient, signal: AbortSignal) => Promise<T>,
  everyMs: number | null,
): Asked<T> => {
  const engine = useEngine();
  const [known, setKnown] = useState<T | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const ended = useRef(new AbortController());
  const again = useCallback(async (): Promise<void> => {
    const { signal } = ended.current;
    try {
      const answer = await ask(engine, signal);
      if (signal.aborted) return;
      setKnown(answer);
      setFault(null);
    } catch (error) {
      if (!signal.aborted) setFault(error);
    }
  }, [engine, ask]);
  useEffect(() => {
    const abort = new AbortController();
    ended.current = abort;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async (): Promise<void> => {
      await again();
      if (everyMs !== null && !abort.signal.aborted) timer = setTimeout(() => void turn(), everyMs);
    };
    void turn();
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [again, everyMs]);
  return { known, fault, again, blame: setFault };
};

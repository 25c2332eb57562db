import { useEffect, useRef, useState } from 'react';
import { isCancelled } from '#shared/contract/errors.ts';

/** What was answered last, and whether a newer question is under way. */
export interface Answer<T> {
  /** Stays while a newer question is under way, so that nothing flickers; an estimate comes before what is exact. */
  readonly value: T | null;
  readonly error: unknown;
  readonly pending: boolean;
  readonly retry: () => void;
}

interface State<T> {
  readonly key: string | null;
  readonly value: T | null;
  readonly error: unknown;
}

/**
 * Asks again whenever `key` changes, after `delay` milliseconds; the question before is aborted and its answer dropped.
 * A null key asks nothing, ends what was asked and keeps what was answered; what was answered is not asked again when its
 * key comes back. `known` is an answer to the first key that is here already.
 * `ask` may tell estimates on the way.
 */
export const useAnswer = <T>(
  key: string | null,
  ask: (signal: AbortSignal, tell: (estimate: T) => void) => Promise<T>,
  delay = 0,
  known: T | null = null,
): Answer<T> => {
  const [state, setState] = useState<State<T>>({ key: known === null ? null : key, value: known, error: null });
  /** The key of the answer in `state`, unless it is to be asked again. */
  const answered = useRef(state.key);
  const [attempt, setAttempt] = useState(0);
  const asking = useRef(ask);
  useEffect(() => {
    asking.current = ask;
  });

  // `attempt` is a reason to ask again, not something the question uses.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (key === null || answered.current === key) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const tell = (value: T): void => {
        if (abort.signal.aborted) return;
        answered.current = null;
        setState({ key: null, value, error: null });
      };
      asking.current(abort.signal, tell).then(
        (value) => {
          if (abort.signal.aborted) return;
          answered.current = key;
          setState({ key, value, error: null });
        },
        (error: unknown) => {
          if (abort.signal.aborted || isCancelled(error)) return;
          answered.current = null;
          setState((known) => ({ ...known, key, error }));
        },
      );
    }, delay);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, delay, attempt]);

  return {
    value: state.value,
    error: state.key === key ? state.error : null,
    pending: key !== null && state.key !== key,
    retry: () => {
      answered.current = null;
      setState((known) => ({ ...known, key: null, error: null }));
      setAttempt((count) => count + 1);
    },
  };
};

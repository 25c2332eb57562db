import { useEffect, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import type { CaptureState } from '#shared/contract/capture-state.ts';
import { isCancelled } from '#shared/contract/errors.ts';

/** How long to wait before watching again when a watch ended by itself. */
const rewatchMs = 1500;

/** How capture is going, as it changes; null until it is known. Only for administrators. */
export const useCaptureState = (wanted = true): CaptureState | null => {
  const engine = useEngine();
  const [state, setState] = useState<CaptureState | null>(null);
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    const { signal } = abort;
    const watch = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          await engine.call('capture.watch', {}, { signal, onEvent: setState });
        } catch (error) {
          if (isCancelled(error)) return;
          console.error('watching capture', error);
        }
        await new Promise((resolve) => setTimeout(resolve, rewatchMs));
      }
    };
    void watch();
    return () => abort.abort();
  }, [engine, wanted]);
  return state;
};

import { useSyncExternalStore } from 'react';

type Shown = 'never' | 'open' | 'closed';

let shown: Shown = 'never';
const listeners = new Set<() => void>();
const change = (next: Shown): void => {
  shown = next;
  for (const listener of [...listeners]) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const showKeyHelp = (): void => change('open');
export const closeKeyHelp = (): void => change('closed');
export const useKeyHelpOpen = (): boolean => useSyncExternalStore(subscribe, () => shown === 'open');
/** Whether it was ever asked for; until then it need not be there at all. */
export const useKeyHelpWanted = (): boolean => useSyncExternalStore(subscribe, () => shown !== 'never');

import { type ReactNode, useEffect, useSyncExternalStore } from 'react';

/** Something that the palette offers. `label` and `detail` are finished texts. */
export interface PaletteAction {
  readonly id: string;
  readonly label: string;
  readonly detail?: string | undefined;
  readonly icon?: ReactNode;
  /** More words that find it. */
  readonly keywords?: string | undefined;
  readonly run: () => void;
}

let registered: readonly { readonly actions: readonly PaletteAction[] }[] = [];
let all: readonly PaletteAction[] = [];
const listeners = new Set<() => void>();

const change = (next: typeof registered): void => {
  registered = next;
  all = registered.flatMap((group) => group.actions);
  for (const listener of [...listeners]) listener();
};

/** Offers actions in the palette for as long as a component is there; give the same array until something changes. */
export const usePaletteActions = (actions: readonly PaletteAction[]): void => {
  useEffect(() => {
    const mine = { actions };
    change([...registered, mine]);
    return () => change(registered.filter((other) => other !== mine));
  }, [actions]);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useRegisteredActions = (): readonly PaletteAction[] => useSyncExternalStore(subscribe, () => all);

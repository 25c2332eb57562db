import { useSyncExternalStore } from 'react';
import { parseHash, type Route, type Screen, writeHash } from '#renderer/app/screen-hash.ts';

const listeners = new Set<() => void>();
const lastHashes = new Map<Screen, string>();
let current: Route = parseHash(window.location.hash);

const read = (): void => {
  current = parseHash(window.location.hash);
  lastHashes.set(current.screen, writeHash(current.screen, current.params));
  for (const listener of [...listeners]) listener();
};
window.addEventListener('hashchange', read);
window.addEventListener('popstate', read);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** Where the window is; changes with the back and forward buttons too. */
export const useRoute = (): Route => useSyncExternalStore(subscribe, () => current);

/** Goes to a screen. `replace` changes the address without a step for the back button. */
export const navigate = (screen: Screen, params?: URLSearchParams, options: { replace?: boolean } = {}): void => {
  const hash = writeHash(screen, params);
  if (hash === window.location.hash) return;
  if (options.replace) window.history.replaceState(null, '', hash);
  else window.history.pushState(null, '', hash);
  read();
};

/** Goes to a screen as it was left. */
export const revisit = (screen: Screen): void => {
  const { params } = parseHash(lastHashes.get(screen) ?? writeHash(screen));
  navigate(screen, params);
};

/** Opens one entry in the log, in the view that the log was left with. */
export const openEntry = (id: number): void => {
  const { params } = parseHash(lastHashes.get('log') ?? '#/log');
  params.set('entry', String(id));
  navigate('log', params);
};

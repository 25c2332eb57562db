import { type KeyBinding, useKeys } from '#renderer/ui/keys.ts';

export interface LogKeys {
  readonly search: () => void;
  readonly newest: () => void;
  readonly follow: () => void;
  readonly goTo: () => void;
  readonly exportView: () => void;
  readonly printView: () => void;
  readonly step: (by: 1 | -1) => void;
  readonly mark: () => void;
  readonly close: () => void;
  readonly clear: () => void;
}

/** The keys of the log; the ones that the grid handles itself are only told to the key help. */
export const useLogKeys = (keys: LogKeys): void => {
  const bindings: readonly KeyBinding[] = [
    { keys: ['/', 'mod+f'], label: 'log.keys.search', run: keys.search },
    { keys: ['F5'], label: 'log.keys.newest', run: keys.newest },
    { keys: ['f'], label: 'log.keys.follow', run: keys.follow },
    { keys: ['mod+g'], label: 'log.keys.goto', run: keys.goTo },
    { keys: ['mod+e'], label: 'log.keys.export', run: keys.exportView },
    { keys: ['mod+p'], label: 'log.keys.print', run: keys.printView },
    { keys: ['n'], label: 'log.keys.next', run: () => keys.step(1) },
    { keys: ['N'], label: 'log.keys.previous', run: () => keys.step(-1) },
    { keys: ['m'], label: 'log.keys.mark', run: keys.mark },
    { keys: ['Escape'], label: 'log.keys.close', run: keys.close },
    { keys: ['mod+shift+Backspace'], label: 'log.keys.clear', run: keys.clear },
    { keys: ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'], label: 'log.keys.move', run: null },
    { keys: ['Enter', ' '], label: 'log.keys.open', run: null },
    { keys: ['mod+c'], label: 'log.keys.copy', run: null },
  ];
  useKeys('log.keys.title', bindings);
};

import { useEffect, useRef } from 'react';
import type { PlainKey } from '#renderer/i18n/translate.ts';

/**
 * A key and what it does. `keys` are alternatives: `/`, `N`, `Escape`, `F5`, `mod+k` (Ctrl, or ⌘ on a Mac), `alt+ArrowUp`.
 * `run: null` only tells the key help about a key that a component handles itself (arrows in the grid).
 */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly label: PlainKey;
  readonly run: ((event: KeyboardEvent) => void) | null;
  /** Also while somebody types in a field. Combinations with `mod` and function keys always do. */
  readonly whileTyping?: boolean;
}

interface KeyGroup {
  readonly title: PlainKey;
  readonly bindings: () => readonly KeyBinding[];
}

const groups: KeyGroup[] = [];

interface Combination {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

export const parseCombination = (text: string): Combination => {
  const parts = text === '+' ? ['+'] : text.split('+');
  const key = parts.at(-1) ?? '';
  return { mod: parts.includes('mod'), alt: parts.includes('alt'), shift: parts.includes('shift'), key };
};

/** Characters say by themselves whether Shift was held (`?`, `N`); named keys and combinations ask for it. */
export const matchesCombination = (
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  text: string,
): boolean => {
  const wanted = parseCombination(text);
  if (wanted.mod !== (event.ctrlKey || event.metaKey) || wanted.alt !== event.altKey) return false;
  if (wanted.key.length === 1 && !wanted.mod) return event.key === wanted.key;
  return event.shiftKey === wanted.shift && event.key.toLowerCase() === wanted.key.toLowerCase();
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const reachesWhileTyping = (binding: KeyBinding, combination: string): boolean =>
  binding.whileTyping === true || parseCombination(combination).mod || /^F\d+$/.test(combination);

const overlay = '[aria-modal="true"], [role="menu"]';

/**
 * Whether a key belongs to a dialog or a menu. The Escape that closes one has closed it by the time it arrives here, and
 * must not close what is behind it too: where the key was pressed still tells, even when that is no longer on the page.
 */
const isForOverlay = ({ target }: KeyboardEvent): boolean =>
  (target instanceof Element && target.closest(overlay) !== null) || document.querySelector(overlay) !== null;

const onKeyDown = (event: KeyboardEvent): void => {
  if (event.defaultPrevented || event.isComposing || isForOverlay(event)) return;
  const typing = isTyping(event.target);
  // What was registered last is nearest to the person: a screen goes before the frame.
  for (const group of [...groups].reverse()) {
    for (const binding of group.bindings()) {
      const hit = binding.keys.find((key) => matchesCombination(event, key));
      if (hit === undefined || binding.run === null || (typing && !reachesWhileTyping(binding, hit))) continue;
      event.preventDefault();
      binding.run(event);
      return;
    }
  }
};

/** Registers keys for as long as a component is there. They show in the key help under `title`. */
export const useKeys = (title: PlainKey, bindings: readonly KeyBinding[]): void => {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    const group: KeyGroup = { title, bindings: () => latest.current };
    groups.push(group);
    if (groups.length === 1) window.addEventListener('keydown', onKeyDown);
    return () => {
      groups.splice(groups.indexOf(group), 1);
      if (groups.length === 0) window.removeEventListener('keydown', onKeyDown);
    };
  }, [title]);
};

/** All keys that work now, for the key help. */
export const registeredKeys = (): readonly { title: PlainKey; bindings: readonly KeyBinding[] }[] =>
  groups.map((group) => ({ title: group.title, bindings: group.bindings() }));

const macNames: Readonly<Record<string, string>> = { mod: '⌘', alt: '⌥', shift: '⇧' };
const names: Readonly<Record<string, string>> = {
  mod: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** Keys whose caps carry a word, which is another one on a Spanish keyboard. */
export const wordKeys = ['Backspace', 'Delete', 'End', 'Enter', 'Home', 'PageDown', 'PageUp', 'Space', 'Tab'] as const;

/** The parts of a combination as they stand on the keyboard: `['Ctrl', 'K']`; word keys by their English name. */
export const keyCaps = (text: string, mac: boolean): readonly string[] => {
  const { mod, alt, shift, key } = parseCombination(text);
  const modifiers = [mod && 'mod', alt && 'alt', shift && 'shift'].filter((name) => name !== false);
  const shown = mod && key.length === 1 ? key.toUpperCase() : key === ' ' ? 'Space' : key;
  return [...modifiers, shown].map((name) => (mac ? macNames[name] : undefined) ?? names[name] ?? name);
};

/** Whether this computer's keyboard has ⌘. */
export const isMac = (): boolean => window.bitacora?.platform === 'darwin' || /Mac/.test(navigator.platform);

import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { initialSettings, readingOf, storageKey, type WindowSettings } from '#renderer/settings/stored-settings.ts';
import type { Reading } from '#shared/contract/query.ts';

/** Writes one setting to the account of who is signed in. */
export type KeepSetting = (key: keyof WindowSettings, value: unknown) => void;

interface SettingsContextValue {
  readonly settings: WindowSettings;
  /** Takes over what an account remembers, without writing it back. */
  readonly adopt: (patch: Partial<WindowSettings>) => void;
  readonly change: (patch: Partial<WindowSettings>) => void;
  readonly keepWith: (keep: KeepSetting | null) => void;
}

const SettingsContext = createContext<SettingsContextValue | null>(null);

export const WindowSettingsProvider = ({ children }: { children: ReactNode }): ReactNode => {
  const [settings, setSettings] = useState(initialSettings);
  const keeper = useRef<KeepSetting | null>(null);

  const adopt = useCallback((patch: Partial<WindowSettings>) => {
    setSettings((known) => {
      const next = { ...known, ...patch };
      window.localStorage.setItem(storageKey, JSON.stringify(next));
      return next;
    });
  }, []);
  const change = useCallback(
    (patch: Partial<WindowSettings>) => {
      adopt(patch);
      for (const key of Object.keys(patch) as (keyof WindowSettings)[]) keeper.current?.(key, patch[key]);
    },
    [adopt],
  );
  const keepWith = useCallback((keep: KeepSetting | null) => {
    keeper.current = keep;
  }, []);

  const value = useMemo(() => ({ settings, adopt, change, keepWith }), [settings, adopt, change, keepWith]);
  return <SettingsContext value={value}>{children}</SettingsContext>;
};

export const useWindowSettings = (): SettingsContextValue => {
  const value = useContext(SettingsContext);
  if (value === null) throw new Error('useWindowSettings outside WindowSettingsProvider');
  return value;
};

/** How a query is read in this window: the zone of its dates and whether accents matter. */
export const useReading = (): Reading => {
  const { zone, ignoreAccents } = useWindowSettings().settings;
  return useMemo(() => readingOf({ zone, ignoreAccents }), [zone, ignoreAccents]);
};

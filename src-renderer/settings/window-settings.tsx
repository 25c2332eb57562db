import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { isZone, systemZone } from '#renderer/i18n/zoned-time.ts';
import type { Language } from '#shared/contract/errors.ts';
import type { Reading } from '#shared/contract/query.ts';

export const appearances = ['system', 'light', 'dark'] as const;
export type Appearance = (typeof appearances)[number];
export const languages = ['es', 'en'] as const satisfies readonly Language[];

/** What holds for the whole window, before and after signing in. */
export interface WindowSettings {
  readonly language: Language;
  readonly appearance: Appearance;
  /** IANA zone that times are shown in; null is the computer's. */
  readonly zone: string | null;
  readonly ignoreAccents: boolean;
}

const isOneOf =
  <T extends string>(values: readonly T[]) =>
  (value: unknown): value is T =>
    (values as readonly unknown[]).includes(value);

const isLanguage = isOneOf(languages);
const isAppearance = isOneOf(appearances);

/** The settings among stored values; what can't be used is left out. */
export const readSettings = (values: Readonly<Record<string, unknown>>): Partial<WindowSettings> => ({
  ...(isLanguage(values.language) ? { language: values.language } : {}),
  ...(isAppearance(values.appearance) ? { appearance: values.appearance } : {}),
  ...(isZone(values.zone) ? { zone: values.zone } : {}),
  ...(typeof values.ignoreAccents === 'boolean' ? { ignoreAccents: values.ignoreAccents } : {}),
});

const storageKey = 'bitacora.window';

const initialSettings = (): WindowSettings => {
  const text = window.localStorage.getItem(storageKey);
  return {
    language: navigator.language.toLowerCase().startsWith('en') ? 'en' : 'es',
    appearance: 'system',
    zone: null,
    ignoreAccents: true,
    ...(text === null ? {} : readSettings(JSON.parse(text) as Record<string, unknown>)),
  };
};

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
  return useMemo(() => ({ zone: zone ?? systemZone(), ignoreAccents }), [zone, ignoreAccents]);
};

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

/** Where the window keeps them in its local storage. */
export const storageKey = 'bitacora.window';

/** What this window was left with. */
export const initialSettings = (): WindowSettings => {
  const text = window.localStorage.getItem(storageKey);
  return {
    language: navigator.language.toLowerCase().startsWith('en') ? 'en' : 'es',
    appearance: 'system',
    zone: null,
    ignoreAccents: true,
    ...(text === null ? {} : readSettings(JSON.parse(text) as Record<string, unknown>)),
  };
};

/** How a query is read with these settings: the zone of its dates and whether accents matter. */
export const readingOf = ({ zone, ignoreAccents }: Pick<WindowSettings, 'zone' | 'ignoreAccents'>): Reading => ({
  zone: zone ?? systemZone(),
  ignoreAccents,
});

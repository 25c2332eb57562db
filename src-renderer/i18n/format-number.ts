import type { Language } from '#shared/contract/errors.ts';

const noBreakSpace = '\u00a0';
const options: Readonly<Record<Language, Intl.NumberFormatOptions>> = {
  es: { maximumFractionDigits: 2, useGrouping: 'always' },
  en: { maximumFractionDigits: 2 },
};
const formats = new Map<Language, Intl.NumberFormat>();
/** Made when it is first needed: making one takes longer than a thousand uses of it. */
const formatOf = (language: Language): Intl.NumberFormat => {
  const known = formats.get(language);
  if (known) return known;
  const made = new Intl.NumberFormat(language, options[language]);
  formats.set(language, made);
  return made;
};

/**
 * 333549.5 → `333 549,5` in Spanish (spaces, as the Ortografía of the Academies asks since 2010, because a point
 * means thousands in some countries and decimals in others), `333,549.5` in English.
 */
export const formatNumber = (value: number, language: Language): string => {
  if (language === 'en') return formatOf('en').format(value);
  return formatOf('es')
    .formatToParts(value)
    .map((part) => (part.type === 'group' ? noBreakSpace : part.value))
    .join('');
};

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units: 412000000 → `412 MB`; one decimal under ten. */
export const formatBytes = (bytes: number, language: Language): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const rounded = value < 9.95 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value);
  return `${formatNumber(rounded, language)}\u00a0${units[unit]}`;
};

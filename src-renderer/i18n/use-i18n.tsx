import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo } from 'react';
import { formatBytes, formatNumber } from '#renderer/i18n/format-number.ts';
import { createTranslate, type Translate } from '#renderer/i18n/translate.ts';
import { errorSentence, isBitacoraError, type Language } from '#shared/contract/errors.ts';

export interface I18n {
  readonly language: Language;
  /** The text of a key, with its parameters filled in. */
  readonly t: Translate;
  readonly number: (value: number) => string;
  readonly bytes: (value: number) => string;
  /** One sentence for anything that was thrown. */
  readonly sentence: (error: unknown) => string;
}

export const createI18n = (language: Language): I18n => {
  const t = createTranslate(language);
  return {
    language,
    t,
    number: (value) => formatNumber(value, language),
    bytes: (value) => formatBytes(value, language),
    sentence: (error) =>
      isBitacoraError(error)
        ? errorSentence(error.code, error.details, language)
        : t('app.error.unexpected', { message: error instanceof Error ? error.message : String(error) }),
  };
};

const I18nContext = createContext<I18n | null>(null);

/** Gives the texts of a language to everything below it, and tells the document which language it is in. */
export const I18nProvider = ({ language, children }: { language: Language; children: ReactNode }): ReactNode => {
  const i18n = useMemo(() => createI18n(language), [language]);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <I18nContext value={i18n}>{children}</I18nContext>;
};

export const useI18n = (): I18n => {
  const i18n = useContext(I18nContext);
  if (i18n === null) throw new Error('useI18n outside I18nProvider');
  return i18n;
};

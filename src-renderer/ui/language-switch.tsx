import type { ReactNode } from 'react';
import { languages } from '#renderer/settings/stored-settings.ts';
import { useWindowSettings } from '#renderer/settings/window-settings.tsx';
import classes from '#renderer/ui/sheet.module.css';

/** Names of languages are written in themselves, in every language. */
export const languageNames = { es: 'Español', en: 'English' } as const;

/** The languages by name, for pages that have no settings screen. */
export const LanguageSwitch = (): ReactNode => {
  const { settings, change } = useWindowSettings();
  return (
    <div className={classes.languages}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === settings.language}
          onClick={() => change({ language })}
        >
          {languageNames[language]}
        </button>
      ))}
    </div>
  );
};

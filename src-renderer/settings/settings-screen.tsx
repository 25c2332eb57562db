import type { ReactNode } from 'react';
import { useSessionState } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { AboutGroup } from '#renderer/settings/about-group.tsx';
import { AccountsGroup } from '#renderer/settings/accounts-group.tsx';
import classes from '#renderer/settings/settings.module.css';
import { ReadingGroup, WindowGroup } from '#renderer/settings/window-group.tsx';

/** What a person can set. Every change holds at once. */
export const SettingsScreen = (): ReactNode => {
  const { t } = useI18n();
  const session = useSessionState();
  const admin = session.kind !== 'none' && session.account.role === 'admin';
  return (
    <div className={classes.screen}>
      <h1>{t('settings.title')}</h1>
      <WindowGroup />
      <ReadingGroup />
      {admin && <AccountsGroup />}
      <AboutGroup />
    </div>
  );
};

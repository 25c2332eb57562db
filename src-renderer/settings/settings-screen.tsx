import { type MouseEvent, type ReactNode, useMemo } from 'react';
import { navigate, useRoute } from '#renderer/app/route.ts';
import { writeHash } from '#renderer/app/screen-hash.ts';
import { CapturePart } from '#renderer/capture/capture-part.tsx';
import { useSessionState } from '#renderer/engine/engine-context.tsx';
import type { PlainKey } from '#renderer/i18n/translate.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { AboutGroup } from '#renderer/settings/about-group.tsx';
import { AccountsGroup } from '#renderer/settings/accounts-group.tsx';
import classes from '#renderer/settings/settings.module.css';
import { ReadingGroup, WindowGroup } from '#renderer/settings/window-group.tsx';

/** The parts that administrators have; everybody else has the first one alone. */
const parts = ['general', 'capture'] as const;
type Part = (typeof parts)[number];
const titles: { readonly [P in Part]: PlainKey } = { general: 'settings.general', capture: 'capture.title' };

const paramsOf = (part: Part): URLSearchParams => new URLSearchParams(part === 'general' ? [] : [['part', part]]);

const Parts = ({ current }: { current: Part }): ReactNode => {
  const { t } = useI18n();
  const open = (event: MouseEvent, part: Part): void => {
    event.preventDefault();
    navigate('settings', paramsOf(part));
  };
  return (
    <nav className={classes.parts} aria-label={t('settings.parts')}>
      {parts.map((part) => (
        <a
          key={part}
          href={writeHash('settings', paramsOf(part))}
          aria-current={part === current ? 'page' : undefined}
          onClick={(event) => open(event, part)}
        >
          {t(titles[part])}
        </a>
      ))}
    </nav>
  );
};

/** What a person can set. Every change holds at once. */
export const SettingsScreen = (): ReactNode => {
  const { t } = useI18n();
  const session = useSessionState();
  const { params } = useRoute();
  const admin = session.kind !== 'none' && session.account.role === 'admin';
  const part = useMemo(
    (): Part => (admin ? (parts.find((name) => name === params.get('part')) ?? 'general') : 'general'),
    [admin, params],
  );
  return (
    <div className={classes.screen}>
      <h1>{t('settings.title')}</h1>
      {admin && <Parts current={part} />}
      {part === 'capture' ? (
        <CapturePart />
      ) : (
        <>
          <WindowGroup />
          <ReadingGroup />
          {admin && <AccountsGroup />}
          <AboutGroup />
        </>
      )}
    </div>
  );
};

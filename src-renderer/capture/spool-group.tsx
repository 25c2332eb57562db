import type { ReactNode } from 'react';
import { reasonText } from '#renderer/capture/reasons.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import uiClasses from '#renderer/ui/fault.module.css';
import type { CaptureState } from '#shared/contract/capture-state.ts';
import classes from './capture.module.css';

/** What waits, what was refused, and whether the disk takes what comes. */
export const SpoolGroup = ({ state }: { state: CaptureState }): ReactNode => {
  const { t, number } = useI18n();
  const { zone } = useReading();
  const { trouble, refused } = state;
  const written = (instant: string): string => formatInstant(instant, zone);
  return (
    <SettingsGroup title={t('capture.spool')}>
      {trouble !== null && trouble.healedAt === null && (
        <p role="alert" className={uiClasses.fault}>
          {t('capture.spool.disk.bad', { at: written(trouble.at), reason: reasonText(trouble.reason, t) })}
        </p>
      )}
      <dl className={classes.figures}>
        <dt>{t('capture.spool.waiting')}</dt>
        <dd>{number(state.waiting)}</dd>
        <dt>{t('capture.spool.stored')}</dt>
        <dd>{number(state.stored)}</dd>
        <dt>{t('capture.spool.duplicates')}</dt>
        <dd>{number(state.duplicates)}</dd>
        <dt>{t('capture.spool.refused')}</dt>
        <dd>
          {refused.length === 0 ? (
            t('capture.spool.refused.none')
          ) : (
            <ul>
              {refused.map(({ reason, requests, lastAt }) => (
                <li key={reason}>
                  {t('capture.spool.refused.reason', {
                    requests,
                    reason: reasonText(reason, t),
                    date: written(lastAt),
                  })}
                </li>
              ))}
            </ul>
          )}
        </dd>
        <dt>{t('capture.spool.disk')}</dt>
        <dd>
          {trouble === null
            ? t('capture.spool.disk.good')
            : trouble.healedAt === null
              ? reasonText(trouble.reason, t)
              : t('capture.spool.disk.healed', {
                  at: written(trouble.at),
                  reason: reasonText(trouble.reason, t),
                  healed: written(trouble.healedAt),
                })}
        </dd>
      </dl>
      <p className={settings.hint}>{t('capture.spool.since', { since: written(state.since) })}</p>
    </SettingsGroup>
  );
};

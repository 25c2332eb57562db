import type { ReactNode } from 'react';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { licences } from '#renderer/settings/licences.ts';
import classes from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';

/** Version, ledger and what the program is made of. */
export const AboutGroup = (): ReactNode => {
  const { t, bytes } = useI18n();
  const { version, ledger } = useLedgerStatus().status;
  return (
    <SettingsGroup title={t('settings.about')}>
      <dl className={classes.about}>
        <dt>{t('settings.about.version')}</dt>
        <dd>{version}</dd>
        <dt>{t('settings.about.ledger')}</dt>
        <dd>
          {ledger.path}
          <br />
          {t('settings.about.ledger-size', { entries: ledger.entries, size: bytes(ledger.bytes) })}
        </dd>
        <dt>{t('settings.about.licence')}</dt>
        <dd>{t('settings.about.licence-text')}</dd>
      </dl>
      <ul className={classes.licences}>
        {licences.map(([name, licence]) => (
          <li key={name}>
            {name} <span>{licence}</span>
          </li>
        ))}
      </ul>
    </SettingsGroup>
  );
};

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { placeBefore, ruleFields, takesEverything } from '#renderer/capture/logger-draft.ts';
import type { Translate } from '#renderer/i18n/translate.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import settings from '#renderer/settings/settings.module.css';
import type { Logger } from '#shared/contract/log-files.ts';
import classes from './capture.module.css';

/** What a logger takes, in words. */
const takenBy = (logger: Logger, t: Translate): string => {
  if (logger.rules.length === 0) return t('capture.loggers.takes.nothing');
  if (takesEverything(logger)) return t('capture.loggers.takes.everything');
  return logger.rules
    .map((rule) =>
      ruleFields
        .filter((field) => rule[field].length > 0)
        .map((field) => `${t(`capture.loggers.rule.${field}`)}: ${rule[field].join(', ')}`)
        .join(' · '),
    )
    .join(` ${t('capture.loggers.or')} `);
};

/** The loggers in their order, with what goes into each. */
export const LoggersTable = ({
  loggers,
  onChange,
  onUp,
  onDrop,
}: {
  loggers: readonly Logger[];
  onChange: (at: number) => void;
  onUp: (at: number) => void;
  onDrop: (at: number) => void;
}): ReactNode => {
  const { t } = useI18n();
  return (
    <table className={settings.table}>
      <thead>
        <tr>
          <th scope="col">{t('capture.loggers.logger')}</th>
          <th scope="col">{t('capture.files.file')}</th>
          <th scope="col">{t('capture.loggers.takes')}</th>
          <th scope="col" aria-label={t('capture.tokens.actions')} />
        </tr>
      </thead>
      <tbody>
        {loggers.map((logger, at) => {
          const { name, file } = logger;
          const taken = takenBy(logger, t);
          return (
            <tr key={name}>
              <td className={settings.date}>{name}</td>
              <td className={settings.date}>{file}</td>
              <td title={taken}>
                <span className={classes.taken}>{taken}</span>
              </td>
              <td className={settings.number}>
                <span className={classes.actions}>
                  {placeBefore(loggers, at) >= 0 && (
                    <Button
                      variant="default"
                      size="compact-xs"
                      title={t('capture.loggers.up.title')}
                      aria-label={t('capture.loggers.up.of', { name })}
                      onClick={() => onUp(at)}
                    >
                      ↑
                    </Button>
                  )}
                  <Button
                    variant="default"
                    size="compact-xs"
                    aria-label={t('capture.loggers.change.of', { name })}
                    onClick={() => onChange(at)}
                  >
                    {t('capture.loggers.change')}
                  </Button>
                  <Button
                    variant="default"
                    size="compact-xs"
                    aria-label={t('capture.loggers.drop.of', { name })}
                    onClick={() => onDrop(at)}
                  >
                    {t('capture.loggers.drop')}
                  </Button>
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from './log-screen.module.css';

/** The rows before anything is known: places, not a spinner. */
export const WaitingRows = (): ReactNode => {
  const { t } = useI18n();
  return (
    <div className={classes.waiting} role="status">
      <span className={classes.spoken}>{t('log.grid.loading')}</span>
    </div>
  );
};

/** No row at all: says why, and what to do. */
export const EmptyView = ({ filtered, onClear }: { filtered: boolean; onClear: () => void }): ReactNode => {
  const { t } = useI18n();
  return (
    <div className={classes.empty} role="status">
      <p>{t(filtered ? 'log.grid.none' : 'log.grid.empty')}</p>
      <p className={classes.hint}>{t(filtered ? 'log.grid.none-hint' : 'log.grid.empty-hint')}</p>
      {filtered && (
        <Button variant="default" onClick={onClear}>
          {t('log.grid.clear')}
        </Button>
      )}
    </div>
  );
};

/** Rows that could not be read. What is on the screen stays. */
export const ErrorStrip = ({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode => {
  const { t, sentence } = useI18n();
  return (
    <div className={classes.error} role="alert">
      <span>{sentence(error)}</span>
      <Button variant="default" size="compact-xs" onClick={onRetry}>
        {t('log.retry')}
      </Button>
    </div>
  );
};

import type { ReactNode } from 'react';
import classes from '#renderer/app/frame.module.css';
import { useLink } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';

/** One thin line while the engine does not answer; the screen below keeps its state. */
export const LinkBar = (): ReactNode => {
  const link = useLink();
  const { t } = useI18n();
  return (
    <div role="status" aria-live="polite">
      {link !== 'up' && (
        <div className={classes.link}>{link === 'failed' ? t('app.engine-failed') : t('app.reconnecting')}</div>
      )}
    </div>
  );
};

import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { FlagSign } from '#renderer/log/signs.tsx';
import classes from './log-screen.module.css';

/** «4 812 of 333 549» in the status bar. */
export const Totals = ({
  total,
  all,
  marked,
  onMarked,
}: {
  total: { readonly count: number; readonly exact: boolean } | null;
  all: number;
  marked: number;
  onMarked: () => void;
}): ReactNode => {
  const { t, number } = useI18n();
  if (total === null) return null;
  const { count, exact } = total;
  const sizes = { shown: number(count), all: number(all) };
  return (
    <span className={classes.totals}>
      <span role="status">
        {!exact
          ? t('log.total.at-least', sizes)
          : count === all
            ? t('log.total.all', { count })
            : t('log.total.of', sizes)}
      </span>
      {marked > 0 && (
        <button type="button" className={classes.marked} onClick={onMarked}>
          <FlagSign /> {t('log.total.marked', { count: marked })}
        </button>
      )}
    </span>
  );
};

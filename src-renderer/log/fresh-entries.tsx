import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { FollowState } from '#renderer/log/use-follow.ts';
import classes from './log-screen.module.css';

/** What came since the view was frozen, or why it does not come in by itself; a click brings it in. */
export const FreshEntries = ({
  fresh,
  follow,
  onBring,
  onSort,
}: {
  fresh: number;
  follow: FollowState;
  /** Brings the new entries in and shows the first row. */
  onBring: () => void;
  /** Sorts by the newest first. */
  onSort: () => void;
}): ReactNode => {
  const { t } = useI18n();
  if (follow === 'on' || (follow === 'off' && fresh === 0)) return null;
  const text =
    follow === 'sorted'
      ? t('log.follow.sorted')
      : follow === 'off'
        ? t('log.grid.new', { count: fresh })
        : fresh > 0
          ? t('log.follow.away-new', { count: fresh })
          : t('log.follow.away');
  return (
    <button type="button" className={classes.fresh} onClick={follow === 'sorted' ? onSort : onBring}>
      {text}
    </button>
  );
};

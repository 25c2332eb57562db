import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { BitacoraError, type ErrorCode } from '#shared/contract/errors.ts';
import type { Follow } from '#shared/contract/follow.ts';
import classes from './capture.module.css';

/** How a state looks: green, red, or without colour. */
const looks = { following: 'good', waiting: 'wait', paused: 'off', failed: 'bad' } as const satisfies Record<
  Follow['state'],
  string
>;

/** The folder of a path with its last separator, and the name after it. */
const splitPath = (path: string): readonly [folder: string, name: string] => {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  return [path.slice(0, at), path.slice(at)];
};

/** One followed log: where it is, how that goes in figures, what is wrong, and what can be done. */
export const FollowView = ({
  follow,
  onPause,
  onEnd,
}: {
  follow: Follow;
  /** Pauses it, or goes on. */
  onPause: () => void;
  onEnd: () => void;
}): ReactNode => {
  const { t, number, bytes } = useI18n();
  const { zone } = useReading();
  const { state, path, error, rejected, duplicates, gaps, lag, lastLineAt } = follow;
  const [folder, name] = splitPath(path);
  const paused = state === 'paused';
  return (
    <li aria-label={path}>
      <div className={classes.followHead}>
        <p className={classes.followPath} title={path}>
          <span>{folder}</span>
          <strong>{name}</strong>
        </p>
        <span className={classes.state} data-state={looks[state]}>
          <span aria-hidden className={classes.dot} />
          {t(`capture.follow.state.${state}`)}
        </span>
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t(paused ? 'capture.follow.resume.of' : 'capture.follow.pause.of', { name })}
          onClick={onPause}
        >
          {t(paused ? 'capture.follow.resume' : 'capture.follow.pause')}
        </Button>
        <Button variant="default" size="compact-xs" aria-label={t('capture.follow.end.of', { name })} onClick={onEnd}>
          {t('capture.follow.end')}
        </Button>
      </div>
      <dl className={classes.followFigures}>
        {follow.options.source !== null && (
          <div>
            <dt>{t('capture.follow.source')}</dt>
            <dd>{follow.options.source}</dd>
          </div>
        )}
        <div>
          <dt>{t('capture.follow.stored')}</dt>
          <dd>{number(follow.stored)}</dd>
        </div>
        {duplicates > 0 && (
          <div>
            <dt>{t('capture.follow.duplicates')}</dt>
            <dd>{number(duplicates)}</dd>
          </div>
        )}
        <div>
          <dt>{t('capture.follow.rejected')}</dt>
          <dd data-bad={rejected > 0}>{number(rejected)}</dd>
        </div>
        <div>
          <dt>{t('capture.follow.lag')}</dt>
          <dd>{bytes(lag)}</dd>
        </div>
        <div>
          <dt>{t('capture.follow.rate')}</dt>
          <dd>{t('capture.follow.per-second', { count: number(follow.rate) })}</dd>
        </div>
        <div>
          <dt>{t('capture.follow.last')}</dt>
          <dd>{lastLineAt === null ? '—' : formatInstant(lastLineAt, zone)}</dd>
        </div>
      </dl>
      <Fault error={error === null ? null : new BitacoraError(error.code as ErrorCode, error.details)} />
      {gaps > 0 && <p className={classes.followNote}>{t('capture.follow.gaps', { count: gaps })}</p>}
      {follow.torn !== null && <p className={classes.followNote}>{t('capture.follow.torn', { name: follow.torn })}</p>}
      {rejected > 0 && follow.rejectsFile !== null && (
        <p className={classes.followNote}>{t('capture.follow.rejects', { path: follow.rejectsFile })}</p>
      )}
    </li>
  );
};

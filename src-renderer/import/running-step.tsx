import { Button, Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { type I18n, useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Figures } from '#renderer/import/figures.tsx';
import classes from '#renderer/import/import.module.css';
import { useImportJob } from '#renderer/import/import-job.tsx';
import type { ImportProgress } from '#shared/contract/import.ts';
import type { GrantedFile } from '#shared/rpc/host-bridge.ts';

const duration = (seconds: number | null, { t }: I18n): string => {
  if (seconds === null) return t('import.duration.unknown');
  const whole = Math.ceil(seconds);
  if (whole < 60) return t('import.duration.seconds', { seconds: whole });
  return t('import.duration.minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
};

/** The import at work: bar, figures, cancel. */
export const RunningStep = ({ file, progress }: { file: GrantedFile; progress: ImportProgress | null }): ReactNode => {
  const i18n = useI18n();
  const { t, number } = i18n;
  const { cancel } = useImportJob();
  const indexing = progress?.phase === 'indexing';
  const share = progress === null || progress.totalBytes === 0 ? 0 : progress.bytes / progress.totalBytes;
  return (
    <div className={classes.work}>
      <h1>{t('import.running.title', { name: file.name })}</h1>
      <Progress.Root size={8}>
        <Progress.Section
          aria-label={t('import.running.title', { name: file.name })}
          value={indexing ? 100 : share * 100}
          striped={indexing}
          animated={indexing}
        />
      </Progress.Root>
      <p className={classes.mute} aria-live="polite">
        {indexing ? t('import.phase.indexing') : t('import.phase.reading')}
      </p>
      {progress !== null && (
        <Figures
          counts={progress}
          more={[
            [t('import.figure.rate'), number(Math.round(progress.rowsPerSecond))],
            [t('import.figure.remaining'), duration(progress.remainingSeconds, i18n)],
          ]}
        />
      )}
      <p className={classes.mute}>{t('import.running.leave')}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={cancel}>
          {t('import.cancel')}
        </Button>
      </div>
    </div>
  );
};

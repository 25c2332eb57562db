import { Progress } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useExportJobs } from '#renderer/export/export-jobs.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { showFault } from '#renderer/ui/notice.tsx';
import { type ErrorCode, errorSentence, errorTable } from '#shared/contract/errors.ts';
import type { ExportJob } from '#shared/contract/export.ts';
import classes from './export.module.css';

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** `1:05` */
const clock = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

const Running = ({ job }: { job: ExportJob }): ReactNode => {
  const { t, number } = useI18n();
  const { phase, rows, totalRows, rowsPerSecond, remainingSeconds } = job.progress;
  const text = (): string => {
    if (phase === 'counting' || totalRows === null) return t('export.job.counting');
    if (phase === 'checking') return t('export.job.checking');
    const figures = t('export.job.writing', {
      rows: number(rows),
      total: number(totalRows),
      rate: number(rowsPerSecond),
    });
    return remainingSeconds === null
      ? figures
      : `${figures} · ${t('export.job.remaining', { time: clock(remainingSeconds) })}`;
  };
  return (
    <>
      <Progress
        size="xs"
        value={totalRows === null || totalRows === 0 ? 0 : (100 * rows) / totalRows}
        aria-label={t('export.indicator.counting', { name: job.name })}
      />
      <span className={classes.figures}>{text()}</span>
    </>
  );
};

const Actions = ({ job, result }: { job: ExportJob; result: NonNullable<ExportJob['result']> }): ReactNode => {
  const { t } = useI18n();
  const { openExported, addressOfExported } = useEngine();
  const tell = (work: Promise<void>): void => {
    work.catch(showFault);
  };
  if (openExported !== null) {
    return (
      <>
        <button type="button" onClick={() => tell(openExported(job.job, 'open'))}>
          {t('export.job.open')}
        </button>
        <button type="button" onClick={() => tell(openExported(job.job, 'show'))}>
          {t('export.job.show')}
        </button>
      </>
    );
  }
  if (addressOfExported === null) return null;
  const fetchFile = async (file: number | 'side', name: string): Promise<void> => {
    const link = document.createElement('a');
    link.href = await addressOfExported(job.job, file);
    link.download = name;
    link.click();
  };
  return (
    <>
      {result.files.map(({ name }, place) => (
        <button key={name} type="button" onClick={() => tell(fetchFile(place, name))}>
          {result.files.length === 1 ? t('export.job.download') : t('export.job.volume', { name })}
        </button>
      ))}
      {result.sideFile !== null && (
        <button type="button" onClick={() => tell(fetchFile('side', result.sideFile?.name ?? job.name))}>
          {t('export.job.side')}
        </button>
      )}
    </>
  );
};

const Ended = ({ job }: { job: ExportJob }): ReactNode => {
  const { t, bytes, language } = useI18n();
  const { result, error, state } = job;
  if (state === 'cancelled') return <span className={classes.figures}>{t('export.job.cancelled')}</span>;
  if (error !== null) {
    return (
      <span className={classes.fault} role="alert">
        {isErrorCode(error.code) ? errorSentence(error.code, error.details, language) : error.message}
      </span>
    );
  }
  if (result === null) return null;
  const size = bytes(result.files.reduce((sum, file) => sum + file.bytes, 0));
  return (
    <>
      <span className={classes.figures}>{t('export.job.done', { count: result.rows, size })}</span>
      {result.shortened > 0 && (
        <span className={classes.figures}>{t('export.job.shortened', { count: result.shortened })}</span>
      )}
      <span className={classes.acts}>
        <Actions job={job} result={result} />
      </span>
    </>
  );
};

/** One's own exports, newest first: how they are going, and what can be done with them. */
export const JobList = (): ReactNode => {
  const { t } = useI18n();
  const { jobs, cancel } = useExportJobs();
  return (
    <ul className={classes.jobs} aria-label={t('export.jobs')}>
      {jobs.map((job) => {
        const running = job.state === 'running';
        const label = t(running ? 'export.job.cancel' : 'export.job.forget', { name: job.name });
        return (
          <li key={job.job} className={classes.job}>
            <span className={classes.name}>{job.name}</span>
            <button
              type="button"
              className={classes.end}
              aria-label={label}
              title={label}
              onClick={() => cancel(job.job)}
            >
              <IconX size={14} stroke={1.8} />
            </button>
            {running ? <Running job={job} /> : <Ended job={job} />}
          </li>
        );
      })}
    </ul>
  );
};

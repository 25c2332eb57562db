import { Popover } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import classes from '#renderer/app/frame.module.css';
import { useExportJobs } from '#renderer/export/export-jobs.tsx';
import { JobList } from '#renderer/export/job-list.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { ExportJob } from '#shared/contract/export.ts';

const shareOf = ({ progress }: ExportJob): number | null =>
  progress.totalRows === null || progress.totalRows === 0 ? null : progress.rows / progress.totalRows;

/** Exports in the status bar, on every screen; a click shows them one by one. */
export const ExportIndicator = (): ReactNode => {
  const { t } = useI18n();
  const { jobs } = useExportJobs();
  const [opened, setOpened] = useState(false);
  // The list that was emptied is closed, and stays so when the next export begins.
  useEffect(() => {
    if (jobs.length === 0) setOpened(false);
  }, [jobs.length]);
  const running = jobs.filter(({ state }) => state === 'running');
  const [newest] = jobs;
  if (newest === undefined) return null;

  const text = (): string => {
    const [job] = running;
    if (running.length > 1) return t('export.indicator.several', { count: running.length });
    if (job !== undefined) {
      const share = shareOf(job);
      return share === null
        ? t('export.indicator.counting', { name: job.name })
        : t('export.indicator.running', { name: job.name, percent: Math.floor(share * 100) });
    }
    if (newest.state === 'failed') return t('export.indicator.failed');
    return newest.state === 'done' ? t('export.indicator.done') : t('export.jobs');
  };

  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={420} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          className={classes.plain}
          aria-expanded={opened}
          aria-haspopup="dialog"
          onClick={() => setOpened(!opened)}
        >
          {text()}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t('export.jobs')}>
        <JobList />
      </Popover.Dropdown>
    </Popover>
  );
};

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { showFault, showNotice } from '#renderer/ui/notice.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import type { ExportJob } from '#shared/contract/export.ts';
import type { InputOf } from '#shared/contract/procedures.ts';

/** Milliseconds until a window that has just opened asks whether exports are going on: its own pages come first. */
const askAfter = 1500;
const shownFor = 8000;

export interface ExportJobs {
  /** Newest first. */
  readonly jobs: readonly ExportJob[];
  /** Asks for a place and begins. False when the person closed the dialog. */
  readonly start: (name: string, request: InputOf<'export.start'>['request']) => Promise<boolean>;
  /** Ends one that runs; takes one that has ended off the list. */
  readonly cancel: (job: string) => void;
}

const JobsContext = createContext<ExportJobs | null>(null);

/** The exports of whoever is signed in. They belong to the engine: a window that is opened anew finds them. */
export const ExportJobsProvider = ({ children }: { children: ReactNode }): ReactNode => {
  const engine = useEngine();
  const [jobs, setJobs] = useState<readonly ExportJob[]>([]);
  const running = useRef<ReadonlySet<string>>(new Set());

  useEffect(() => {
    const abort = new AbortController();
    const onEvent = ({ jobs: told }: { readonly jobs: readonly ExportJob[] }): void => {
      for (const job of told) {
        // A document that is to be printed is before the person's eyes already.
        if (running.current.has(job.job) && job.state === 'done' && !job.forPrint) {
          showNotice(({ t }) => t('export.ready', { name: job.name }), shownFor);
        }
      }
      running.current = new Set(told.filter(({ state }) => state === 'running').map(({ job }) => job));
      setJobs(told);
    };
    const watch = setTimeout(() => {
      engine.call('export.watch', {}, { signal: abort.signal, onEvent }).catch((error: unknown) => {
        if (!isCancelled(error)) console.error('watching exports', error);
      });
    }, askAfter);
    return () => {
      clearTimeout(watch);
      abort.abort();
    };
  }, [engine]);

  const value = useMemo(
    (): ExportJobs => ({
      jobs,
      start: async (name, request) => {
        const target = await engine.chooseTarget(name, new AbortController().signal);
        if (target === null) return false;
        await engine.call('export.start', { grant: target.grant, request });
        return true;
      },
      cancel: (job) => {
        engine.call('export.cancel', { job }).catch(showFault);
      },
    }),
    [engine, jobs],
  );
  return <JobsContext value={value}>{children}</JobsContext>;
};

export const useExportJobs = (): ExportJobs => {
  const jobs = useContext(JobsContext);
  if (jobs === null) throw new Error('useExportJobs outside ExportJobsProvider');
  return jobs;
};

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import type { ImportOptions, ImportProgress, ImportResult } from '#shared/contract/import.ts';
import type { GrantedFile } from '#shared/rpc/host-bridge.ts';

export const plainOptions: ImportOptions = {
  map: {},
  source: null,
  format: null,
  encoding: null,
  delimiter: null,
  dateOrder: null,
  zone: 'UTC',
};

/** Where an import stands. It belongs to the window, not to the screen: leaving the screen changes nothing. */
export type ImportStep =
  | { readonly kind: 'choose'; readonly fault: unknown }
  | { readonly kind: 'sending'; readonly name: string }
  | {
      readonly kind: 'preview';
      readonly file: GrantedFile;
      readonly options: ImportOptions;
      /** A list that says who the source's users are. */
      readonly users: GrantedFile | null;
    }
  | {
      readonly kind: 'running';
      readonly file: GrantedFile;
      readonly options: ImportOptions;
      readonly users: GrantedFile | null;
      readonly progress: ImportProgress | null;
    }
  | { readonly kind: 'done'; readonly file: GrantedFile; readonly result: ImportResult }
  | {
      readonly kind: 'stopped';
      readonly file: GrantedFile;
      readonly options: ImportOptions;
      readonly users: GrantedFile | null;
      readonly progress: ImportProgress | null;
      /** Null when the person cancelled. */
      readonly fault: unknown;
    };

export interface ImportJob {
  readonly step: ImportStep;
  /** Takes a file that was dropped or chosen in the page. */
  readonly takeFile: (file: File) => void;
  /** Shows the system's dialog, where there is one. */
  readonly chooseFile: (() => void) | null;
  readonly change: (patch: { readonly options?: ImportOptions; readonly users?: GrantedFile | null }) => void;
  readonly start: (what: Pick<Extract<ImportStep, { kind: 'preview' }>, 'file' | 'options' | 'users'>) => void;
  /** Ends what is running; what is stored stays. */
  readonly cancel: () => void;
  readonly reset: () => void;
}

const chooseStep: ImportStep = { kind: 'choose', fault: null };
const ImportContext = createContext<ImportJob | null>(null);

export const ImportJobProvider = ({ children }: { children: ReactNode }): ReactNode => {
  const engine = useEngine();
  const [step, setStep] = useState<ImportStep>(chooseStep);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const begin = useCallback((): AbortController => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    return abort;
  }, []);

  const receive = useCallback(
    async (name: string | null, ask: (signal: AbortSignal) => Promise<GrantedFile | null>) => {
      const { signal } = begin();
      // While the system's own dialog is open, the page stays as it is.
      if (name !== null) setStep({ kind: 'sending', name });
      try {
        const file = await ask(signal);
        if (!signal.aborted)
          setStep(file === null ? chooseStep : { kind: 'preview', file, options: plainOptions, users: null });
      } catch (error) {
        if (!signal.aborted) setStep({ kind: 'choose', fault: isCancelled(error) ? null : error });
      }
    },
    [begin],
  );

  const run = useCallback(
    async ({ file, options, users }: Parameters<ImportJob['start']>[0]) => {
      const { signal } = begin();
      let progress: ImportProgress | null = null;
      setStep({ kind: 'running', file, options, users, progress });
      const onProgress = (value: ImportProgress): void => {
        progress = value;
        setStep({ kind: 'running', file, options, users, progress });
      };
      try {
        const result = await engine.call(
          'import.run',
          { grant: file.grant, options, users: users?.grant ?? null },
          { signal, onProgress },
        );
        setStep({ kind: 'done', file, result });
      } catch (error) {
        setStep({ kind: 'stopped', file, options, users, progress, fault: isCancelled(error) ? null : error });
      }
    },
    [begin, engine],
  );

  const job = useMemo((): ImportJob => {
    const { chooseFile } = engine;
    const busy = step.kind === 'running' || step.kind === 'sending';
    return {
      step,
      takeFile: (file) => {
        if (!busy) void receive(file.name, (signal) => engine.grantFile(file, signal));
      },
      chooseFile: chooseFile === null ? null : () => void receive(null, () => chooseFile('import')),
      change: (patch) => setStep((known) => (known.kind === 'preview' ? { ...known, ...patch } : known)),
      start: (what) => void run(what),
      cancel: () => {
        running.current?.abort();
        setStep((known) => (known.kind === 'sending' ? chooseStep : known));
      },
      reset: () => setStep(chooseStep),
    };
  }, [engine, receive, run, step]);

  return <ImportContext value={job}>{children}</ImportContext>;
};

export const useImportJob = (): ImportJob => {
  const job = useContext(ImportContext);
  if (job === null) throw new Error('useImportJob outside ImportJobProvider');
  return job;
};

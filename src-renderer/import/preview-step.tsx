import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import { type ImportStep, useImportJob } from '#renderer/import/import-job.tsx';
import { ImportOptionsForm } from '#renderer/import/import-options-form.tsx';
import { PreviewTable } from '#renderer/import/preview-table.tsx';
import { RejectList } from '#renderer/import/reject-list.tsx';
import { UsersChoice } from '#renderer/import/users-choice.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import type { ImportOptions, ImportPreview, ImportTarget } from '#shared/contract/import.ts';

interface Previewed {
  readonly preview: ImportPreview | null;
  readonly fault: unknown;
  readonly busy: boolean;
}

const usePreview = (grant: string, options: ImportOptions): Previewed => {
  const engine = useEngine();
  const [state, setState] = useState<Previewed>({ preview: null, fault: null, busy: true });
  useEffect(() => {
    const abort = new AbortController();
    setState((known) => ({ ...known, busy: true }));
    engine.call('import.preview', { grant, options }, { signal: abort.signal }).then(
      (preview) => {
        if (!abort.signal.aborted) setState({ preview, fault: null, busy: false });
      },
      (fault: unknown) => {
        if (!abort.signal.aborted) setState((known) => ({ ...known, fault, busy: false }));
      },
    );
    return () => abort.abort();
  }, [engine, grant, options]);
  return state;
};

/** Targets that take one field only: everything but what is kept beside the entry or dropped. */
const doubled = (preview: ImportPreview): ImportTarget | null => {
  const seen = new Set<ImportTarget>();
  for (const { target } of preview.columns) {
    if (target === 'extra' || target === 'ignore') continue;
    if (seen.has(target)) return target;
    seen.add(target);
  }
  return null;
};

const Warnings = ({ preview }: { preview: ImportPreview }): ReactNode => {
  const { t } = useI18n();
  const twice = doubled(preview);
  const dated = preview.columns.some((column) => column.target === 'occurredAt');
  return (
    <>
      {preview.columns.length > 0 && !dated && (
        <p className={classes.warning} role="alert">
          {t('import.preview.no-date')}
        </p>
      )}
      {twice !== null && (
        <p className={classes.warning} role="alert">
          {t('import.preview.twice', { target: t(`import.target.${twice}`) })}
        </p>
      )}
    </>
  );
};

/** How the file will be read, before anything is stored. */
export const PreviewStep = ({ step }: { step: Extract<ImportStep, { kind: 'preview' }> }): ReactNode => {
  const { t, bytes } = useI18n();
  const { change, start, reset } = useImportJob();
  const { file, options } = step;
  const { preview, fault, busy } = usePreview(file.grant, options);
  const description = [
    t('import.file', { name: file.name, size: bytes(file.bytes) }),
    ...(preview?.gzip ? [t('import.file.gzip')] : []),
  ].join(' · ');
  return (
    <>
      <div className={classes.head}>
        <h1>{t('import.preview.title')}</h1>
        <span className={classes.mute}>{description}</span>
        <Button className={classes.push ?? ''} variant="default" onClick={reset}>
          {t('import.other-file')}
        </Button>
        <Button disabled={preview === null || preview.columns.length === 0} onClick={() => start(step)}>
          {t('import.start')}
        </Button>
      </div>
      <ImportOptionsForm
        options={options}
        preview={preview}
        onChange={(patch) => change({ options: { ...options, ...patch } })}
      />
      <UsersChoice users={step.users} onChange={(users) => change({ users })} />
      <Fault error={fault} />
      {preview === null ? (
        busy && <p className={classes.mute}>{t('import.preview.busy')}</p>
      ) : (
        <>
          <Warnings preview={preview} />
          <h2>{t('import.preview.rows')}</h2>
          {preview.rows.length === 0 ? (
            <p className={classes.mute}>{t('import.preview.none')}</p>
          ) : (
            <PreviewTable
              preview={preview}
              stale={busy}
              onTarget={(column, target) =>
                change({ options: { ...options, map: { ...options.map, [column]: target } } })
              }
            />
          )}
          {preview.rejects.length > 0 && (
            <>
              <h2>{t('import.preview.rejects')}</h2>
              <RejectList rejects={preview.rejects} />
            </>
          )}
        </>
      )}
    </>
  );
};

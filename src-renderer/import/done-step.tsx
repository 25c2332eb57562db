import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { navigate } from '#renderer/app/route.ts';
import { isLostGrant } from '#renderer/engine/lasting-grants.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Figures } from '#renderer/import/figures.tsx';
import classes from '#renderer/import/import.module.css';
import { type ImportStep, useImportJob } from '#renderer/import/import-job.tsx';
import { RejectList } from '#renderer/import/reject-list.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import type { ImportResult } from '#shared/contract/import.ts';
import { rejectSentence } from '#shared/contract/reject-reasons.ts';

const Rejects = ({ result }: { result: ImportResult }): ReactNode => {
  const { t } = useI18n();
  const { rejectsFile, rejects, rejected } = result;
  return (
    <>
      {rejectsFile !== null && (
        <>
          <p>{t('import.done.rejects', { count: rejected })}</p>
          <div className={classes.path}>
            <code>{rejectsFile}</code>
            <CopyButton value={rejectsFile}>
              {({ copied, copy }) => (
                <Button variant="subtle" onClick={copy}>
                  {copied ? t('import.done.copied') : t('import.done.copy')}
                </Button>
              )}
            </CopyButton>
          </div>
        </>
      )}
      {rejects.length > 0 && (
        <section>
          {rejected > rejects.length && <h2>{t('import.done.first-rejects', { count: rejects.length })}</h2>}
          <RejectList rejects={rejects} />
        </section>
      )}
    </>
  );
};

/** What the import did. */
export const DoneStep = ({ result }: { result: ImportResult }): ReactNode => {
  const { t, language } = useI18n();
  const { reset } = useImportJob();
  return (
    <div className={classes.work}>
      <h1>{t('import.done.title')}</h1>
      <Figures counts={result} />
      {result.stored === 0 && result.rejected === 0 && result.duplicates > 0 && <p>{t('import.done.nothing')}</p>}
      {result.warning !== null && (
        <p className={classes.warning} role="alert">
          {rejectSentence(result.warning.reason, result.warning.details, language)}
        </p>
      )}
      <div className={classes.buttons}>
        <Button onClick={() => navigate('log', new URLSearchParams())}>{t('import.done.log')}</Button>
        <Button variant="default" onClick={reset}>
          {t('import.done.another')}
        </Button>
      </div>
      <Rejects result={result} />
    </div>
  );
};

/** An import that was cancelled or failed: what is kept, and how to go on. */
export const StoppedStep = ({ step }: { step: Extract<ImportStep, { kind: 'stopped' }> }): ReactNode => {
  const { t } = useI18n();
  const { reset, start } = useImportJob();
  const lost = isLostGrant(step.fault);
  return (
    <div className={classes.work}>
      <h1>{step.fault === null ? t('import.stopped.title') : t('import.failed.title')}</h1>
      {lost ? <p role="alert">{t('import.stopped.lost')}</p> : <Fault error={step.fault} />}
      {step.progress !== null && (
        <>
          <Figures counts={step.progress} />
          <p>{t('import.stopped.kept', { count: step.progress.stored })}</p>
        </>
      )}
      <div className={classes.buttons}>
        {!lost && <Button onClick={() => start(step)}>{t('import.stopped.again')}</Button>}
        <Button variant="default" onClick={reset}>
          {lost ? t('import.choose.button') : t('import.done.another')}
        </Button>
      </div>
    </div>
  );
};

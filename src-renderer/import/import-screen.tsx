import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { DoneStep, StoppedStep } from '#renderer/import/done-step.tsx';
import classes from '#renderer/import/import.module.css';
import { useImportJob } from '#renderer/import/import-job.tsx';
import { PreviewStep } from '#renderer/import/preview-step.tsx';
import { RunningStep } from '#renderer/import/running-step.tsx';
import { Fault } from '#renderer/ui/fault.tsx';

const ChooseStep = ({ fault }: { fault: unknown }): ReactNode => {
  const { t } = useI18n();
  const { chooseFile, takeFile } = useImportJob();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.choose}>
      <IconFileImport size={34} stroke={1.3} aria-hidden />
      <h1>{t('import.title')}</h1>
      <p>{t('import.choose.text')}</p>
      <p className={classes.mute}>{t('import.choose.twice')}</p>
      <Fault error={fault} />
      <Button onClick={() => (chooseFile === null ? input.current?.click() : chooseFile())}>
        {t('import.choose.button')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('import.choose.button')}
        onChange={(event) => {
          const file = event.currentTarget.files?.item(0);
          if (file) takeFile(file);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
};

const SendingStep = ({ name }: { name: string }): ReactNode => {
  const { t } = useI18n();
  const { cancel } = useImportJob();
  return (
    <div className={classes.choose}>
      <p role="status">{t('import.sending', { name })}</p>
      <Button variant="default" onClick={cancel}>
        {t('import.cancel')}
      </Button>
    </div>
  );
};

const Step = (): ReactNode => {
  const { step } = useImportJob();
  switch (step.kind) {
    case 'choose':
      return <ChooseStep fault={step.fault} />;
    case 'sending':
      return <SendingStep name={step.name} />;
    case 'preview':
      return <PreviewStep key={step.file.grant} step={step} />;
    case 'running':
      return <RunningStep file={step.file} progress={step.progress} />;
    case 'done':
      return <DoneStep result={step.result} />;
    case 'stopped':
      return <StoppedStep step={step} />;
    default:
      return step satisfies never;
  }
};

/** A file comes in: choose, see how it will be read, import, see what became of it. */
export const ImportScreen = (): ReactNode => (
  <div className={classes.screen}>
    <Step />
  </div>
);

import type { ReactNode } from 'react';
import classes from '#renderer/app/frame.module.css';
import { revisit, useRoute } from '#renderer/app/route.ts';
import type { I18n } from '#renderer/i18n/use-i18n.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { type ImportStep, useImportJob } from '#renderer/import/import-job.tsx';

const describe = (step: ImportStep, { t }: I18n): string | null => {
  switch (step.kind) {
    case 'running': {
      const { progress, file } = step;
      if (progress?.phase === 'indexing') return t('import.indicator.indexing', { name: file.name });
      const share = progress === null || progress.totalBytes === 0 ? 0 : progress.bytes / progress.totalBytes;
      return t('import.indicator.running', { name: file.name, percent: Math.floor(share * 100) });
    }
    case 'done':
      return t('import.indicator.done');
    case 'stopped':
      return step.fault === null ? null : t('import.indicator.failed');
    default:
      return null;
  }
};

/** A running import, in the status bar, while another screen is open. */
export const ImportIndicator = (): ReactNode => {
  const i18n = useI18n();
  const { step } = useImportJob();
  const text = describe(step, i18n);
  if (useRoute().screen === 'import' || text === null) return null;
  return (
    <button type="button" className={classes.plain} onClick={() => revisit('import')}>
      {text}
    </button>
  );
};

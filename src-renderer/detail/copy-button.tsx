import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from './detail.module.css';

/** Milliseconds for which the button says that it copied. */
const shownFor = 1500;

type Outcome = 'copied' | 'failed' | null;

/** Copies a text; says whether it worked. */
export const CopyButton = ({
  text,
  label,
  children,
}: {
  text: string;
  label: string;
  children?: ReactNode;
}): ReactNode => {
  const { t } = useI18n();
  const [outcome, setOutcome] = useState<Outcome>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), shownFor);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      (error: unknown) => {
        console.error('copying', error);
        setOutcome('failed');
      },
    );
  };
  return (
    <button type="button" className={classes.copy} aria-label={label} title={label} onClick={copy}>
      {outcome === 'copied' ? <IconCheck size={13} /> : children === undefined && <IconCopy size={13} />}
      {children}
      <span role="status" className={classes.spoken}>
        {outcome === 'copied' ? t('log.entry.copied') : outcome === 'failed' ? t('log.entry.copy-failed') : ''}
      </span>
    </button>
  );
};

import { Button, Progress } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { useEngine, useSessions } from '#renderer/engine/engine-context.tsx';
import classes from '#renderer/first-run/first-run.module.css';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import type { ProgressOf } from '#shared/contract/procedures.ts';

/** Opens the demo ledger, generated at the first time. `atOnce` does not wait for the button. */
export const DemoChoice = ({
  atOnce = false,
  onBusy,
}: {
  atOnce?: boolean;
  onBusy?: (busy: boolean) => void;
}): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const sessions = useSessions();
  const { refresh } = useLedgerStatus();
  const running = useRef<AbortController | null>(null);
  const [busy, setBusy] = useState(false);
  const [progress, setProgress] = useState<ProgressOf<'setup.openDemo'> | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  useEffect(() => () => running.current?.abort(), []);

  const open = async (): Promise<void> => {
    const abort = new AbortController();
    running.current = abort;
    setBusy(true);
    onBusy?.(true);
    setFault(null);
    try {
      const session = await engine.call('setup.openDemo', {}, { signal: abort.signal, onProgress: setProgress });
      sessions.open(session);
      await refresh();
    } catch (error) {
      if (isCancelled(error)) await refresh();
      else setFault(error);
    } finally {
      running.current = null;
      setBusy(false);
      onBusy?.(false);
      setProgress(null);
    }
  };

  // Once, when the window comes up.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (atOnce) void open();
  }, []);

  return (
    <section>
      <h2>{t('first-run.demo.title')}</h2>
      <p>{t('first-run.demo.text')}</p>
      {busy ? (
        <div className={classes.form}>
          <Progress.Root size={6}>
            <Progress.Section
              aria-label={t('first-run.demo.title')}
              value={progress === null || progress.total === 0 ? 0 : (progress.done / progress.total) * 100}
            />
          </Progress.Root>
          <div className={classes.row}>
            <span className={classes.mute} aria-live="polite">
              {progress === null ? t('first-run.demo.preparing') : t('first-run.demo.progress', { ...progress })}
            </span>
            <Button variant="default" onClick={() => running.current?.abort()}>
              {t('first-run.cancel')}
            </Button>
          </div>
        </div>
      ) : (
        <div className={classes.form}>
          <Fault error={fault} />
          <div>
            <Button variant="default" onClick={() => void open()}>
              {t('first-run.demo.open')}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
};

import { Button } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { useEngine, useSessions } from '#renderer/engine/engine-context.tsx';
import { AccountFields, useNewAccount } from '#renderer/first-run/account-fields.tsx';
import classes from '#renderer/first-run/first-run.module.css';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Fault } from '#renderer/ui/fault.tsx';

/** Makes the ledger in its default place, with the first administrator. */
export const NewLedger = ({ disabled }: { disabled: boolean }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const sessions = useSessions();
  const { status, refresh } = useLedgerStatus();
  const form = useNewAccount();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const account = form.send();
    if (account === null) return;
    setBusy(true);
    setFault(null);
    try {
      const session = await engine.call('setup.create', account);
      sessions.open(session);
      await refresh();
    } catch (error) {
      setFault(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section>
      <h2>{t('first-run.new.title')}</h2>
      <p>
        {t('first-run.new.text')} <code className={classes.path}>{status.ledger.path}</code>
      </p>
      <p className={classes.mute}>{t('first-run.new.admin')}</p>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        <AccountFields {...form} />
        <Fault error={fault} />
        <div>
          <Button type="submit" loading={busy} disabled={disabled}>
            {t('first-run.new.submit')}
          </Button>
        </div>
      </form>
    </section>
  );
};

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { useEngine, useSessions } from '#renderer/engine/engine-context.tsx';
import classes from '#renderer/first-run/first-run.module.css';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { Sheet } from '#renderer/ui/sheet.tsx';
import type { Account } from '#shared/contract/access.ts';

const SignInForm = ({ again }: { again?: Account | undefined }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const sessions = useSessions();
  const { status } = useLedgerStatus();
  const [login, setLogin] = useState(again?.login ?? '');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      sessions.open(await engine.call('session.signIn', { login: login.trim(), password }));
    } catch (error) {
      setFault(error);
      setPassword('');
      setBusy(false);
    }
  };

  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      {again ? (
        <p className={classes.mute}>{t('first-run.sign-in.again', { name: again.name })}</p>
      ) : (
        <p className={classes.mute}>{t('first-run.sign-in.ledger', { path: status.ledger.path })}</p>
      )}
      <TextInput
        label={t('first-run.login')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={again === undefined}
        value={login}
        onChange={(event) => setLogin(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('first-run.password')}
        autoComplete="current-password"
        autoFocus={again !== undefined}
        value={password}
        visibilityToggleButtonProps={{ 'aria-label': t('first-run.password.show') }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Fault error={fault} />
      <div className={classes.row}>
        <Button type="submit" loading={busy} disabled={login.trim() === '' || password === ''}>
          {t('first-run.sign-in.submit')}
        </Button>
        {again && (
          <Button variant="subtle" onClick={() => sessions.clear()}>
            {t('first-run.sign-in.other')}
          </Button>
        )}
      </div>
    </form>
  );
};

/** Asks who sits here. `again`: over the kept screen of somebody whose session ended. */
export const SignIn = ({ again }: { again?: Account }): ReactNode => {
  const { t } = useI18n();
  const title = t('first-run.sign-in.title');
  if (again === undefined) {
    return (
      <Sheet title={title}>
        <SignInForm />
      </Sheet>
    );
  }
  return (
    <div className={classes.again} role="dialog" aria-modal="true" aria-label={title}>
      <Sheet title={title}>
        <SignInForm again={again} />
      </Sheet>
    </div>
  );
};

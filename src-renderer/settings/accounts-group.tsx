import { Button, Radio } from '@mantine/core';
import { type FormEvent, type ReactNode, useCallback, useEffect, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { AccountFields, useNewAccount } from '#renderer/first-run/account-fields.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { type Account, type Role, roles } from '#shared/contract/access.ts';

const NewAccountForm = ({ onMade, onCancel }: { onMade: (login: string) => void; onCancel: () => void }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const form = useNewAccount();
  const [role, setRole] = useState<Role>('auditor');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const account = form.send();
    if (account === null) return;
    setBusy(true);
    setFault(null);
    try {
      const made = await engine.call('account.create', { ...account, role });
      onMade(made.login);
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => void submit(event)}
      noValidate
      aria-label={t('settings.accounts.new')}
    >
      <AccountFields {...form} />
      <Radio.Group
        label={t('settings.accounts.role')}
        value={role}
        onChange={(value) => setRole(roles.find((name) => name === value) ?? 'auditor')}
      >
        {roles.map((name) => (
          <Radio
            key={name}
            value={name}
            mt={6}
            label={t(`settings.role.${name}`)}
            description={t(`settings.role.${name}.hint`)}
          />
        ))}
      </Radio.Group>
      <Fault error={fault} />
      <div className={classes.buttons}>
        <Button type="submit" loading={busy}>
          {t('settings.accounts.create')}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('settings.accounts.cancel')}
        </Button>
      </div>
    </form>
  );
};

/** Who may sign in; for administrators. */
export const AccountsGroup = (): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const [accounts, setAccounts] = useState<readonly Account[]>([]);
  const [fault, setFault] = useState<unknown>(null);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);

  const load = useCallback(
    async (signal?: AbortSignal) => {
      try {
        const answer = await engine.call('account.list', {}, { signal });
        setAccounts(answer.accounts);
        setFault(null);
      } catch (error) {
        if (!signal?.aborted) setFault(error);
      }
    },
    [engine],
  );
  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal);
    return () => abort.abort();
  }, [load]);

  return (
    <SettingsGroup title={t('settings.accounts')}>
      <Fault error={fault} />
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('settings.accounts.name')}</th>
            <th scope="col">{t('settings.accounts.login')}</th>
            <th scope="col">{t('settings.accounts.role')}</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.login}>
              <td>{account.name}</td>
              <td>{account.login}</td>
              <td>{t(`settings.role.${account.role}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {made !== null && <p role="status">{t('settings.accounts.created', { login: made })}</p>}
      {adding ? (
        <NewAccountForm
          onCancel={() => setAdding(false)}
          onMade={(login) => {
            setAdding(false);
            setMade(login);
            void load();
          }}
        />
      ) : (
        <Button variant="default" onClick={() => setAdding(true)}>
          {t('settings.accounts.new')}
        </Button>
      )}
    </SettingsGroup>
  );
};

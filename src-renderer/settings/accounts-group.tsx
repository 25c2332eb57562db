import { Button, Radio } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { AccountFields, useNewAccount } from '#renderer/first-run/account-fields.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { SmallForm } from '#renderer/settings/small-form.tsx';
import { useAsked } from '#renderer/settings/use-asked.ts';
import { Fault } from '#renderer/ui/fault.tsx';
import { type Role, roles } from '#shared/contract/access.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

const NewAccountForm = ({ onMade, onCancel }: { onMade: (login: string) => void; onCancel: () => void }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const form = useNewAccount();
  const [role, setRole] = useState<Role>('auditor');
  const send = (): Promise<void> | null => {
    const account = form.send();
    return account && engine.call('account.create', { ...account, role }).then(({ login }) => onMade(login));
  };

  return (
    <SmallForm
      label={t('settings.accounts.new')}
      action={t('settings.accounts.create')}
      send={send}
      onCancel={onCancel}
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
    </SmallForm>
  );
};

const askAccounts = (engine: EngineClient, signal: AbortSignal) => engine.call('account.list', {}, { signal });

/** Who may sign in; for administrators. */
export const AccountsGroup = (): ReactNode => {
  const { t } = useI18n();
  const { known, fault, again } = useAsked(askAccounts, null);
  const accounts = known?.accounts ?? [];
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);

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
            void again();
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

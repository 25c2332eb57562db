import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { isNewPassword, NewPassword } from '#renderer/first-run/new-password.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { loginSchema } from '#shared/contract/access.ts';

export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly password: string;
  readonly again: string;
}

export const emptyAccount: NewAccount = { login: '', name: '', password: '', again: '' };

/** The state of an account form; `send` gives the account when it can be made, else shows what is missing. */
export const useNewAccount = (): {
  readonly account: NewAccount;
  readonly tried: boolean;
  readonly change: (patch: Partial<NewAccount>) => void;
  readonly send: () => { login: string; name: string; password: string } | null;
  readonly reset: () => void;
} => {
  const [account, setAccount] = useState(emptyAccount);
  const [tried, setTried] = useState(false);
  return {
    account,
    tried,
    change: (patch) => setAccount((known) => ({ ...known, ...patch })),
    send: () => {
      setTried(true);
      const login = account.login.trim();
      const name = account.name.trim();
      const right =
        loginSchema.safeParse(login).success && name !== '' && isNewPassword(account.password, account.again);
      return right ? { login, name, password: account.password } : null;
    },
    reset: () => {
      setAccount(emptyAccount);
      setTried(false);
    },
  };
};

/** Login, full name and the password twice. */
export const AccountFields = ({
  account,
  tried,
  change,
}: Pick<ReturnType<typeof useNewAccount>, 'account' | 'tried' | 'change'>): ReactNode => {
  const { t } = useI18n();
  const loginWrong = (tried || account.login !== '') && !loginSchema.safeParse(account.login.trim()).success;
  const loginError = loginWrong ? t('first-run.login.wrong') : null;
  return (
    <>
      <TextInput
        label={t('first-run.login')}
        description={loginError === null ? t('first-run.login.hint') : null}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={loginError}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        value={account.login}
        onChange={(event) => change({ login: event.currentTarget.value })}
      />
      <TextInput
        label={t('first-run.name')}
        error={tried && account.name.trim() === '' ? t('first-run.name.wrong') : null}
        autoComplete="name"
        required
        withAsterisk={false}
        value={account.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <NewPassword
        password={account.password}
        again={account.again}
        tried={tried}
        onChange={(password, again) => change({ password, again })}
      />
    </>
  );
};

import { PasswordInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { passwordSchema } from '#shared/contract/access.ts';

const wantedLength = 10;

/** True for a password that may be set: long enough and the same twice. */
export const isNewPassword = (password: string, again: string): boolean =>
  passwordSchema.safeParse(password).success && password === again;

/** A new password, twice, with a hint that follows the typing. */
export const NewPassword = ({
  password,
  again,
  tried,
  onChange,
}: {
  password: string;
  again: string;
  /** The form was sent once: what is missing is now an error. */
  tried: boolean;
  onChange: (password: string, again: string) => void;
}): ReactNode => {
  const { t } = useI18n();
  const missing = wantedLength - [...password].length;
  const hint =
    password === ''
      ? t('first-run.password.hint')
      : missing > 0
        ? t('first-run.password.missing', { count: missing })
        : t('first-run.password.good');
  const tooShort = tried && missing > 0;
  const toggle = { 'aria-label': t('first-run.password.show') };
  return (
    <>
      <PasswordInput
        label={t('first-run.password')}
        description={tooShort ? null : hint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={tooShort ? hint : null}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={password}
        visibilityToggleButtonProps={toggle}
        onChange={(event) => onChange(event.currentTarget.value, again)}
      />
      <PasswordInput
        label={t('first-run.password.again')}
        error={
          (tried || again.length >= password.length) && again !== password ? t('first-run.password.differs') : null
        }
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={again}
        visibilityToggleButtonProps={toggle}
        onChange={(event) => onChange(password, event.currentTarget.value)}
      />
    </>
  );
};

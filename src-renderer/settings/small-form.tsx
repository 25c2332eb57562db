import { Button } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/settings/settings.module.css';
import { Fault } from '#renderer/ui/fault.tsx';

/**
 * A form of the settings that makes or changes one thing: its fields, what was wrong with the last try, and two buttons.
 * `send` resolves when it is done, after which the form is usually gone; it answers null while a field is wrong, which the
 * fields themselves say.
 */
export const SmallForm = ({
  label,
  action,
  wide = false,
  send,
  onCancel,
  children,
}: {
  label: string;
  /** What the button that sends says. */
  action: string;
  /** It takes the whole width of its group. */
  wide?: boolean;
  send: () => Promise<void> | null;
  onCancel: () => void;
  children: ReactNode;
}): ReactNode => {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const sent = send();
    if (sent === null) return;
    setBusy(true);
    setFault(null);
    try {
      await sent;
    } catch (error) {
      setFault(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes.form}
      data-wide={wide}
      onSubmit={(event) => void submit(event)}
      noValidate
      aria-label={label}
    >
      {children}
      <Fault error={fault} />
      <div className={classes.buttons}>
        <Button type="submit" loading={busy}>
          {action}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('settings.cancel')}
        </Button>
      </div>
    </form>
  );
};

import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/settings/settings.module.css';
import { Fault } from '#renderer/ui/fault.tsx';

/** Asks before something that can't simply be undone. It is open while it is shown; what is safe has the focus. */
export const SureDialog = ({
  title,
  text,
  action,
  act,
  onClose,
}: {
  title: string;
  /** What comes of it, and what stays. */
  text: string;
  action: string;
  act: () => Promise<void>;
  /** Also when it was done. */
  onClose: () => void;
}): ReactNode => {
  const { t } = useI18n();
  const [fault, setFault] = useState<unknown>(null);
  const go = async (): Promise<void> => {
    try {
      await act();
      onClose();
    } catch (error) {
      setFault(error);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} size={440} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <p className={classes.sure}>{text}</p>
      <Fault error={fault} />
      <div className={classes.buttons}>
        <Button color="var(--delete)" onClick={() => void go()}>
          {action}
        </Button>
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('settings.cancel')}
        </Button>
      </div>
    </Modal>
  );
};

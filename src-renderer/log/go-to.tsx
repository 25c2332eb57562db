import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { type Place, readPlace } from '#renderer/log/place.ts';

/** Asks for an id or a date to go to. */
export const GoTo = ({
  opened,
  zone,
  onClose,
  onGo,
}: {
  opened: boolean;
  zone: string;
  onClose: () => void;
  onGo: (place: Place) => void;
}): ReactNode => {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const place = readPlace(text, zone);
    setWrong(place === null);
    if (place === null) return;
    setText('');
    onClose();
    onGo(place);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t('log.goto.title')} size={360}>
      <form onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t('log.goto.label')}
          description={t('log.goto.hint', { zone })}
          value={text}
          error={wrong ? t('log.goto.unreadable') : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <Button type="submit" mt={12} fullWidth>
          {t('log.goto.go')}
        </Button>
      </form>
    </Modal>
  );
};

import { Button } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import { Fault } from '#renderer/ui/fault.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import type { GrantedFile } from '#shared/rpc/host-bridge.ts';

/** A list beside the file that says who its users are: names and addresses for numbers and logins. */
export const UsersChoice = ({
  users,
  onChange,
}: {
  users: GrantedFile | null;
  onChange: (users: GrantedFile | null) => void;
}): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<unknown>(null);
  const { chooseFile } = engine;

  const receive = async (asked: Promise<GrantedFile | null>): Promise<void> => {
    setFault(null);
    try {
      const file = await asked;
      if (file !== null) onChange(file);
    } catch (error) {
      if (!isCancelled(error)) setFault(error);
    }
  };

  return (
    <>
      <div className={classes.users}>
        <span>{t('import.users.label')}</span>
        <span className={classes.mute}>{users?.name ?? t('import.users.none')}</span>
        {users === null ? (
          <Button
            variant="subtle"
            title={t('import.users.hint')}
            onClick={() => (chooseFile === null ? input.current?.click() : void receive(chooseFile('import')))}
          >
            {t('import.users.choose')}
          </Button>
        ) : (
          <Button variant="subtle" onClick={() => onChange(null)}>
            {t('import.users.remove')}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          accept=".json"
          hidden
          aria-label={t('import.users.choose')}
          onChange={(event) => {
            const file = event.currentTarget.files?.item(0);
            if (file) void receive(engine.grantFile(file, new AbortController().signal));
            event.currentTarget.value = '';
          }}
        />
      </div>
      <Fault error={fault} />
    </>
  );
};

import { Menu } from '@mantine/core';
import { IconCheck, IconDoorExit, IconLogout } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import classes from '#renderer/app/frame.module.css';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { Slot } from '#renderer/app/slots.tsx';
import { useEngine, useSessions } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { zoneOffset } from '#renderer/i18n/zoned-time.ts';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { showKeyHelp } from '#renderer/ui/key-help-store.ts';
import { showFault } from '#renderer/ui/notice.tsx';
import type { Account } from '#shared/contract/access.ts';

/**
 * The index grows by parts: the newest entries, fewer than a part, are always scanned, which nobody notices. Only more
 * than that is worth telling.
 */
const unnoticedTail = 4096;

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const LedgerState = (): ReactNode => {
  const { t, bytes } = useI18n();
  const { ledger } = useLedgerStatus().status;
  const behind = ledger.entries - ledger.indexed > unnoticedTail;
  return (
    <>
      <span className={behind ? undefined : classes.good}>
        {!behind && <IconCheck size={13} stroke={2.4} aria-hidden />}
        {behind
          ? t('app.status.indexing', { indexed: ledger.indexed, entries: ledger.entries })
          : t('app.status.indexed')}
      </span>
      <span className={classes.ledger} title={t('app.status.ledger', { path: ledger.path })}>
        {['SQLite', fileName(ledger.path), bytes(ledger.bytes), ...(ledger.demo ? [t('app.status.demo')] : [])].join(
          ' · ',
        )}
      </span>
    </>
  );
};

const AccountMenu = ({ account }: { account: Account }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const sessions = useSessions();
  const { status, refresh } = useLedgerStatus();
  const [leaving, setLeaving] = useState(false);
  const leaveDemo = async (): Promise<void> => {
    setLeaving(true);
    try {
      await engine.call('setup.leaveDemo', {});
      sessions.clear();
      await refresh();
    } catch (error) {
      showFault(error);
    } finally {
      setLeaving(false);
    }
  };
  const signOut = (): void => {
    // The window is signed out whether or not the engine could be told.
    engine.call('session.signOut', {}).catch((error: unknown) => console.error('signing out', error));
    sessions.clear();
  };
  return (
    <Menu position="top-end">
      <Menu.Target>
        <button type="button" className={classes.plain} title={t('app.account.menu', { name: account.name })}>
          {`${account.name} · ${t(`app.role.${account.role}`)}`}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {status.ledger.demo && (
          <Menu.Item leftSection={<IconDoorExit size={15} />} disabled={leaving} onClick={() => void leaveDemo()}>
            {t('app.status.leave-demo')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={signOut}>
          {t('app.account.sign-out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

/** Counts of the screen, state of the ledger; the zone of the times, who is signed in, the key help. */
export const StatusBar = ({ account, children }: { account: Account; children?: ReactNode }): ReactNode => {
  const { t } = useI18n();
  const { zone } = useReading();
  return (
    <footer className={classes.status}>
      <Slot name="status" className={classes.counts} />
      <LedgerState />
      {children}
      <span className={classes.right}>
        <span>{t('app.status.zone', { zone, offset: zoneOffset(zone, Date.now()) })}</span>
        <AccountMenu account={account} />
        <button type="button" className={classes.plain} onClick={showKeyHelp} aria-keyshortcuts="?">
          {`? ${t('app.status.keys')}`}
        </button>
      </span>
    </footer>
  );
};

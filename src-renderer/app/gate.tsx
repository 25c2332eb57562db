import { Button } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from '#renderer/app/frame.module.css';
import { StatusProvider, useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { useSessionState } from '#renderer/engine/engine-context.tsx';
import { ExportJobsProvider } from '#renderer/export/export-jobs.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { ImportJobProvider } from '#renderer/import/import-job.tsx';
import { PreferencesProvider, useStoredPreferences } from '#renderer/settings/preferences.tsx';
import { readSettings } from '#renderer/settings/stored-settings.ts';
import { useWindowSettings } from '#renderer/settings/window-settings.tsx';
import { fetchPartsAtRest, lazyPart } from '#renderer/ui/lazy-part.tsx';
import { showFault } from '#renderer/ui/notice.tsx';
import { Sheet } from '#renderer/ui/sheet.tsx';
import { type ErrorCode, errorSentence, errorTable } from '#shared/contract/errors.ts';

const Waiting = (): ReactNode => {
  const { t } = useI18n();
  return <div role="status" aria-label={t('app.loading')} />;
};

/** The screens, of which a window that first asks who is there needs nothing. */
const Frame = lazyPart(async () => (await import('#renderer/app/frame.tsx')).Frame, <Waiting />);
const DemoEntrance = lazyPart(
  async () => (await import('#renderer/first-run/demo-entrance.tsx')).DemoEntrance,
  <Waiting />,
);
const FirstRun = lazyPart(async () => (await import('#renderer/first-run/first-run.tsx')).FirstRun, <Waiting />);
const SignIn = lazyPart(async () => (await import('#renderer/first-run/sign-in.tsx')).SignIn, <Waiting />);

/** The account's own language, looks and zone rule the window from now on, and changes go into the account. */
const AccountSettings = ({ children }: { children: ReactNode }): ReactNode => {
  const { values, write } = useStoredPreferences();
  const { adopt, keepWith } = useWindowSettings();
  // Only what was stored when the account came in: later values are this window's own.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => adopt(readSettings(values)), [adopt]);
  useEffect(() => {
    keepWith(write);
    return () => keepWith(null);
  }, [keepWith, write]);
  return children;
};

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

const LedgerFailed = (): ReactNode => {
  const { t, language } = useI18n();
  const { status, refresh } = useLedgerStatus();
  const { error } = status.ledger;
  const known = error !== null && isErrorCode(error.code);
  return (
    <Sheet title={t('app.ledger.failed')}>
      <p role="alert">{known ? errorSentence(error.code as ErrorCode, error.details, language) : error?.message}</p>
      <Button onClick={() => void refresh()}>{t('app.retry')}</Button>
    </Sheet>
  );
};

const Inside = (): ReactNode => {
  const session = useSessionState();
  const { status } = useLedgerStatus();
  if (status.ledger.state === 'failed') return <LedgerFailed />;
  if (session.kind === 'none') {
    if (status.ledger.demo) return <DemoEntrance />;
    return status.needsSetup ? <FirstRun /> : <SignIn />;
  }
  return (
    <>
      {/* Another person starts with a fresh screen; the same one finds it as it was left. */}
      <PreferencesProvider key={session.account.login} waiting={<Waiting />} onFail={showFault}>
        <AccountSettings>
          <ImportJobProvider>
            <ExportJobsProvider>
              <div className={classes.window} inert={session.kind === 'expired'}>
                <Frame account={session.account} />
              </div>
            </ExportJobsProvider>
          </ImportJobProvider>
        </AccountSettings>
      </PreferencesProvider>
      {session.kind === 'expired' && <SignIn again={session.account} />}
    </>
  );
};

/** Decides what the window shows: first run, sign-in, a ledger that can't be opened, or the screens. */
export const Gate = (): ReactNode => {
  useEffect(fetchPartsAtRest, []);
  return (
    <StatusProvider waiting={<Waiting />}>
      <Inside />
    </StatusProvider>
  );
};

import { Button, Switch } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { dropLogger, megabytesOf, moveLoggerUp } from '#renderer/capture/logger-draft.ts';
import { LoggerForm } from '#renderer/capture/logger-form.tsx';
import { LoggersTable } from '#renderer/capture/loggers-table.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { SureDialog } from '#renderer/settings/sure-dialog.tsx';
import { useAsked } from '#renderer/settings/use-asked.ts';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { BitacoraError, type ErrorCode } from '#shared/contract/errors.ts';
import { defaultLogFiles, type LogFileSettings, type LogFileState } from '#shared/contract/log-files.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

/** How often the figures are asked for again while they are looked at, milliseconds. */
const askEveryMs = 5000;

const askLogFiles = (engine: EngineClient, signal: AbortSignal) => engine.call('capture.logFiles', {}, { signal });

/** What is open beside the figures: a form for a logger (null: a new one), or a question. */
type Open =
  | { readonly kind: 'form'; readonly at: number | null }
  | { readonly kind: 'drop'; readonly at: number }
  | { readonly kind: 'reset' };

const FilesTable = ({ files }: { files: readonly LogFileState[] }): ReactNode => {
  const { t, number, bytes } = useI18n();
  const { zone } = useReading();
  return (
    <table className={settings.table}>
      <thead>
        <tr>
          <th scope="col">{t('capture.files.file')}</th>
          <th scope="col">{t('capture.files.limits')}</th>
          <th scope="col">{t('capture.files.now')}</th>
          <th scope="col">{t('capture.files.written')}</th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <tr key={file.file}>
            <td className={settings.date} title={file.path}>
              {file.file}
            </td>
            <td className={settings.date}>
              {t('capture.files.limit', { size: number(megabytesOf(file.maxBytes)), count: number(file.backups) })}
            </td>
            <td className={settings.date}>
              {t('capture.files.size', { size: bytes(file.bytes + file.rotatedBytes), files: file.rotated })}
            </td>
            <td className={settings.date}>
              {file.lastWrittenAt === null ? '—' : formatInstant(file.lastWrittenAt, zone)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** The rotating copies on disk: which logger writes what where, how large, and whether it works; all of it can be changed. */
export const LogFilesGroup = (): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const { known, fault, again, blame } = useAsked(askLogFiles, askEveryMs);
  const [open, setOpen] = useState<Open | null>(null);

  const keep = async (next: LogFileSettings): Promise<void> => {
    await engine.call('capture.setLogFiles', next);
    await again();
  };
  const loggers = known?.settings.loggers ?? [];
  const keepLoggers = (next: LogFileSettings['loggers']): Promise<void> =>
    keep({ enabled: known?.settings.enabled ?? false, loggers: next });
  const isUsual = JSON.stringify(loggers) === JSON.stringify(defaultLogFiles.loggers);

  return (
    <SettingsGroup title={t('capture.files')}>
      <Fault error={fault} />
      {known !== null && (
        <>
          <Switch
            label={t('capture.files.on')}
            description={t('capture.files.on.hint', { folder: known.folder })}
            checked={known.settings.enabled}
            onChange={(event) => void keep({ loggers, enabled: event.currentTarget.checked }).catch(blame)}
          />
          <Fault
            error={known.error === null ? null : new BitacoraError(known.error.code as ErrorCode, known.error.details)}
          />
          {known.files.length > 0 && <FilesTable files={known.files} />}
          {known.settings.enabled && known.waiting !== null && known.waiting > 0 && (
            <p className={settings.hint}>{t('capture.files.waiting', { count: known.waiting })}</p>
          )}
          {loggers.length > 0 && (
            <>
              <LoggersTable
                loggers={loggers}
                onChange={(at) => setOpen({ kind: 'form', at })}
                onUp={(at) => void keepLoggers(moveLoggerUp(loggers, at)).catch(blame)}
                onDrop={(at) => setOpen({ kind: 'drop', at })}
              />
              <p className={settings.hint}>{t('capture.loggers.order')}</p>
            </>
          )}
          {open?.kind === 'form' ? (
            <LoggerForm
              key={open.at}
              loggers={loggers}
              at={open.at}
              onKeep={async (next) => {
                await keepLoggers(next);
                setOpen(null);
              }}
              onCancel={() => setOpen(null)}
            />
          ) : (
            <div className={settings.buttons}>
              <Button variant="default" onClick={() => setOpen({ kind: 'form', at: null })}>
                {t('capture.loggers.new')}
              </Button>
              {!isUsual && (
                <Button variant="subtle" onClick={() => setOpen({ kind: 'reset' })}>
                  {t('capture.loggers.reset')}
                </Button>
              )}
            </div>
          )}
          {open?.kind === 'drop' && (
            <SureDialog
              title={t('capture.loggers.drop.title', { name: loggers[open.at]?.name ?? '' })}
              text={t('capture.loggers.drop.text')}
              action={t('capture.loggers.drop')}
              act={() => keepLoggers(dropLogger(loggers, open.at))}
              onClose={() => setOpen(null)}
            />
          )}
          {open?.kind === 'reset' && (
            <SureDialog
              title={t('capture.loggers.reset.title')}
              text={t('capture.loggers.reset.text')}
              action={t('capture.loggers.reset')}
              act={() => keepLoggers(defaultLogFiles.loggers)}
              onClose={() => setOpen(null)}
            />
          )}
        </>
      )}
    </SettingsGroup>
  );
};

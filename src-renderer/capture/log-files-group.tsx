import { Button, Switch, TextInput } from '@mantine/core';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { BitacoraError, type ErrorCode } from '#shared/contract/errors.ts';
import type { LogFileSettings, Logger } from '#shared/contract/log-files.ts';
import type { OutputOf } from '#shared/contract/procedures.ts';
import classes from './capture.module.css';

/** How often the figures are asked for again while they are looked at, milliseconds. */
const askEveryMs = 5000;
const megabyte = 1024 * 1024;

type LogFiles = OutputOf<'capture.logFiles'>;

/** The limits of one file, as they are written while they are changed. */
interface Draft {
  readonly megabytes: string;
  readonly backups: string;
}

const draftOf = ({ limits }: Logger): Draft => ({
  megabytes: limits === null ? '' : String(Math.round((limits.maxBytes / megabyte) * 1000) / 1000),
  backups: limits === null ? '' : String(limits.backups),
});

/** What a draft says; null when it is no pair of numbers that a file can have. */
const limitsOf = ({ megabytes, backups }: Draft): Logger['limits'] => {
  const size = Math.round(Number(megabytes.replace(',', '.')) * megabyte);
  const count = Number(backups);
  const right = size >= 1024 && size <= 2048 * megabyte && Number.isInteger(count) && count >= 1 && count <= 1000;
  return right ? { maxBytes: size, backups: count } : null;
};

const LimitsForm = ({
  loggers,
  onKeep,
  onCancel,
}: {
  loggers: readonly Logger[];
  onKeep: (loggers: Logger[]) => void;
  onCancel: () => void;
}): ReactNode => {
  const { t } = useI18n();
  const [drafts, setDrafts] = useState(() => loggers.map(draftOf));
  const change = (place: number, patch: Partial<Draft>): void =>
    setDrafts((known) => known.map((draft, at) => (at === place ? { ...draft, ...patch } : draft)));
  const wrong = loggers.some(
    (logger, at) => logger.limits !== null && limitsOf(drafts[at] ?? draftOf(logger)) === null,
  );
  return (
    <form
      className={settings.form}
      aria-label={t('capture.files.limits')}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong) return;
        onKeep(
          loggers.map((logger, at) =>
            logger.limits === null ? logger : { ...logger, limits: limitsOf(drafts[at] ?? draftOf(logger)) },
          ),
        );
      }}
    >
      {loggers.map((logger, at) => {
        const draft = drafts[at];
        return logger.limits === null || draft === undefined ? null : (
          <div key={logger.name} className={classes.port}>
            <TextInput
              label={t('capture.files.size-of', { file: logger.file })}
              inputMode="decimal"
              value={draft.megabytes}
              onChange={(event) => change(at, { megabytes: event.currentTarget.value })}
            />
            <TextInput
              label={t('capture.files.count-of', { file: logger.file })}
              inputMode="numeric"
              value={draft.backups}
              onChange={(event) => change(at, { backups: event.currentTarget.value })}
            />
          </div>
        );
      })}
      {wrong && (
        <p role="alert" className={settings.hint}>
          {t('capture.files.limits.wrong')}
        </p>
      )}
      <div className={settings.buttons}>
        <Button type="submit" disabled={wrong}>
          {t('capture.files.keep')}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('settings.cancel')}
        </Button>
      </div>
    </form>
  );
};

/** The rotating copies on disk: which logger writes what where, how large, and whether it works. */
export const LogFilesGroup = (): ReactNode => {
  const { t, number, bytes } = useI18n();
  const { zone } = useReading();
  const engine = useEngine();
  const [known, setKnown] = useState<LogFiles | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [changing, setChanging] = useState(false);

  const load = useCallback(
    async (signal?: AbortSignal) => {
      try {
        setKnown(await engine.call('capture.logFiles', {}, { signal }));
        setFault(null);
      } catch (error) {
        if (!signal?.aborted) setFault(error);
      }
    },
    [engine],
  );
  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal);
    const timer = setInterval(() => void load(abort.signal), askEveryMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [load]);

  /** `done` when it was kept; a form that was opened meanwhile stays. */
  const keep = async (next: LogFileSettings, done: () => void = () => undefined): Promise<void> => {
    try {
      await engine.call('capture.setLogFiles', next);
      done();
      await load();
    } catch (error) {
      setFault(error);
    }
  };

  return (
    <SettingsGroup title={t('capture.files')}>
      <Fault error={fault} />
      {known !== null && (
        <>
          <Switch
            label={t('capture.files.on')}
            description={t('capture.files.on.hint', { folder: known.folder })}
            checked={known.settings.enabled}
            onChange={(event) => void keep({ ...known.settings, enabled: event.currentTarget.checked })}
          />
          <Fault
            error={known.error === null ? null : new BitacoraError(known.error.code as ErrorCode, known.error.details)}
          />
          <table className={settings.table}>
            <thead>
              <tr>
                <th scope="col">{t('capture.files.file')}</th>
                <th scope="col">{t('capture.files.loggers')}</th>
                <th scope="col">{t('capture.files.limits')}</th>
                <th scope="col">{t('capture.files.now')}</th>
                <th scope="col">{t('capture.files.written')}</th>
              </tr>
            </thead>
            <tbody>
              {known.files.map((file) => (
                <tr key={file.file}>
                  <td className={settings.date} title={file.path}>
                    {file.file}
                  </td>
                  <td>{file.loggers.join(', ')}</td>
                  <td className={settings.date}>
                    {t('capture.files.limit', {
                      size: number(Math.round((file.maxBytes / megabyte) * 1000) / 1000),
                      count: number(file.backups),
                    })}
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
          {known.settings.enabled && known.waiting !== null && known.waiting > 0 && (
            <p className={settings.hint}>{t('capture.files.waiting', { count: known.waiting })}</p>
          )}
          {changing ? (
            <LimitsForm
              loggers={known.settings.loggers}
              onKeep={(loggers) => void keep({ ...known.settings, loggers }, () => setChanging(false))}
              onCancel={() => setChanging(false)}
            />
          ) : (
            <Button variant="default" onClick={() => setChanging(true)}>
              {t('capture.files.change')}
            </Button>
          )}
        </>
      )}
    </SettingsGroup>
  );
};

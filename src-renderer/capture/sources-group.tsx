import { type ReactNode, useEffect, useState } from 'react';
import { navigate } from '#renderer/app/route.ts';
import { writeHash } from '#renderer/app/screen-hash.ts';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import type { CaptureSource } from '#shared/contract/capture-state.ts';
import type { OutputOf } from '#shared/contract/procedures.ts';
import { formatClause } from '#shared/query/format.ts';
import classes from './capture.module.css';

/** How often the rates are asked for again while they are looked at, milliseconds. */
const askEveryMs = 4000;

/** The log with what a source sent. */
const logOf = ({ name }: CaptureSource): URLSearchParams => {
  const clause = formatClause(
    { kind: 'value', key: 'source', exclude: false, values: [{ text: name, prefix: false }] },
    'en',
  );
  return new URLSearchParams([['on', clause]]);
};

/** Who sends, how much, and when each was last heard of. */
export const SourcesGroup = ({ since }: { since: string }): ReactNode => {
  const { t, number } = useI18n();
  const { zone } = useReading();
  const engine = useEngine();
  const [known, setKnown] = useState<OutputOf<'capture.sources'> | null>(null);
  const [fault, setFault] = useState<unknown>(null);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = await engine.call('capture.sources', { zone }, { signal });
        if (signal.aborted) return;
        setKnown(answer);
        setFault(null);
      } catch (error) {
        if (signal.aborted) return;
        setFault(error);
      }
      timer = setTimeout(() => void ask(), askEveryMs);
    };
    void ask();
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [engine, zone]);

  const written = (instant: string): string => formatInstant(instant, zone).slice(0, 16);
  return (
    <SettingsGroup title={t('capture.sources')}>
      <Fault error={fault} />
      {known !== null && known.sources.length === 0 && <p>{t('capture.sources.none')}</p>}
      {known !== null && known.sources.length > 0 && (
        <>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('capture.sources.name')}</th>
                <th scope="col" className={classes.number}>
                  {t('capture.sources.minute')}
                </th>
                <th scope="col" className={classes.number}>
                  {t('capture.sources.hour')}
                </th>
                <th scope="col" className={classes.number}>
                  {t('capture.sources.today')}
                </th>
                <th scope="col" className={classes.number}>
                  {t('capture.sources.entries')}
                </th>
                <th scope="col">{t('capture.sources.seen')}</th>
              </tr>
            </thead>
            <tbody>
              {known.sources.map((source) => (
                <tr key={source.name}>
                  <td>
                    <a
                      href={writeHash('log', logOf(source))}
                      title={t('capture.sources.show', { name: source.name })}
                      onClick={(event) => {
                        event.preventDefault();
                        navigate('log', logOf(source));
                      }}
                    >
                      {source.name}
                    </a>
                  </td>
                  <td className={classes.number}>{number(source.lastMinute)}</td>
                  <td className={classes.number}>{number(source.lastHour)}</td>
                  <td className={classes.number}>{number(source.today)}</td>
                  <td className={classes.number}>{number(source.entries)}</td>
                  <td className={classes.date}>{formatInstant(source.lastSeenAt, zone)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {known.more > 0 && <p className={settings.hint}>{t('capture.sources.more', { count: known.more })}</p>}
          <p className={settings.hint}>{t('capture.sources.hint', { since: written(since) })}</p>
        </>
      )}
    </SettingsGroup>
  );
};

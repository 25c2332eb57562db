import { type ReactNode, useCallback } from 'react';
import { navigate } from '#renderer/app/route.ts';
import { writeHash } from '#renderer/app/screen-hash.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { useAsked } from '#renderer/settings/use-asked.ts';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import type { CaptureSource } from '#shared/contract/capture-state.ts';
import { formatClause } from '#shared/query/format.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

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
  const ask = useCallback(
    (engine: EngineClient, signal: AbortSignal) => engine.call('capture.sources', { zone }, { signal }),
    [zone],
  );
  const { known, fault } = useAsked(ask, askEveryMs);

  const written = (instant: string): string => formatInstant(instant, zone).slice(0, 16);
  return (
    <SettingsGroup title={t('capture.sources')}>
      <Fault error={fault} />
      {known !== null && known.sources.length === 0 && <p>{t('capture.sources.none')}</p>}
      {known !== null && known.sources.length > 0 && (
        <>
          <table className={settings.table}>
            <thead>
              <tr>
                <th scope="col">{t('capture.sources.name')}</th>
                <th scope="col" className={settings.number}>
                  {t('capture.sources.minute')}
                </th>
                <th scope="col" className={settings.number}>
                  {t('capture.sources.hour')}
                </th>
                <th scope="col" className={settings.number}>
                  {t('capture.sources.today')}
                </th>
                <th scope="col" className={settings.number}>
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
                  <td className={settings.number}>{number(source.lastMinute)}</td>
                  <td className={settings.number}>{number(source.lastHour)}</td>
                  <td className={settings.number}>{number(source.today)}</td>
                  <td className={settings.number}>{number(source.entries)}</td>
                  <td className={settings.date}>{formatInstant(source.lastSeenAt, zone)}</td>
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

import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { FollowView } from '#renderer/capture/follow-view.tsx';
import { NewFollowForm } from '#renderer/capture/new-follow-form.tsx';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { SureDialog } from '#renderer/settings/sure-dialog.tsx';
import { useAsked } from '#renderer/settings/use-asked.ts';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import type { Follow } from '#shared/contract/follow.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';
import classes from './capture.module.css';

/** How often the figures are asked for again while they are looked at, milliseconds. */
const askEveryMs = 2000;

const askFollows = (engine: EngineClient, signal: AbortSignal) => engine.call('capture.follows', {}, { signal });

/** Where nothing can be chosen from here: what is typed where the files are. */
const command = 'bitacora follow add /var/log/…/audit.log';

/** Logs that other programs write and that are followed: how that goes, one more, a pause, an end. */
export const FollowsGroup = ({ since }: { since: string }): ReactNode => {
  const { t } = useI18n();
  const { zone } = useReading();
  const engine = useEngine();
  const { known, fault, again, blame } = useAsked(askFollows, askEveryMs);
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Follow | null>(null);

  const pause = async ({ id, state }: Follow): Promise<void> => {
    try {
      await engine.call('capture.pauseFollow', { id, paused: state !== 'paused' });
      await again();
    } catch (error) {
      blame(error);
    }
  };
  const follows = known?.follows ?? [];
  const canChoose = engine.chooseFile !== null || (known?.namedIn.length ?? 0) > 0;
  return (
    <SettingsGroup title={t('capture.follow')}>
      <p className={settings.hint}>{t('capture.follow.hint')}</p>
      <Fault error={fault} />
      {known !== null && follows.length === 0 && <p>{t('capture.follow.none')}</p>}
      {follows.length > 0 && (
        <>
          <ul className={classes.follows}>
            {follows.map((follow) => (
              <FollowView
                key={follow.id}
                follow={follow}
                onPause={() => void pause(follow)}
                onEnd={() => setEnding(follow)}
              />
            ))}
          </ul>
          <p className={settings.hint}>
            {t('capture.follow.since', { since: formatInstant(since, zone).slice(0, 16) })}
          </p>
        </>
      )}
      {adding && known !== null ? (
        <NewFollowForm
          namedIn={known.namedIn}
          onCancel={() => setAdding(false)}
          onMade={async () => {
            await again();
            setAdding(false);
          }}
        />
      ) : canChoose ? (
        <Button variant="default" onClick={() => setAdding(true)}>
          {t('capture.follow.new')}
        </Button>
      ) : (
        known !== null && (
          <div className={classes.elsewhere}>
            <p>{t('capture.follow.elsewhere')}</p>
            <p className={classes.url}>
              <code>{command}</code>
              <CopyButton text={command} label={t('capture.follow.copy')} />
            </p>
            <p className={settings.hint}>{t('capture.follow.elsewhere.hint')}</p>
          </div>
        )
      )}
      {ending !== null && (
        <SureDialog
          title={t('capture.follow.end.title')}
          text={t('capture.follow.end.text', { path: ending.path })}
          action={t('capture.follow.end')}
          act={async () => {
            await engine.call('capture.unfollow', { id: ending.id });
            await again();
          }}
          onClose={() => setEnding(null)}
        />
      )}
    </SettingsGroup>
  );
};

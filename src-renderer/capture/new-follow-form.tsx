import { Button, Radio, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import settings from '#renderer/settings/settings.module.css';
import { SmallForm } from '#renderer/settings/small-form.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { ZoneSelect } from '#renderer/settings/zone-select.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import { followStarts } from '#shared/contract/follow.ts';
import type { GrantedFile } from '#shared/rpc/host-bridge.ts';
import classes from './capture.module.css';

/** Which log is followed from now on: chosen in the system's dialog, or named where the engine lets windows name some. */
export const NewFollowForm = ({
  namedIn,
  onMade,
  onCancel,
}: {
  /** Folders in which a log can be named. */
  namedIn: readonly string[];
  onMade: () => Promise<void>;
  onCancel: () => void;
}): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const reading = useReading();
  const { chooseFile } = engine;
  const [chosen, setChosen] = useState<GrantedFile | null>(null);
  const [path, setPath] = useState('');
  const [source, setSource] = useState('');
  const [start, setStart] = useState<(typeof followStarts)[number]>('beginning');
  const [zone, setZone] = useState(reading.zone);
  const [tried, setTried] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const missing = chooseFile === null ? path.trim() === '' : chosen === null;

  const choose = async (): Promise<void> => {
    setFault(null);
    try {
      const file = (await chooseFile?.('follow')) ?? null;
      if (file !== null) setChosen(file);
    } catch (error) {
      if (!isCancelled(error)) setFault(error);
    }
  };
  const send = (): Promise<void> | null => {
    setTried(true);
    if (missing) return null;
    const options = { source: source.trim() === '' ? null : source.trim(), start, zone };
    const asked =
      chosen === null
        ? engine.call('capture.followNamed', { path: path.trim(), options })
        : engine.call('capture.follow', { grant: chosen.grant, options });
    return asked.then(onMade);
  };

  return (
    <SmallForm label={t('capture.follow.new')} action={t('capture.follow.start')} send={send} onCancel={onCancel}>
      {chooseFile === null ? (
        <TextInput
          label={t('capture.follow.path')}
          description={t('capture.follow.path.hint', { folders: namedIn.join(', ') })}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={tried && missing ? t('capture.follow.path.wrong') : null}
          spellCheck={false}
          data-autofocus
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
      ) : (
        <div>
          <div className={classes.chosen}>
            <Button variant="default" onClick={() => void choose()}>
              {t('capture.follow.choose')}
            </Button>
            <span>{chosen?.name ?? t('capture.follow.choose.none')}</span>
          </div>
          <p className={settings.hint}>{t('capture.follow.choose.hint')}</p>
          <Fault error={fault} />
          {tried && missing && (
            <p role="alert" className={classes.wrong}>
              {t('capture.follow.choose.wrong')}
            </p>
          )}
        </div>
      )}
      <TextInput
        label={t('capture.follow.source')}
        description={t('capture.follow.source.hint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        maxLength={200}
        value={source}
        onChange={(event) => setSource(event.currentTarget.value)}
      />
      <Radio.Group
        label={t('capture.follow.from')}
        value={start}
        onChange={(value) => setStart(followStarts.find((one) => one === value) ?? 'beginning')}
      >
        {followStarts.map((one) => (
          <Radio
            key={one}
            value={one}
            mt={6}
            label={t(`capture.follow.from.${one}`)}
            description={t(`capture.follow.from.${one}.hint`)}
          />
        ))}
      </Radio.Group>
      <ZoneSelect label={t('capture.follow.zone')} value={zone} onChange={setZone} />
    </SmallForm>
  );
};

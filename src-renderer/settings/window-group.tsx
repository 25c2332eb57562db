import { SegmentedControl, Switch } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { systemZone, zoneOffset } from '#renderer/i18n/zoned-time.ts';
import classes from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { type Appearance, appearances, languages } from '#renderer/settings/stored-settings.ts';
import { useWindowSettings } from '#renderer/settings/window-settings.tsx';
import { ZoneSelect } from '#renderer/settings/zone-select.tsx';
import { languageNames } from '#renderer/ui/language-switch.tsx';
import type { Language } from '#shared/contract/errors.ts';

/** A few choices side by side, with a name above. */
const Segments = <T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string }[];
  onChange: (value: T) => void;
}): ReactNode => {
  const id = useId();
  return (
    <div>
      <div id={id} className={classes.label}>
        {label}
      </div>
      <SegmentedControl<T> aria-labelledby={id} data={[...options]} value={value} onChange={onChange} />
    </div>
  );
};

/** Appearance and language of this window. */
export const WindowGroup = (): ReactNode => {
  const { t } = useI18n();
  const { settings, change } = useWindowSettings();
  return (
    <SettingsGroup title={t('settings.window')}>
      <Segments<Appearance>
        label={t('settings.appearance')}
        value={settings.appearance}
        options={appearances.map((value) => ({ value, label: t(`settings.appearance.${value}`) }))}
        onChange={(appearance) => change({ appearance })}
      />
      <Segments<Language>
        label={t('settings.language')}
        value={settings.language}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        onChange={(language) => change({ language })}
      />
    </SettingsGroup>
  );
};

/** How dates are shown and searched, and whether accents matter. */
export const ReadingGroup = (): ReactNode => {
  const { t } = useI18n();
  const { settings, change } = useWindowSettings();
  const system = systemZone();
  return (
    <SettingsGroup title={t('settings.reading')}>
      <div className={classes.zone}>
        <ZoneSelect
          label={t('settings.zone')}
          value={settings.zone ?? ''}
          first={t('settings.zone.system', { zone: system, offset: zoneOffset(system, Date.now()) })}
          onChange={(zone) => change({ zone: zone === '' ? null : zone })}
        />
        <p className={classes.hint}>{t('settings.zone.hint')}</p>
      </div>
      <Switch
        label={t('settings.accents')}
        description={t('settings.accents.hint')}
        checked={settings.ignoreAccents}
        onChange={(event) => change({ ignoreAccents: event.currentTarget.checked })}
      />
    </SettingsGroup>
  );
};

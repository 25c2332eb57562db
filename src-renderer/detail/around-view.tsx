import { Checkbox, NativeSelect } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type Around, type AroundMinutes, aroundChips, aroundMinutes } from '#renderer/detail/around.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Chips } from '#renderer/log/chip.ts';
import { EnterSign } from '#renderer/log/signs.tsx';
import { usePreference } from '#renderer/settings/preferences.tsx';
import type { Entry } from '#shared/contract/entry.ts';
import classes from './detail.module.css';

const isMinutes = (value: unknown): value is AroundMinutes => (aroundMinutes as readonly unknown[]).includes(value);

/** «Around this entry»: opens a view of what happened shortly before and after. */
export const AroundView = ({
  entry,
  zone,
  onShow,
}: {
  entry: Entry;
  zone: string;
  onShow: (chips: Chips) => void;
}): ReactNode => {
  const { t } = useI18n();
  const [minutes, setMinutes] = usePreference<AroundMinutes>('log.around', 5, isMinutes);
  const [same, setSame] = useState<Pick<Around, 'sameUser' | 'sameRecord'>>({ sameUser: true, sameRecord: false });
  const length = (value: AroundMinutes): string =>
    value < 60 ? t('log.around.minutes', { count: value }) : value === 60 ? t('log.around.hour') : t('log.around.day');
  return (
    <section aria-labelledby="entry-around">
      <h3 className={classes.title}>
        <span id="entry-around">{t('log.around.title')}</span>
        <button
          type="button"
          className={classes.link}
          onClick={() => onShow(aroundChips(entry, { minutes, ...same }, zone))}
        >
          {t('log.around.show')} <EnterSign />
        </button>
      </h3>
      <div className={classes.around}>
        <NativeSelect
          size="xs"
          aria-label={t('log.around.length')}
          value={String(minutes)}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            if (isMinutes(chosen)) setMinutes(chosen);
          }}
          data={aroundMinutes.map((value) => ({ value: String(value), label: length(value) }))}
        />
        {entry.actor !== null && (
          <Checkbox
            label={t('log.around.user')}
            checked={same.sameUser}
            onChange={(event) => setSame({ ...same, sameUser: event.currentTarget.checked })}
          />
        )}
        {entry.recordId !== null && (
          <Checkbox
            label={t('log.around.record')}
            checked={same.sameRecord}
            onChange={(event) => setSame({ ...same, sameRecord: event.currentTarget.checked })}
          />
        )}
      </div>
    </section>
  );
};

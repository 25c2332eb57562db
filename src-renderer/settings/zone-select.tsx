import { Select } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { allZones, zoneOffset } from '#renderer/i18n/zoned-time.ts';

/** Long enough to scroll, short enough to open at once; typing narrows it. */
const shownZones = 60;

/** A searchable list of every zone with its present offset. `first` is an entry of its own, whose value is ''. */
export const ZoneSelect = ({
  label,
  value,
  first,
  className,
  onChange,
}: {
  label: string;
  value: string;
  first?: string;
  className?: string | undefined;
  onChange: (zone: string) => void;
}): ReactNode => {
  const { t } = useI18n();
  const data = useMemo(() => {
    const now = Date.now();
    const zones = allZones().map((zone) => ({ value: zone, label: `${zone} (${zoneOffset(zone, now)})` }));
    return first === undefined ? zones : [{ value: '', label: first }, ...zones];
  }, [first]);
  return (
    <Select
      label={label}
      {...(className === undefined ? {} : { className })}
      data={data}
      value={value}
      searchable
      limit={shownZones}
      allowDeselect={false}
      nothingFoundMessage={t('settings.zone.none')}
      onChange={(zone) => {
        if (zone !== null) onChange(zone);
      }}
    />
  );
};

import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import { ZoneSelect } from '#renderer/settings/zone-select.tsx';
import {
  csvDelimiters,
  dateOrders,
  type ImportOptions,
  type ImportPreview,
  importEncodings,
  importFormats,
} from '#shared/contract/import.ts';

const delimiterNames = { ',': 'comma', ';': 'semicolon', '\t': 'tab' } as const;
const typingPauseMs = 400;

/** A choice among names, where nothing chosen means: as found in the file. */
const Choice = <T extends string>({
  label,
  values,
  name,
  chosen,
  found,
  onChange,
}: {
  label: string;
  values: readonly T[];
  name: (value: T) => string;
  chosen: T | null;
  found: T | null;
  onChange: (value: T | null) => void;
}): ReactNode => {
  const { t } = useI18n();
  const automatic =
    found === null || chosen !== null ? t('import.option.automatic') : t('import.option.auto', { found: name(found) });
  return (
    <NativeSelect
      label={label}
      data={[{ value: '', label: automatic }, ...values.map((value) => ({ value, label: name(value) }))]}
      value={chosen ?? ''}
      onChange={(event) => onChange(values.find((value) => value === event.currentTarget.value) ?? null)}
    />
  );
};

/** How the file is read: what was found, and what the person says instead. */
export const ImportOptionsForm = ({
  options,
  preview,
  onChange,
}: {
  options: ImportOptions;
  preview: ImportPreview | null;
  onChange: (patch: Partial<ImportOptions>) => void;
}): ReactNode => {
  const { t } = useI18n();
  const [source, setSource] = useState(options.source ?? '');
  const sendSource = useDebouncedCallback(
    (text: string) => onChange({ source: text.trim() === '' ? null : text.trim() }),
    typingPauseMs,
  );
  const format = options.format ?? preview?.format ?? null;
  return (
    <div className={classes.options}>
      <Choice
        label={t('import.option.format')}
        values={importFormats}
        name={(value) => t(`import.format.${value}`)}
        chosen={options.format}
        found={preview?.format ?? null}
        onChange={(value) => onChange({ format: value })}
      />
      <Choice
        label={t('import.option.encoding')}
        values={importEncodings}
        name={(value) => t(`import.encoding.${value}`)}
        chosen={options.encoding}
        found={preview?.encoding ?? null}
        onChange={(value) => onChange({ encoding: value })}
      />
      {format === 'csv' && (
        <Choice
          label={t('import.option.delimiter')}
          values={csvDelimiters}
          name={(value) => t(`import.delimiter.${delimiterNames[value]}`)}
          chosen={options.delimiter}
          found={preview?.delimiter ?? null}
          onChange={(value) => onChange({ delimiter: value })}
        />
      )}
      <Choice
        label={t('import.option.date-order')}
        values={dateOrders}
        name={(value) => t(`import.date-order.${value}`)}
        chosen={options.dateOrder}
        found={preview?.dateOrder ?? null}
        onChange={(value) => onChange({ dateOrder: value })}
      />
      <ZoneSelect
        label={t('import.option.zone')}
        value={options.zone}
        className={classes.wide}
        onChange={(zone) => onChange({ zone })}
      />
      <TextInput
        label={t('import.option.source')}
        placeholder={t('import.option.source.hint')}
        maxLength={200}
        value={source}
        onChange={(event) => {
          setSource(event.currentTarget.value);
          sendSource(event.currentTarget.value);
        }}
      />
    </div>
  );
};

import { Button, Checkbox, Modal, NativeSelect, SegmentedControl } from '@mantine/core';
import { type FormEvent, type ReactNode, useMemo, useState } from 'react';
import { useExportJobs } from '#renderer/export/export-jobs.tsx';
import {
  defaultChoice,
  type ExportChoice,
  exportRequest,
  isExportChoice,
  offeredName,
} from '#renderer/export/export-request.ts';
import type { ColumnId } from '#renderer/grid/columns.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { usePreference } from '#renderer/settings/preferences.tsx';
import { ZoneSelect } from '#renderer/settings/zone-select.tsx';
import { showFault } from '#renderer/ui/notice.tsx';
import type { ExportFormat } from '#shared/contract/export.ts';
import { exportFormats } from '#shared/contract/names.ts';
import type { View } from '#shared/contract/view.ts';
import classes from './dialog.module.css';

/** What stood on the screen when somebody asked for an export. */
export interface ExportWanted {
  readonly view: View;
  /** Null while it is not counted. */
  readonly count: number | null;
  readonly chosen: readonly number[];
  readonly marked: readonly number[];
  readonly shown: readonly ColumnId[];
}

type Rows = 'all' | 'chosen' | 'marked';

const Choice = <T extends string>({
  label,
  data,
  value,
  onChange,
}: {
  label: string;
  data: readonly { readonly value: T; readonly label: string }[];
  value: T;
  onChange: (value: T) => void;
}): ReactNode => (
  <fieldset className={classes.field}>
    <legend>{label}</legend>
    <SegmentedControl
      fullWidth
      aria-label={label}
      data={[...data]}
      value={value}
      onChange={(next) => onChange(next as T)}
    />
  </fieldset>
);

const CsvOptions = ({
  value,
  onChange,
}: {
  value: ExportChoice['csv'];
  onChange: (csv: ExportChoice['csv']) => void;
}): ReactNode => {
  const { t } = useI18n();
  return (
    <div className={classes.pair}>
      <NativeSelect
        label={t('export.csv.delimiter')}
        data={[
          { value: ',', label: t('export.csv.comma') },
          { value: ';', label: t('export.csv.semicolon') },
        ]}
        value={value.delimiter}
        onChange={(event) => onChange({ ...value, delimiter: event.currentTarget.value === ';' ? ';' : ',' })}
      />
      <Checkbox
        mt={26}
        label={t('export.csv.bom')}
        checked={value.bom}
        onChange={(event) => onChange({ ...value, bom: event.currentTarget.checked })}
      />
      <Checkbox
        style={{ gridColumn: '1 / -1' }}
        label={t('export.csv.guard')}
        description={t('export.csv.guard.text')}
        checked={value.guard}
        onChange={(event) => onChange({ ...value, guard: event.currentTarget.checked })}
      />
    </div>
  );
};

const PdfOptions = ({
  value,
  onChange,
}: {
  value: ExportChoice['pdf'];
  onChange: (pdf: ExportChoice['pdf']) => void;
}): ReactNode => {
  const { t } = useI18n();
  return (
    <>
      <Choice<ExportChoice['pdf']['layout']>
        label={t('export.pdf.layout')}
        data={[
          { value: 'table', label: t('export.pdf.layout.table') },
          { value: 'sheets', label: t('export.pdf.layout.sheets') },
        ]}
        value={value.layout}
        onChange={(layout) => onChange({ ...value, layout })}
      />
      <div className={classes.pair}>
        <Choice<ExportChoice['pdf']['paper']>
          label={t('export.pdf.paper')}
          data={[
            { value: 'a4', label: t('export.pdf.paper.a4') },
            { value: 'letter', label: t('export.pdf.paper.letter') },
          ]}
          value={value.paper}
          onChange={(paper) => onChange({ ...value, paper })}
        />
        <Choice<ExportChoice['pdf']['orientation']>
          label={t('export.pdf.orientation')}
          data={[
            { value: 'portrait', label: t('export.pdf.orientation.portrait') },
            { value: 'landscape', label: t('export.pdf.orientation.landscape') },
          ]}
          value={value.orientation}
          onChange={(orientation) => onChange({ ...value, orientation })}
        />
      </div>
    </>
  );
};

/** Asks what of the view goes into which kind of document, and begins. */
export const ExportDialog = ({
  wanted,
  opened,
  zone: windowZone,
  onClose,
}: {
  wanted: ExportWanted;
  opened: boolean;
  zone: string;
  onClose: () => void;
}): ReactNode => {
  const { t, number, language } = useI18n();
  const { start } = useExportJobs();
  const fallback = useMemo(() => defaultChoice(navigator.language), []);
  const [choice, keepChoice] = usePreference('export.choice', fallback, isExportChoice);
  const [asked, setRows] = useState<Rows>('all');
  const [zone, setZone] = useState(windowZone);
  const [busy, setBusy] = useState(false);
  const { chosen, marked, count } = wanted;
  // One chosen row is only the one that the cursor stands on.
  const picks: Readonly<Record<Rows, readonly number[] | null>> = {
    all: null,
    chosen: chosen.length > 1 ? chosen : null,
    marked: marked.length > 0 ? marked : null,
  };
  const rows = asked === 'all' || picks[asked] !== null ? asked : 'all';
  const all = count === null ? t('export.rows.all-uncounted') : t('export.rows.all', { count: number(count) });

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const name = offeredName(choice.format, new Date());
      const request = exportRequest(choice, {
        view: wanted.view,
        ids: picks[rows],
        shown: wanted.shown,
        zone,
        language,
      });
      if (await start(name, request)) onClose();
    } catch (error) {
      showFault(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('export.title')}
      size={480}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <Choice<ExportFormat>
          label={t('export.format')}
          data={exportFormats.map((format) => ({ value: format, label: t(`export.format.${format}`) }))}
          value={choice.format}
          onChange={(format) => keepChoice({ ...choice, format })}
        />
        <p className={classes.mute}>{t(`export.format.${choice.format}.text`)}</p>
        <Choice<Rows>
          label={t('export.rows')}
          data={[
            { value: 'all', label: all },
            ...(picks.chosen === null
              ? []
              : [{ value: 'chosen' as const, label: t('export.rows.chosen', { count: number(chosen.length) }) }]),
            ...(picks.marked === null
              ? []
              : [{ value: 'marked' as const, label: t('export.rows.marked', { count: number(marked.length) }) }]),
          ]}
          value={rows}
          onChange={setRows}
        />
        {choice.format !== 'ndjson' && (
          <Choice<ExportChoice['columns']>
            label={t('export.columns')}
            data={[
              { value: 'shown', label: t('export.columns.shown') },
              { value: 'all', label: t('export.columns.all') },
            ]}
            value={choice.columns}
            onChange={(columns) => keepChoice({ ...choice, columns })}
          />
        )}
        {choice.format !== 'ndjson' && <ZoneSelect label={t('export.zone')} value={zone} onChange={setZone} />}
        {choice.format === 'csv' && (
          <CsvOptions value={choice.csv} onChange={(csv) => keepChoice({ ...choice, csv })} />
        )}
        {choice.format === 'pdf' && (
          <PdfOptions value={choice.pdf} onChange={(pdf) => keepChoice({ ...choice, pdf })} />
        )}
        <p className={classes.mute}>{t('export.promise')}</p>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('export.cancel')}
          </Button>
          <Button type="submit" loading={busy} data-autofocus>
            {t('export.start')}
          </Button>
        </div>
      </form>
    </Modal>
  );
};

import type { ColumnId } from '#renderer/grid/columns.ts';
import type { Language } from '#shared/contract/errors.ts';
import type { ExportColumn, ExportFormat, ExportOptions } from '#shared/contract/export.ts';
import { exportFormats } from '#shared/contract/names.ts';
import type { InputOf } from '#shared/contract/procedures.ts';
import type { View } from '#shared/contract/view.ts';

/** What the person last chose, remembered for the next time. */
export interface ExportChoice {
  readonly format: ExportFormat;
  readonly columns: 'shown' | 'all';
  readonly csv: ExportOptions['csv'];
  readonly pdf: ExportOptions['pdf'];
}

/**
 * Where a comma stands before the decimals, spreadsheets expect semicolons between cells; where paper is measured in
 * inches, it is Letter (CLDR measurementData).
 */
export const defaultChoice = (locale: string): ExportChoice => ({
  format: 'xlsx',
  columns: 'shown',
  csv: { delimiter: new Intl.NumberFormat(locale).format(1.5).includes(',') ? ';' : ',', bom: true, guard: true },
  pdf: {
    paper: /^(?:en-US|en-CA|es-(?:MX|US|CO|VE|CL))$/.test(locale) ? 'letter' : 'a4',
    orientation: 'landscape',
    layout: 'table',
  },
});

export const isExportChoice = (value: unknown): value is ExportChoice => {
  if (typeof value !== 'object' || value === null) return false;
  const { format, columns, csv, pdf } = value as Record<string, unknown>;
  if (typeof csv !== 'object' || csv === null || typeof pdf !== 'object' || pdf === null) return false;
  const { paper, orientation, layout } = pdf as Record<string, unknown>;
  const { delimiter, bom, guard } = csv as { delimiter?: unknown; bom?: unknown; guard?: unknown };
  return (
    (exportFormats as readonly unknown[]).includes(format) &&
    (columns === 'shown' || columns === 'all') &&
    (delimiter === ',' || delimiter === ';') &&
    typeof bom === 'boolean' &&
    typeof guard === 'boolean' &&
    (paper === 'a4' || paper === 'letter') &&
    (orientation === 'portrait' || orientation === 'landscape') &&
    (layout === 'table' || layout === 'sheets')
  );
};

/** What the grid's columns are in a document; a change is its two values. */
export const documentColumns = (shown: readonly ColumnId[]): ExportColumn[] =>
  shown.flatMap((column): ExportColumn[] => (column === 'change' ? ['oldValue', 'newValue'] : [column]));

/** `bitacora-2026-03-01-1630.csv`, in the zone of the window's clock. */
export const offeredName = (format: ExportFormat, at: Date): string => {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `bitacora-${day}-${two(at.getHours())}${two(at.getMinutes())}.${format}`;
};

export const exportRequest = (
  choice: ExportChoice,
  what: {
    readonly view: View;
    /** Null for the whole view. */
    readonly ids: readonly number[] | null;
    readonly shown: readonly ColumnId[];
    readonly zone: string;
    readonly language: Language;
  },
): InputOf<'export.start'>['request'] => ({
  view: what.view,
  ids: what.ids === null ? null : [...what.ids],
  format: choice.format,
  columns: choice.columns === 'all' ? null : documentColumns(what.shown),
  zone: what.zone,
  language: what.language,
  options: { csv: choice.csv, pdf: choice.pdf },
});

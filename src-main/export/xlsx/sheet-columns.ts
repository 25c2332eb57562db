import type { Language } from '#shared/contract/errors.ts';
import type { ExportColumn } from '#shared/contract/export.ts';
import { columnKind } from '../column-values.ts';
import { columnTitle } from '../export-words.ts';

/** What a column of the sheet holds; `iso` is the exact text of an instant, with its offset, beside the date proper. */
export type CellKind = 'number' | 'date' | 'iso' | 'text';

export interface SheetColumn {
  readonly column: ExportColumn;
  readonly kind: CellKind;
  readonly title: string;
  /** Characters. */
  readonly width: number;
}

/** What most values of a column fit into; others show as far as the next cell lets them. */
const widths: Partial<Record<ExportColumn, number>> = {
  id: 11,
  eventId: 38,
  occurredText: 26,
  actor: 24,
  actorLogin: 18,
  actorName: 24,
  actorEmail: 36,
  module: 18,
  moduleName: 18,
  recordId: 20,
  field: 20,
  oldValue: 36,
  newValue: 36,
  detail: 40,
  action: 32,
  requestPath: 32,
  requestBody: 36,
  responseBody: 36,
  originFile: 24,
  extra: 36,
};
const otherWidth = 17;
const dateWidth = 25;
const isoWidth = 34;

/** The columns of a sheet: an instant takes two, a real date to sort and count with, and its exact text. */
export const sheetColumns = (columns: readonly ExportColumn[], language: Language): readonly SheetColumn[] =>
  columns.flatMap((column): SheetColumn[] => {
    const title = columnTitle(column, language);
    const kind = columnKind(column);
    if (kind !== 'instant') return [{ column, kind, title, width: widths[column] ?? otherWidth }];
    return [
      { column, kind: 'date', title, width: dateWidth },
      { column, kind: 'iso', title: `${title} (ISO 8601)`, width: isoWidth },
    ];
  });

/** `A` … `Z`, `AA` …; 0 the first. */
export const columnLetters = (place: number): string =>
  place < 26
    ? String.fromCharCode(65 + place)
    : `${columnLetters(Math.floor(place / 26) - 1)}${columnLetters(place % 26)}`;

import { type ColumnId, columnOf } from '#renderer/grid/columns.ts';
import { cellText, excerptText, rowTexts } from '#renderer/grid/row-text.ts';
import { toTsv } from '#renderer/grid/tsv.ts';
import type { Translate } from '#renderer/i18n/translate.ts';
import type { EntryRow } from '#shared/contract/entry.ts';

/** Copies rows as a spreadsheet takes them, with their titles; answers how many. */
export const copyRows = async (
  rows: readonly EntryRow[],
  columns: readonly ColumnId[],
  zone: string,
  t: Translate,
): Promise<number> => {
  const header = columns.flatMap((id) =>
    id === 'change' ? [t('log.copy.old'), t('log.copy.new')] : [t(columnOf(id)?.title ?? 'log.column.id')],
  );
  const texts = rows.map((row) => rowTexts(row, columns, zone));
  await navigator.clipboard.writeText(toTsv(header, texts));
  return rows.length;
};

/** Copies one cell as it was logged; of a change, both values. */
export const copyValue = async (row: EntryRow, column: ColumnId, zone: string): Promise<number> => {
  const text =
    column === 'change' ? `${excerptText(row.oldValue)} → ${excerptText(row.newValue)}` : cellText(row, column, zone);
  await navigator.clipboard.writeText(text);
  return 1;
};

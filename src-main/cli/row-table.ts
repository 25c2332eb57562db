import type { Say } from '#main/cli/messages.ts';
import { asCell } from '#main/cli/safe-text.ts';
import { alignTable } from '#main/cli/table.ts';
import type { EntryRow, Excerpt } from '#shared/contract/entry.ts';
import { formatInstant } from '#shared/text/zoned-time.ts';

const excerpt = (value: Excerpt | null): string =>
  value === null ? '' : `${value.before ? '…' : ''}${value.text}${value.after ? '…' : ''}`;

/** `2026-03-01 10:30:00`, without the offset that follows: the zone is said once, below the table. */
const dateAndTime = 19;
/** Id, date and event are of use only whole. */
const wholeColumns = 3;

/** Rows as an aligned table. Columns in which no row has anything are left out. */
export const rowTable = (rows: readonly EntryRow[], say: Say, zone: string, width: number): string => {
  const columns: readonly (readonly [string, (row: EntryRow) => string])[] = [
    [say('columnId'), (row) => String(row.id)],
    [say('columnDate'), (row) => formatInstant(row.occurredAt, zone).slice(0, dateAndTime)],
    [say('columnEvent'), (row) => row.event ?? ''],
    [say('columnModule'), (row) => row.module?.name ?? String(row.module?.number ?? '')],
    [say('columnUser'), (row) => row.actor?.login ?? row.actor?.name ?? row.actor?.email ?? row.actor?.id ?? ''],
    [say('columnRecord'), (row) => row.recordId ?? ''],
    [say('columnTarget'), (row) => row.target ?? ''],
    [say('columnField'), (row) => row.field ?? ''],
    [say('columnOld'), (row) => excerpt(row.oldValue)],
    [say('columnNew'), (row) => excerpt(row.newValue)],
    [say('columnDetail'), (row) => excerpt(row.detail)],
    [say('columnAction'), (row) => excerpt(row.action)],
    [say('columnStatus'), (row) => String(row.status ?? '')],
    [say('columnSource'), (row) => row.source ?? ''],
  ];
  const used = columns
    .map(([head, read]) => ({ head, cells: rows.map((row) => asCell(read(row))) }))
    .filter(({ cells }) => cells.some((text) => text !== ''));
  return alignTable(
    used.map(({ head }) => head),
    rows.map((_row, i) => used.map(({ cells }) => cells[i] ?? '')),
    width,
    wholeColumns,
  );
};

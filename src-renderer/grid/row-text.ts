import { actorLabel, type ColumnId, moduleLabel } from '#renderer/grid/columns.ts';
import { formatInstantWithOffset } from '#renderer/i18n/zoned-time.ts';
import type { EntryRow, Excerpt } from '#shared/contract/entry.ts';

/** An excerpt as text, with `…` where something was left out. */
export const excerptText = (excerpt: Excerpt | null): string =>
  excerpt === null ? '' : `${excerpt.before ? '…' : ''}${excerpt.text}${excerpt.after ? '…' : ''}`;

/** The plain text of a cell, for copying: as it was logged, the date with its offset. */
export const cellText = (row: EntryRow, column: Exclude<ColumnId, 'change'>, zone: string): string => {
  switch (column) {
    case 'id':
      return String(row.id);
    case 'occurredAt':
      return formatInstantWithOffset(row.occurredAt, zone);
    case 'event':
      return row.event ?? '';
    case 'actor':
      return actorLabel(row.actor);
    case 'recordId':
      return row.recordId ?? '';
    case 'field':
      return row.field ?? '';
    case 'module':
      return moduleLabel(row.module);
    case 'target':
      return row.target ?? '';
    case 'detail':
      return excerptText(row.detail);
    case 'action':
      return excerptText(row.action);
    case 'status':
      return row.status === null ? '' : String(row.status);
    case 'source':
      return row.source ?? '';
    default:
      return column satisfies never;
  }
};

/** A row’s texts in the order of the columns; a change makes two, old and new. */
export const rowTexts = (row: EntryRow, shown: readonly ColumnId[], zone: string): readonly string[] =>
  shown.flatMap((column) =>
    column === 'change' ? [excerptText(row.oldValue), excerptText(row.newValue)] : [cellText(row, column, zone)],
  );

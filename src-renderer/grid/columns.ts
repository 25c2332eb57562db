import type { PlainKey } from '#renderer/i18n/translate.ts';
import type { FilterKey } from '#renderer/log/chip.ts';
import type { Actor, EntryRow, Excerpt, Module, SortColumn } from '#shared/contract/entry.ts';

export const columnIds = [
  'id',
  'occurredAt',
  'event',
  'actor',
  'recordId',
  'field',
  'change',
  'module',
  'target',
  'detail',
  'action',
  'status',
  'source',
] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Column {
  readonly id: ColumnId;
  readonly title: PlainKey;
  /** Pixels at first. */
  readonly width: number;
  readonly shown: boolean;
  /** The column of the contract that it is sorted by. */
  readonly sort: SortColumn;
}

export const columns: readonly Column[] = [
  { id: 'id', title: 'log.column.id', width: 86, shown: true, sort: 'id' },
  { id: 'occurredAt', title: 'log.column.date', width: 150, shown: true, sort: 'occurredAt' },
  { id: 'event', title: 'log.column.event', width: 110, shown: true, sort: 'event' },
  { id: 'actor', title: 'log.column.user', width: 112, shown: true, sort: 'actor' },
  { id: 'recordId', title: 'log.column.record', width: 128, shown: true, sort: 'recordId' },
  { id: 'field', title: 'log.column.field', width: 116, shown: true, sort: 'field' },
  { id: 'change', title: 'log.column.change', width: 300, shown: true, sort: 'newValue' },
  { id: 'module', title: 'log.column.module', width: 120, shown: false, sort: 'module' },
  { id: 'target', title: 'log.column.target', width: 120, shown: false, sort: 'target' },
  { id: 'detail', title: 'log.column.detail', width: 220, shown: false, sort: 'detail' },
  { id: 'action', title: 'log.column.action', width: 200, shown: false, sort: 'action' },
  { id: 'status', title: 'log.column.status', width: 70, shown: false, sort: 'status' },
  { id: 'source', title: 'log.column.source', width: 120, shown: false, sort: 'source' },
];

export const columnOf = (id: string): Column | undefined => columns.find((column) => column.id === id);

/** What stands for a person in a row: the name, else the login, else the identifier. */
export const actorLabel = (actor: Actor | null): string =>
  actor?.name ?? actor?.login ?? actor?.email ?? actor?.id ?? '';
/** What a query calls a person by. */
export const actorValue = (actor: Actor | null): string =>
  actor?.login ?? actor?.id ?? actor?.email ?? actor?.name ?? '';
export const moduleLabel = (module: Module | null): string =>
  module === null ? '' : (module.name ?? (module.number === null ? '' : String(module.number)));

const wholeOrNothing = (excerpt: Excerpt | null): string =>
  excerpt === null || excerpt.before || excerpt.after ? '' : excerpt.text;

export interface CellFilter {
  readonly key: FilterKey;
  readonly value: string;
}

/** What a click on a cell would filter by; null where a cell holds no whole value of a key. */
export const cellFilter = (row: EntryRow, column: ColumnId): CellFilter | null => {
  const filter = (key: FilterKey, value: string | number | null): CellFilter | null =>
    value === null || value === '' ? null : { key, value: String(value) };
  switch (column) {
    case 'id':
      return filter('id', row.id);
    case 'event':
      return filter('event', row.event);
    case 'actor':
      return filter('user', actorValue(row.actor));
    case 'recordId':
      return filter('record', row.recordId);
    case 'field':
      return filter('field', row.field);
    case 'module':
      return filter('module', moduleLabel(row.module));
    case 'target':
      return filter('target', row.target);
    case 'action':
      return filter('action', wholeOrNothing(row.action));
    case 'status':
      return filter('status', row.status);
    case 'source':
      return filter('source', row.source);
    case 'occurredAt':
    case 'change':
    case 'detail':
      return null;
    default:
      return column satisfies never;
  }
};

import type { NewEntry } from '#main/store/new-entry.ts';

/** A cell as SQLite takes it. */
export type Cell = string | number | Uint8Array | null;

/** The columns of a parsed row, in the order of its cells. */
export const parsedColumns = [
  'eventId',
  'occurredAt',
  'occurredText',
  'actorId',
  'actorLogin',
  'actorName',
  'actorEmail',
  'event',
  'moduleNumber',
  'moduleName',
  'target',
  'recordId',
  'field',
  'oldValue',
  'newValue',
  'detail',
  'action',
  'status',
  'request',
  'source',
  'sourceEntryId',
  'sourceLine',
  'extra',
] as const satisfies readonly (keyof NewEntry)[];

export const parsedRow = (entry: NewEntry): readonly Cell[] => parsedColumns.map((column) => entry[column]);

import type { NewEntry } from '#main/store/new-entry.ts';
import { type Cell, parsedColumns } from '../parsed-rows.ts';

/** An entry as a program sends it. */
export interface SentEntry {
  readonly eventId?: string;
  readonly occurredAt?: string;
  readonly actor?: { readonly id?: string; readonly login?: string; readonly name?: string; readonly email?: string };
  readonly event?: string;
  readonly module?: { readonly number?: number; readonly name?: string };
  readonly target?: string;
  readonly recordId?: string;
  readonly field?: string;
  readonly oldValue?: string;
  readonly newValue?: string;
  readonly detail?: string;
  readonly action?: string;
  readonly status?: number;
  readonly request?: object;
  readonly source?: string;
  readonly extra?: object;
}

const present = <T extends object>(cells: T): { [K in keyof T]?: NonNullable<T[K]> } | undefined => {
  const told = Object.entries(cells).filter(([, value]) => value !== null && value !== undefined);
  return told.length === 0 ? undefined : (Object.fromEntries(told) as { [K in keyof T]?: NonNullable<T[K]> });
};

/** Without event id and time, which each sending gives anew. */
export const sentEntryOf = (entry: NewEntry): SentEntry =>
  present({
    actor: present({ id: entry.actorId, login: entry.actorLogin, name: entry.actorName, email: entry.actorEmail }),
    event: entry.event,
    module: present({ number: entry.moduleNumber, name: entry.moduleName }),
    target: entry.target,
    recordId: entry.recordId,
    field: entry.field,
    oldValue: entry.oldValue,
    newValue: entry.newValue,
    detail: entry.detail,
    action: entry.action,
    status: entry.status,
    request: entry.request === null ? null : (JSON.parse(entry.request) as object),
    source: entry.source,
    extra: entry.extra === null ? null : (JSON.parse(entry.extra) as object),
  }) ?? {};

const jsonCell = (value: object | undefined): string | null => (value === undefined ? null : JSON.stringify(value));

const cellOf = (entry: SentEntry, column: (typeof parsedColumns)[number]): Cell => {
  switch (column) {
    case 'eventId':
      return Buffer.from((entry.eventId ?? '').replaceAll('-', ''), 'hex');
    case 'occurredAt':
      return Date.parse(entry.occurredAt ?? '') * 1000;
    case 'actorId':
      return entry.actor?.id ?? null;
    case 'actorLogin':
      return entry.actor?.login ?? null;
    case 'actorName':
      return entry.actor?.name ?? null;
    case 'actorEmail':
      return entry.actor?.email ?? null;
    case 'moduleNumber':
      return entry.module?.number ?? null;
    case 'moduleName':
      return entry.module?.name ?? null;
    case 'request':
      return jsonCell(entry.request);
    case 'extra':
      return jsonCell(entry.extra);
    case 'occurredText':
    case 'sourceEntryId':
    case 'sourceLine':
      return null;
    default:
      return entry[column] ?? null;
  }
};

/** What the bare way stores of it: the cells, and no more thought. */
export const sentRow = (entry: SentEntry): readonly Cell[] => parsedColumns.map((column) => cellOf(entry, column));

import type { Actor, AuditedRequest, Module } from '#shared/contract/entry.ts';
import type { ExportColumn } from '#shared/contract/export.ts';
import { exactNumbers } from '#shared/text/exact-numbers.ts';
import { isoMillisOf } from '#shared/text/zoned-time.ts';
import type { ExportedEntry } from './document.ts';

/** What a cell holds: a number, an instant in microseconds since 1970, or text; null is nothing. */
export type ColumnKind = 'number' | 'instant' | 'text';

const kinds: Partial<Record<ExportColumn, ColumnKind>> = {
  id: 'number',
  occurredAt: 'instant',
  receivedAt: 'instant',
  moduleNumber: 'number',
  status: 'number',
  requestDurationMs: 'number',
  originLine: 'number',
};

export const columnKind = (column: ExportColumn): ColumnKind => kinds[column] ?? 'text';

/** What stands for a person in one cell. */
const actorLabel = (actor: Actor | null): string | null =>
  actor === null ? null : (actor.name ?? actor.login ?? actor.email ?? actor.id);
const moduleLabel = (module: Module | null): string | null =>
  module === null ? null : (module.name ?? (module.number === null ? null : String(module.number)));

/** Long numbers inside are kept as they were written, so that a body leaves with the digits that it came with. */
const requestOf = (entry: ExportedEntry): AuditedRequest =>
  entry.request === null
    ? {}
    : (exactNumbers(entry.request, JSON.parse(entry.request) as Record<string, unknown>) as AuditedRequest);

const jsonText = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

type ReadValue = (entry: ExportedEntry, request: AuditedRequest) => string | number | null;

const readers: Readonly<Record<ExportColumn, ReadValue>> = {
  id: (entry) => entry.id,
  eventId: (entry) => entry.eventId,
  occurredAt: (entry) => entry.occurredAt,
  // The ISO form with exactly three decimals, which is what the store leaves out.
  occurredText: (entry) => entry.occurredText ?? isoMillisOf(entry.occurredAt),
  receivedAt: (entry) => entry.receivedAt,
  actor: (entry) => actorLabel(entry.actor),
  actorId: (entry) => entry.actor?.id ?? null,
  actorLogin: (entry) => entry.actor?.login ?? null,
  actorName: (entry) => entry.actor?.name ?? null,
  actorEmail: (entry) => entry.actor?.email ?? null,
  event: (entry) => entry.event,
  module: (entry) => moduleLabel(entry.module),
  moduleNumber: (entry) => entry.module?.number ?? null,
  moduleName: (entry) => entry.module?.name ?? null,
  target: (entry) => entry.target,
  recordId: (entry) => entry.recordId,
  field: (entry) => entry.field,
  oldValue: (entry) => entry.oldValue,
  newValue: (entry) => entry.newValue,
  detail: (entry) => entry.detail,
  action: (entry) => entry.action,
  status: (entry) => entry.status,
  requestMethod: (_entry, request) => request.method ?? null,
  requestPath: (_entry, request) => request.path ?? null,
  requestQuery: (_entry, request) => request.query ?? null,
  requestBody: (_entry, request) => jsonText(request.body),
  responseBody: (_entry, request) => jsonText(request.responseBody),
  requestAddress: (_entry, request) => request.address ?? null,
  requestDurationMs: (_entry, request) => request.durationMs ?? null,
  requestCorrelationId: (_entry, request) => request.correlationId ?? null,
  source: (entry) => entry.source,
  sourceEntryId: (entry) => entry.sourceEntryId,
  originFile: (entry) => entry.originFile,
  originLine: (entry) => entry.originLine,
  extra: (entry) => entry.extra,
};

const ofRequest = (column: ExportColumn): boolean => /^re(?:quest|sponse)/.test(column);

const nothing: AuditedRequest = {};

/** Reads the cells of an entry, in the order of `columns`; `columnKind` says what each of them is. */
export const cellReader = (
  columns: readonly ExportColumn[],
): ((entry: ExportedEntry) => readonly (string | number | null)[]) => {
  const reads = columns.map((column) => readers[column]);
  const needsRequest = columns.some(ofRequest);
  return (entry) => {
    const request = needsRequest ? requestOf(entry) : nothing;
    return reads.map((read) => read(entry, request));
  };
};

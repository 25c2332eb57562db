import type { Entry } from '#shared/contract/entry.ts';
import { entryColumns } from '#shared/contract/names.ts';

const asJson = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value));

const cells: Readonly<Record<(typeof entryColumns)[number], (entry: Entry) => string | number | null | undefined>> = {
  id: (entry) => entry.id,
  eventId: (entry) => entry.eventId,
  occurredAt: (entry) => entry.occurredAt,
  occurredText: (entry) => entry.occurredText,
  receivedAt: (entry) => entry.receivedAt,
  actorId: (entry) => entry.actor?.id,
  actorLogin: (entry) => entry.actor?.login,
  actorName: (entry) => entry.actor?.name,
  actorEmail: (entry) => entry.actor?.email,
  event: (entry) => entry.event,
  moduleNumber: (entry) => entry.module?.number,
  moduleName: (entry) => entry.module?.name,
  target: (entry) => entry.target,
  recordId: (entry) => entry.recordId,
  field: (entry) => entry.field,
  oldValue: (entry) => entry.oldValue,
  newValue: (entry) => entry.newValue,
  detail: (entry) => entry.detail,
  action: (entry) => entry.action,
  status: (entry) => entry.status,
  requestMethod: (entry) => entry.request?.method,
  requestPath: (entry) => entry.request?.path,
  requestQuery: (entry) => entry.request?.query,
  requestBody: (entry) => asJson(entry.request?.body),
  responseBody: (entry) => asJson(entry.request?.responseBody),
  requestAddress: (entry) => entry.request?.address,
  requestDurationMs: (entry) => entry.request?.durationMs,
  requestCorrelationId: (entry) => entry.request?.correlationId,
  source: (entry) => entry.source,
  sourceEntryId: (entry) => entry.sourceEntryId,
  originFile: (entry) => entry.origin?.file,
  originLine: (entry) => entry.origin?.line,
  extra: (entry) => asJson(entry.extra),
};

/** RFC 4180: quoted where needed, quotes doubled. */
const cell = (value: string | number | null | undefined): string => {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvHead = `${entryColumns.join(',')}\r\n`;

/** One entry as a line of RFC 4180 CSV for machines: values exactly as they are, nothing guarded for a spreadsheet. */
export const csvLine = (entry: Entry): string =>
  `${entryColumns.map((column) => cell(cells[column](entry))).join(',')}\r\n`;

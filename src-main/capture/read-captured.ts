import { randomBytes } from 'node:crypto';
import type { NewEntry } from '#main/store/new-entry.ts';
import { maxCaptureDepth, maxNameLength } from '#shared/contract/capture.ts';
import type { Redactor } from '#shared/redaction/redactor.ts';
import { isExactNumber } from '#shared/text/exact-numbers.ts';
import { readUuid } from './identity.ts';
import { createDateReader, readPlainInstant } from './parse-date.ts';
import { spellEvent } from './settle-draft.ts';

/** A value of an entry that can't be taken, by its path: `request.status`. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** An entry ready to be stored; `given`: its event id is the sender's. */
export interface CapturedEntry {
  readonly entry: NewEntry;
  readonly given: boolean;
}

export interface CaptureReading {
  readonly redactor: Redactor;
  /** Where entries come from that don't say it. */
  readonly source: string | null;
  /** When they arrived, microseconds since 1970. */
  readonly receivedAt: number;
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

const known = new Set(
  (
    'eventId occurredAt actor event module target recordId field oldValue newValue detail action status request source ' +
    'sourceEntryId extra'
  ).split(' '),
);
const knownOf: Readonly<Record<'actor' | 'module' | 'request', ReadonlySet<string>>> = {
  actor: new Set(['id', 'login', 'name', 'email']),
  module: new Set(['number', 'name']),
  request: new Set(['method', 'path', 'query', 'body', 'responseBody', 'address', 'durationMs', 'correlationId']),
};

/** As the audit log calls what its middleware recorded. */
const requestTarget = 'API Request';

const readDate = createDateReader('dmy', 'UTC');
/** Years that ISO 8601 writes with four digits. */
const earliest = Date.UTC(0, 0, 1) * 1000 - 1900 * 365.25 * 86_400_000_000;
const latest = Date.UTC(10_000, 0, 1) * 1000;

/** False when a value is nested deeper than is taken. Goes no deeper itself. */
const isShallow = (value: unknown, left: number): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (left === 0) return false;
  return Array.isArray(value)
    ? value.every((item) => isShallow(item, left - 1))
    : Object.values(value).every((item) => isShallow(item, left - 1));
};

/** A random UUID of version 7: its time in front keeps neighbours together. RFC 9562, section 5.7. */
const newEventId = (receivedAt: number): Uint8Array => {
  const id = randomBytes(16);
  id.writeUIntBE(Math.floor(receivedAt / 1000), 0, 6);
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x70;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
};

/** Reads one entry's fields and collects what is wrong with them. */
class FieldReader {
  readonly faults: FieldFault[] = [];

  fault(field: string, message: string): null {
    this.faults.push({ field, message });
    return null;
  }

  onlyKnown(fields: Fields, names: ReadonlySet<string>, at: string): void {
    for (const name of Object.keys(fields)) {
      if (!names.has(name)) this.fault(`${at}${name.slice(0, 100)}`, 'is not known');
    }
  }

  /** A text, a number or a boolean, as text. */
  text(value: unknown, field: string, longest = Number.POSITIVE_INFINITY): string | null {
    if (value === undefined || value === null) return null;
    if (typeof value === 'object' && !isExactNumber(value)) return this.fault(field, 'is no text');
    const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
    return text.length > longest ? this.fault(field, `has more than ${longest} characters`) : text;
  }

  name(value: unknown, field: string): string | null {
    return this.text(value, field, maxNameLength);
  }

  /** A text as it is; anything else as JSON. */
  loose(value: unknown, field: string): string | null {
    if (value === undefined || value === null) return null;
    if (!this.shallow(value, field)) return null;
    return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
  }

  shallow(value: unknown, field: string): boolean {
    if (isShallow(value, maxCaptureDepth)) return true;
    this.fault(field, `is nested deeper than ${maxCaptureDepth}`);
    return false;
  }

  record(value: unknown, field: 'actor' | 'module' | 'request'): Fields | null {
    if (value === undefined || value === null) return null;
    if (!isRecord(value)) return this.fault(field, 'is no object');
    this.onlyKnown(value, knownOf[field], `${field}.`);
    return value;
  }

  eventId(value: unknown): Uint8Array | null {
    if (value === undefined || value === null) return null;
    const id = typeof value === 'string' ? readUuid(value) : null;
    return id ?? this.fault('eventId', 'is no UUID');
  }

  /** Microseconds, and the text where it says more than they do. */
  instant(value: unknown, receivedAt: number): { readonly at: number; readonly text: string | null } {
    if (value === undefined || value === null) return { at: receivedAt, text: null };
    if (typeof value === 'string') {
      const plain = readPlainInstant(value);
      if (Number.isSafeInteger(plain)) return { at: plain, text: null };
      const read = /^\d{4}-\d\d-\d\d/.test(value) ? readDate(value) : null;
      if (typeof read === 'number' && read >= earliest && read < latest) return { at: read, text: value };
    }
    this.fault('occurredAt', 'is no ISO 8601 time');
    return { at: 0, text: null };
  }

  whole(value: unknown, field: string, least: number, most: number): number | null {
    if (value === undefined || value === null) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fault(field, `is no whole number from ${least} to ${most}`);
  }
}

const readRequest = (reader: FieldReader, fields: Fields | null): Record<string, unknown> | null => {
  if (fields === null) return null;
  const request: Record<string, unknown> = {};
  for (const name of ['method', 'path', 'query', 'address', 'correlationId']) {
    const text = reader.text(fields[name], `request.${name}`);
    if (text !== null) request[name] = text;
  }
  for (const name of ['body', 'responseBody']) {
    const body = fields[name];
    if (body !== undefined && body !== null && reader.shallow(body, `request.${name}`)) request[name] = body;
  }
  const { durationMs } = fields;
  if (typeof durationMs === 'number' && Number.isFinite(durationMs)) request.durationMs = durationMs;
  else if (durationMs !== undefined && durationMs !== null) reader.fault('request.durationMs', 'is no number');
  return request;
};

const asWellFormedJson = (value: unknown): string => JSON.stringify(value).toWellFormed();

/**
 * An entry as a program sent it, without its secrets; or everything that is wrong with it. Nothing of a faulty entry's
 * values is told: they were not looked through.
 */
export const readCaptured = (
  value: unknown,
  { redactor, source, receivedAt }: CaptureReading,
): CapturedEntry | readonly FieldFault[] => {
  const reader = new FieldReader();
  if (!isRecord(value)) return [{ field: '', message: 'is no object' }];
  reader.onlyKnown(value, known, '');
  const eventId = reader.eventId(value.eventId);
  const time = reader.instant(value.occurredAt, receivedAt);
  const actor: Fields | null =
    typeof value.actor === 'string' ? { login: value.actor } : reader.record(value.actor, 'actor');
  const module: Fields | null =
    typeof value.module === 'string'
      ? { name: value.module }
      : typeof value.module === 'number'
        ? { number: value.module }
        : reader.record(value.module, 'module');
  const told = readRequest(reader, reader.record(value.request, 'request'));
  const field = reader.name(value.field, 'field');
  // The change of a field is told by three values: the field's name says whether the other two are secrets.
  const isSecretField = field !== null && redactor.isSecretKey(field);
  const cleared = (name: 'oldValue' | 'newValue'): string | null => {
    const item = value[name];
    if (item !== undefined && item !== null && !reader.shallow(item, name)) return null;
    return reader.loose(isSecretField ? redactor.secret(item) : redactor.value(item), name);
  };
  const text = (name: string): string | null => {
    const said = reader.text(value[name], name);
    return said === null ? null : redactor.text(said);
  };
  const name = (said: string | null): string | null => (said === null ? null : redactor.text(said));
  const request = told === null ? null : (redactor.value(told) as Fields);
  const isRequest = request !== null && Object.keys(request).length > 0;
  const method = typeof request?.method === 'string' ? request.method : null;
  const path = typeof request?.path === 'string' ? request.path : null;
  const action = text('action') ?? (method !== null && path !== null ? `${method} ${path}` : null);
  const spelled = reader.name(value.event, 'event');
  const event = spelled === null || spelled.trim() === '' ? (isRequest ? 'REQUEST' : null) : spellEvent(spelled);
  const moduleNumber = reader.whole(module?.number, 'module.number', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const moduleName = reader.name(module?.name, 'module.name');
  const target = reader.name(value.target, 'target');
  const { extra } = value;
  if (extra !== undefined && extra !== null && !isRecord(extra)) reader.fault('extra', 'is no object');
  const hasExtra = isRecord(extra) && Object.keys(extra).length > 0 && reader.shallow(extra, 'extra');
  const bare = event === 'REQUEST' && moduleNumber === null && moduleName === null;
  const detail = value.detail !== undefined && reader.shallow(value.detail, 'detail') ? value.detail : null;

  const entry: NewEntry = {
    eventId: eventId ?? newEventId(receivedAt),
    occurredAt: time.at,
    occurredText: time.text,
    actorId: name(reader.name(actor?.id, 'actor.id')),
    actorLogin: name(reader.name(actor?.login, 'actor.login')),
    actorName: name(reader.name(actor?.name, 'actor.name')),
    actorEmail: name(reader.name(actor?.email, 'actor.email')),
    event: name(event),
    moduleNumber,
    moduleName: bare ? requestTarget : name(moduleName),
    target: name(target) ?? (event === 'REQUEST' ? requestTarget : null),
    recordId: text('recordId'),
    field: name(field),
    oldValue: cleared('oldValue'),
    newValue: cleared('newValue'),
    detail: reader.loose(redactor.value(detail), 'detail'),
    action,
    status: reader.whole(value.status, 'status', 100, 599),
    request: isRequest ? asWellFormedJson(request) : null,
    source: name(reader.name(value.source, 'source')) ?? source,
    sourceEntryId: text('sourceEntryId'),
    sourceLine: null,
    extra: hasExtra ? asWellFormedJson(redactor.value(extra)) : null,
  };
  return reader.faults.length > 0 ? reader.faults : { entry, given: eventId !== null };
};

import type { NewEntry } from '#main/store/new-entry.ts';
import type { AuditedRequest } from '#shared/contract/entry.ts';
import type { RejectReason } from '#shared/contract/reject-reasons.ts';
import { readRequestAction, readRequestDetails, readStatus } from './audited-request.ts';
import { type ColumnNames, isNesting, type Slot } from './column-names.ts';
import { exactNumbers, isExactNumber } from './exact-numbers.ts';
import { canonicalText, type Identity, readUuid, type UnnamedEntry } from './identity.ts';
import type { ReadDate } from './parse-date.ts';
import type { RawRow } from './raw-row.ts';
import { splitPerson } from './split-person.ts';

/** What a source knows of a person beside the number or login that its log gives. */
export interface KnownUser {
  readonly id: string | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly email: string | null;
}
/** By the source's number for the person, or by login. */
export type KnownUsers = ReadonlyMap<string, KnownUser>;

export interface RowFault {
  readonly reason: RejectReason;
  readonly details: Readonly<Record<string, unknown>>;
}

type Draft = Record<Slot, string | null>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const emptyDraft: Draft = {
  eventId: null,
  occurredAt: null,
  occurredText: null,
  clock: null,
  actorId: null,
  actorLogin: null,
  actorName: null,
  actorEmail: null,
  firstName: null,
  lastName: null,
  user: null,
  event: null,
  module: null,
  moduleNumber: null,
  moduleName: null,
  target: null,
  recordId: null,
  field: null,
  oldValue: null,
  newValue: null,
  detail: null,
  action: null,
  status: null,
  requestMethod: null,
  requestPath: null,
  requestQuery: null,
  requestBody: null,
  responseBody: null,
  requestAddress: null,
  requestDurationMs: null,
  requestCorrelationId: null,
  source: null,
  sourceEntryId: null,
  extra: null,
  ignore: null,
};

/** More column names than this are not remembered; a file can have a new one in every row. */
const rememberedColumns = 10_000;
const wholeNumber = /^\s*-?\d{1,15}\s*$/;
/** Events that are recognised in an `action` column, and in spellings with spaces or hyphens. */
const knownEvents = new Set(['CREATE', 'UPDATE', 'DELETE', 'STATUS_CHANGE', 'REQUEST', 'LOGIN', 'LOGOUT']);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes entries of rows: finds each column's meaning, reads the date, gives the identity. */
export class RowMapper {
  readonly #columns: ColumnNames;
  readonly #readDate: ReadDate;
  readonly #identity: Identity;
  readonly #source: string | null;
  readonly #users: KnownUsers | null;
  readonly #slots = new Map<string, Slot>();
  /** Names of the CSV columns, in their order; empty for JSON. */
  readonly #header: readonly string[];
  #draft: Draft = { ...emptyDraft };
  #extra: Record<string, unknown> | null = null;

  constructor(options: {
    readonly columns: ColumnNames;
    readonly header: readonly string[];
    readonly readDate: ReadDate;
    readonly identity: Identity;
    readonly source: string | null;
    readonly users: KnownUsers | null;
  }) {
    this.#columns = options.columns;
    this.#header = options.header;
    this.#readDate = options.readDate;
    this.#identity = options.identity;
    this.#source = options.source;
    this.#users = options.users;
  }

  /** Never throws for what a row contains. */
  map(row: RawRow): NewEntry | RowFault {
    if (row.fault !== null) return row.fault;
    this.#draft = { ...emptyDraft };
    this.#extra = null;
    if (row.cells === null) {
      const fault = this.#takeJson(row.text);
      if (fault !== null) return fault;
    } else this.#takeCells(row.cells);
    return this.#finish(row.line);
  }

  #takeJson(text: string): RowFault | null {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      return { reason: 'not_json', details: { problem: error instanceof Error ? error.message : String(error) } };
    }
    if (!isRecord(parsed)) return { reason: 'not_object', details: {} };
    for (const name in parsed) {
      const value = parsed[name];
      if (typeof value === 'string') {
        this.#assign(name, value);
      } else if (value !== null) {
        if (typeof value === 'object' || (typeof value === 'number' && !Number.isSafeInteger(value))) {
          // Rare: a number that may not survive as a JavaScript number, or an object that may hold one.
          const exact = exactNumbers(text, parsed);
          this.#draft = { ...emptyDraft };
          this.#extra = null;
          for (const [key, kept] of Object.entries(exact)) this.#takeValue(key, kept);
          return null;
        }
        this.#assign(name, value);
      }
    }
    return null;
  }

  #takeValue(name: string, value: unknown): void {
    if (value === null || value === undefined) return;
    if (isRecord(value) && !isExactNumber(value) && !this.#columns.isMapped(name)) {
      if (isNesting(name)) {
        for (const [inner, part] of Object.entries(value)) {
          if (part !== null) this.#assign(`${name}.${inner}`, part);
        }
        return;
      }
      if (name === 'extra') {
        for (const [inner, part] of Object.entries(value)) this.#keep(inner, part);
        return;
      }
    }
    this.#assign(name, value);
  }

  #takeCells(cells: readonly string[]): void {
    for (let index = 0; index < cells.length; index += 1) {
      const value = cells[index];
      if (value === undefined || value === '') continue;
      this.#assign(this.#header[index] ?? `column ${index + 1}`, value);
    }
  }

  #assign(name: string, value: unknown): void {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = this.#columns.slotOf(name);
      if (this.#slots.size >= rememberedColumns) this.#slots.clear();
      this.#slots.set(name, slot);
    }
    if (slot === 'ignore') return;
    if (slot === 'extra' || this.#draft[slot] !== null) this.#keep(name, value);
    else this.#draft[slot] = typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** Keeps beside the entry what no column holds; a name that is taken gets a number. */
  #keep(name: string, value: unknown): void {
    this.#extra ??= Object.create(null) as Record<string, unknown>;
    let free = name;
    for (let copy = 2; free in this.#extra; copy += 1) free = `${name} (${copy})`;
    this.#extra[free] = value;
  }

  #finish(line: number): NewEntry | RowFault {
    const draft = this.#draft;
    const spelled = joinClock(draft);
    if (spelled === null || spelled.trim() === '') return { reason: 'no_date', details: {} };
    const occurredAt = this.#readDate(spelled);
    if (typeof occurredAt !== 'number') return occurredAt;
    const occurredText = draft.occurredText ?? spelled;

    this.#takeUser(draft);
    this.#takeModule(draft);
    const request = this.#takeRequest(draft);
    const status = readStatus(draft.status);
    if (status === null && draft.status !== null) this.#keep('status', draft.status);
    const givenId = this.#takeEventId(draft);

    const entry: Mutable<UnnamedEntry> = {
      occurredAt,
      occurredText: isPlain(occurredText, occurredAt) ? null : occurredText,
      actorId: draft.actorId,
      actorLogin: draft.actorLogin,
      actorName: draft.actorName,
      actorEmail: draft.actorEmail,
      event: eventOf(draft),
      moduleNumber: draft.moduleNumber === null ? null : Number(draft.moduleNumber),
      moduleName: draft.moduleName,
      target: draft.target,
      recordId: draft.recordId,
      field: draft.field,
      oldValue: draft.oldValue,
      newValue: draft.newValue,
      detail: draft.detail,
      action: draft.action,
      status,
      request: request === null ? null : JSON.stringify(request),
      source: draft.source,
      sourceEntryId: draft.sourceEntryId,
      sourceLine: line,
      extra: this.#extra === null ? null : JSON.stringify(this.#extra),
    };
    let canonical = canonicalText(entry);
    if (!canonical.isWellFormed()) {
      mendTexts(entry);
      canonical = canonicalText(entry);
    }
    // After the identity: neither the option nor the list of users is part of what the file says.
    const eventId = givenId ?? this.#identity.of(canonical, entry.sourceEntryId !== null);
    entry.source ??= this.#source;
    if (this.#users !== null) this.#addKnown(entry, this.#users);
    return { eventId, ...entry };
  }

  #takeUser(draft: Draft): void {
    if (draft.user !== null) {
      const person = splitPerson(draft.user);
      const fits = (slot: 'actorId' | 'actorLogin' | 'actorName' | 'actorEmail', value: string | null): void => {
        if (value === null) return;
        if (draft[slot] === null) draft[slot] = value;
        else if (draft[slot] !== value) this.#keep('user', draft.user);
      };
      // Digits are the person's number, unless another column says that: then they are a login like any other.
      if (person.id !== null && draft.actorId !== null && draft.actorId !== person.id) fits('actorLogin', person.id);
      else fits('actorId', person.id);
      fits('actorLogin', person.login);
      fits('actorName', person.name);
      fits('actorEmail', person.email);
    }
    if (draft.firstName !== null || draft.lastName !== null) {
      const name = [draft.firstName, draft.lastName].filter((part) => part !== null && part !== '').join(' ');
      if (draft.actorName === null) draft.actorName = name === '' ? null : name;
      else if (draft.actorName !== name) this.#keep('actorName', name);
    }
  }

  #takeModule(draft: Draft): void {
    if (draft.module !== null) {
      const slot = wholeNumber.test(draft.module) ? 'moduleNumber' : 'moduleName';
      if (draft[slot] === null) draft[slot] = draft.module;
      else if (draft[slot] !== draft.module) this.#keep('module', draft.module);
    }
    if (draft.moduleNumber === null || wholeNumber.test(draft.moduleNumber)) return;
    if (draft.moduleName === null) draft.moduleName = draft.moduleNumber;
    else this.#keep('moduleNumber', draft.moduleNumber);
    draft.moduleNumber = null;
  }

  #takeRequest(draft: Draft): AuditedRequest | null {
    const spoken = draft.action === null ? null : readRequestAction(draft.action);
    const isRequest = spoken !== null || draft.event === 'REQUEST' || draft.requestMethod !== null;
    const told = isRequest && draft.detail !== null ? readRequestDetails(draft.detail) : null;
    if (spoken !== null) {
      draft.event ??= 'REQUEST';
      draft.requestMethod ??= spoken.method;
      draft.requestPath ??= spoken.path;
      draft.requestQuery ??= spoken.query;
    }
    if (told !== null && draft.status === null && told.status !== null) draft.status = String(told.status);
    const duration = draft.requestDurationMs === null ? Number.NaN : Number(draft.requestDurationMs);
    if (draft.requestDurationMs !== null && Number.isNaN(duration)) {
      this.#keep('requestDurationMs', draft.requestDurationMs);
    }
    const request: AuditedRequest = {
      ...told?.request,
      ...(draft.requestMethod !== null && { method: draft.requestMethod }),
      ...(draft.requestPath !== null && { path: draft.requestPath }),
      ...(draft.requestQuery !== null && { query: draft.requestQuery }),
      ...(draft.requestBody !== null && { body: bodyOf(draft.requestBody) }),
      ...(draft.responseBody !== null && { responseBody: bodyOf(draft.responseBody) }),
      ...(draft.requestAddress !== null && { address: draft.requestAddress }),
      ...(!Number.isNaN(duration) && { durationMs: duration }),
      ...(draft.requestCorrelationId !== null && { correlationId: draft.requestCorrelationId }),
    };
    return Object.keys(request).length === 0 ? null : request;
  }

  #takeEventId(draft: Draft): Uint8Array | null {
    if (draft.eventId === null) return null;
    const id = readUuid(draft.eventId);
    if (id !== null) return id;
    if (draft.sourceEntryId === null) draft.sourceEntryId = draft.eventId;
    else this.#keep('eventId', draft.eventId);
    return null;
  }

  #addKnown(entry: Mutable<UnnamedEntry>, users: KnownUsers): void {
    const known =
      (entry.actorId === null ? undefined : users.get(entry.actorId)) ??
      (entry.actorLogin === null ? undefined : users.get(entry.actorLogin));
    if (known === undefined) return;
    entry.actorId ??= known.id;
    entry.actorLogin ??= known.login;
    entry.actorName ??= known.name;
    entry.actorEmail ??= known.email;
  }
}

/** A date whose time of day stands in a column of its own is put together with it. */
const joinClock = (draft: Draft): string | null => {
  if (draft.clock === null || draft.occurredAt === null || draft.occurredAt.includes(':')) return draft.occurredAt;
  return `${draft.occurredAt} ${draft.clock}`;
};

const isPlain = (text: string, micros: number): boolean =>
  text.length === 24 && text.endsWith('Z') && text === new Date(micros / 1000).toISOString();

const eventOf = (draft: Draft): string | null => {
  const written = draft.event ?? draft.action;
  if (written === null) return null;
  const spelled = written.trim().toUpperCase();
  const joined = spelled.replace(/[\s-]+/g, '_');
  if (knownEvents.has(joined)) return joined;
  return draft.event === null || spelled === '' ? null : spelled;
};

/** A body that is JSON is kept as JSON, so that it can be shown as a tree. */
const bodyOf = (text: string): unknown => {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A body that only begins like JSON is kept as the text it is.
    return text;
  }
};

const mendTexts = (entry: Mutable<UnnamedEntry>): void => {
  for (const [column, value] of Object.entries(entry)) {
    if (typeof value === 'string' && !value.isWellFormed()) Object.assign(entry, { [column]: value.toWellFormed() });
  }
};

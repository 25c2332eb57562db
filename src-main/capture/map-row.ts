import type { NewEntry } from '#main/store/new-entry.ts';
import type { RejectReason } from '#shared/contract/reject-reasons.ts';
import { exactNumbers, isExactNumber } from '#shared/text/exact-numbers.ts';
import { readStatus } from './audited-request.ts';
import { type ColumnNames, isNesting } from './column-names.ts';
import { at, Draft } from './draft.ts';
import { canonicalText, type Identity } from './identity.ts';
import { type ReadDate, readPlainInstant } from './parse-date.ts';
import type { RawRow } from './raw-row.ts';
import { settleDate, settleEvent, settleEventId, settleModule, settleRequest, settleUser } from './settle-draft.ts';
import { type KnownUser, splitPerson } from './split-person.ts';

/** People by the source's number for them, or by login: what a log does not say of the people it names. */
export type KnownUsers = ReadonlyMap<string, KnownUser>;

/** Why a row is no entry. */
export interface RowFault {
  readonly reason: RejectReason;
  readonly details: Readonly<Record<string, unknown>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes secrets out of an entry, before anything is made of it. */
export type ClearEntry = (entry: Mutable<NewEntry>) => void;

/** More column names than this are not remembered; a file can have a new one in every row. */
const rememberedColumns = 10_000;
const rememberedPeople = 10_000;
/** Columns that are looked for in the order of the row before. */
const orderedColumns = 64;
const noId = new Uint8Array(16);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes entries of rows: finds each column's meaning, reads the date, gives the identity. */
export class RowMapper {
  readonly #columns: ColumnNames;
  readonly #readDate: ReadDate;
  readonly #identity: Identity;
  readonly #source: string | null;
  readonly #users: KnownUsers | null;
  readonly #clear: ClearEntry | null;
  /** Names of the CSV columns, in their order; empty for JSON. */
  readonly #header: readonly string[];
  readonly #draft = new Draft();
  readonly #places = new Map<string, number>();
  readonly #people = new Map<string, KnownUser>();
  /** Names and places in the order of the row before: nearly all rows have the same columns in the same order. */
  readonly #lastNames: string[] = [];
  readonly #lastPlaces: number[] = [];

  constructor(options: {
    readonly columns: ColumnNames;
    readonly header: readonly string[];
    readonly readDate: ReadDate;
    readonly identity: Identity;
    readonly source: string | null;
    readonly users: KnownUsers | null;
    readonly clear?: ClearEntry;
  }) {
    this.#columns = options.columns;
    this.#header = options.header;
    this.#readDate = options.readDate;
    this.#identity = options.identity;
    this.#source = options.source;
    this.#users = options.users;
    this.#clear = options.clear ?? null;
  }

  /** Never throws for what a row contains. */
  map(row: RawRow): NewEntry | RowFault {
    if (row.fault !== null) return row.fault;
    this.#draft.clear();
    if (row.cells === null) {
      const fault = this.#takeJson(row.text);
      if (fault !== null) return fault;
    } else this.#takeCells(row.cells);
    // Half of a surrogate pair can only come from an escape; in the file's own bytes it would not be text.
    return this.#finish(row.line, row.cells === null && row.text.includes('\\u'));
  }

  #takeJson(text: string): RowFault | null {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      return { reason: 'not_json', details: { problem: error instanceof Error ? error.message : String(error) } };
    }
    if (!isRecord(parsed)) return { reason: 'not_object', details: {} };
    let order = 0;
    for (const name in parsed) {
      const value = parsed[name];
      if (typeof value === 'string') this.#put(name, this.#placeAt(order, name), value);
      else if (typeof value === 'object' ? value !== null : typeof value === 'number' && !Number.isSafeInteger(value)) {
        this.#takeExactly(text, parsed);
        return null;
      } else if (value !== null) this.#put(name, this.#placeAt(order, name), value);
      order += 1;
    }
    return null;
  }

  /** The slow way, for rows with objects in them or with numbers that JavaScript may not hold. */
  #takeExactly(text: string, parsed: Record<string, unknown>): void {
    this.#draft.clear();
    for (const [name, value] of Object.entries(exactNumbers(text, parsed))) {
      if (value === null) continue;
      const opens = isRecord(value) && !isExactNumber(value) && !this.#columns.isMapped(name);
      if (opens && isNesting(name)) {
        for (const [inner, part] of Object.entries(value)) {
          if (part !== null) this.#put(`${name}.${inner}`, this.#placeOf(`${name}.${inner}`), part);
        }
      } else if (opens && name === 'extra') {
        for (const [inner, part] of Object.entries(value)) this.#draft.keep(inner, part);
      } else this.#put(name, this.#placeOf(name), value);
    }
  }

  #takeCells(cells: readonly string[]): void {
    for (let index = 0; index < cells.length; index += 1) {
      const value = cells[index];
      if (value === undefined || value === '') continue;
      const name = this.#header[index] ?? `column ${index + 1}`;
      this.#put(name, this.#placeAt(index, name), value);
    }
  }

  #put(name: string, place: number, value: unknown): void {
    const draft = this.#draft;
    if (place === at.ignore) return;
    if (place === at.extra || draft.get(place) !== null) draft.keep(name, value);
    else if (typeof value === 'string') draft.set(place, value);
    // For numbers the same text as JSON’s, in a quarter of the time.
    else draft.set(place, typeof value === 'number' ? String(value) : JSON.stringify(value));
  }

  #placeAt(order: number, name: string): number {
    if (this.#lastNames[order] === name) return this.#lastPlaces[order] ?? at.extra;
    const place = this.#placeOf(name);
    if (order < orderedColumns) {
      this.#lastNames[order] = name;
      this.#lastPlaces[order] = place;
    }
    return place;
  }

  #placeOf(name: string): number {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = at[this.#columns.slotOf(name)];
      if (this.#places.size >= rememberedColumns) this.#places.clear();
      this.#places.set(name, place);
    }
    return place;
  }

  #finish(line: number, mayBeTorn: boolean): NewEntry | RowFault {
    const draft = this.#draft;
    const spelled = settleDate(draft);
    if (spelled === null || spelled.trim() === '') return { reason: 'no_date', details: {} };
    const plain = readPlainInstant(spelled);
    const occurredAt = Number.isSafeInteger(plain) ? plain : this.#readDate(spelled);
    if (typeof occurredAt !== 'number') return occurredAt;
    const givenText = draft.get(at.occurredText);
    const isPlain = givenText === null ? occurredAt === plain : readPlainInstant(givenText) === occurredAt;

    const user = draft.get(at.user);
    settleUser(draft, user === null ? null : this.#personOf(user));
    settleModule(draft);
    const givenId = settleEventId(draft);
    const request = settleRequest(draft);
    const statusText = draft.get(at.status);
    const status = statusText === null ? null : readStatus(statusText);
    if (statusText !== null && status === null) draft.keep('status', statusText);
    const moduleNumber = draft.get(at.moduleNumber);

    const entry: Mutable<NewEntry> = {
      eventId: givenId ?? noId,
      occurredAt,
      occurredText: isPlain ? null : (givenText ?? spelled),
      actorId: draft.get(at.actorId),
      actorLogin: draft.get(at.actorLogin),
      actorName: draft.get(at.actorName),
      actorEmail: draft.get(at.actorEmail),
      event: settleEvent(draft),
      moduleNumber: moduleNumber === null ? null : Number(moduleNumber),
      moduleName: draft.get(at.moduleName),
      target: draft.get(at.target),
      recordId: draft.get(at.recordId),
      field: draft.get(at.field),
      oldValue: draft.get(at.oldValue),
      newValue: draft.get(at.newValue),
      detail: draft.get(at.detail),
      action: draft.get(at.action),
      status,
      request: request === null ? null : JSON.stringify(request),
      source: draft.get(at.source),
      sourceEntryId: draft.get(at.sourceEntryId),
      sourceLine: line,
      extra: draft.extraJson(),
    };
    if (mayBeTorn) mendTexts(entry);
    this.#clear?.(entry);
    if (givenId === null) entry.eventId = this.#identity.of(canonicalText(entry), entry.sourceEntryId !== null);
    // After the identity: neither the option nor the list of people is part of what the file says.
    entry.source ??= this.#source;
    if (this.#users !== null) addKnown(entry, this.#users);
    return entry;
  }

  /** A log has few people and many rows. */
  #personOf(text: string): KnownUser {
    let person = this.#people.get(text);
    if (person === undefined) {
      person = splitPerson(text);
      if (this.#people.size >= rememberedPeople) this.#people.clear();
      this.#people.set(text, person);
    }
    return person;
  }
}

const addKnown = (entry: Mutable<NewEntry>, users: KnownUsers): void => {
  const known =
    (entry.actorId === null ? undefined : users.get(entry.actorId)) ??
    (entry.actorLogin === null ? undefined : users.get(entry.actorLogin));
  if (known === undefined) return;
  entry.actorId ??= known.id;
  entry.actorLogin ??= known.login;
  entry.actorName ??= known.name;
  entry.actorEmail ??= known.email;
};

/** Lone surrogates become U+FFFD, in the source's own text of the time too. */
const mendTexts = (entry: Mutable<NewEntry>): void => {
  for (const [column, value] of Object.entries(entry)) {
    if (typeof value === 'string' && !value.isWellFormed()) Object.assign(entry, { [column]: value.toWellFormed() });
  }
};

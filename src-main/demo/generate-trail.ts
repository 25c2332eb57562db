import type { NewEntry } from '#main/store/new-entry.ts';
import { type Checklist, makeChecklist, reviseChecklist } from './checklists.ts';
import { createStaff, type Department, firstStaff, type Person } from './people.ts';
import { createRandom, type Random } from './random.ts';
import { type Kind, kinds } from './records.ts';
import { makeRequest } from './requests.ts';
import { dayWeight, isMonthEnd, minuteOf } from './work-calendar.ts';

const millisOfDay = 86_400_000;
/** Mexico City, which has had no summer time since October 2022; the trail never reaches back to before that. */
const cityOffset = -6 * 3_600_000;
const defaultEnd = Date.UTC(2026, 5, 30, 6);
const shortestDays = 21;
const longestDays = 1300;
const entriesPerDay = 300;
const mostDaysBetweenNights = 75;
const nightEntries = 60;
/** Up to here a trail has the people and records of one site; a longer one has more of both, by its root. */
const siteRows = 100_000;

export interface TrailOptions {
  /** How many entries; the more there are, the longer the period and the busier its days. */
  readonly rows: number;
  /** The same seed, rows and end give the same trail. */
  readonly seed: number;
  /** Milliseconds since 1970 of the midnight in Mexico City with which the trail ends. */
  readonly endAt?: number;
}

interface DemoRecord {
  readonly key: string;
  readonly values: string[];
  state: number;
  /** Made when somebody first fills it in. */
  checklist: Checklist | null;
}

/** A kind with its records that are being worked on. */
interface Shelf {
  readonly kind: Kind;
  readonly records: DemoRecord[];
  /** How many records are being worked on at a time. */
  readonly open: number;
  made: number;
  year: number;
}

/**
 * A made-up activity trail that looks like a real one: six modules, working hours, busy month ends, a few people who do
 * most of it (and more people and records the longer it is), values that follow from one another, bulk changes and
 * deletions, web requests, long values now and then, and some nights that should make one wonder. Times ascend. Constant
 * memory: only the records that are being worked on are held.
 */
export function* generateTrail({ rows, seed, endAt = defaultEnd }: TrailOptions): Generator<NewEntry> {
  const growth = Math.max(1, Math.sqrt(rows / siteRows));
  const trail = new Trail(rows, seed, endAt, growth);
  const days = Math.min(longestDays, Math.max(shortestDays, Math.ceil(rows / entriesPerDay)));
  const lastDay = Math.floor((endAt + cityOffset) / millisOfDay) - 1;
  const firstDay = lastDay - days + 1;
  const daysBetweenNights = Math.ceil(Math.min(mostDaysBetweenNights, Math.floor(days / 3)) / Math.sqrt(growth));
  const weights = weighDays(firstDay, days, createRandom(seed, firstDay, days));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weight = 0;
  let given = 0;
  for (const [place, dayWeight] of weights.entries()) {
    weight += dayWeight;
    const until = place === days - 1 ? rows : Math.round((rows * weight) / total);
    trail.hire((place + 1) / days);
    yield* trail.day(firstDay + place, until - given, place % daysBetweenNights === daysBetweenNights >> 1);
    given = until;
  }
}

/** How much is done on each day, compared with the others: no two weeks are alike. */
const weighDays = (firstDay: number, days: number, random: Random): number[] =>
  Array.from({ length: days }, (_, place) => {
    const day = firstDay + place;
    return dayWeight(day) * (0.75 + random.next() * 0.5) * (isMonthEnd(day) ? 1.4 : 1);
  });

class Trail {
  readonly #random: Random;
  readonly #ids: Random;
  readonly #growth: number;
  readonly #staff = createStaff();
  readonly #shelves: readonly [Shelf, ...Shelf[]];
  readonly #kindTotal = kinds.reduce((sum, kind) => sum + kind.weight, 0);
  /** Milliseconds since 1970 of the last entry. */
  #now = 0;
  #count = 0;
  #nights = 0;

  constructor(rows: number, seed: number, endAt: number, growth: number) {
    this.#random = createRandom(seed);
    // Trails of other lengths and ends are other trails: their entries must not pass for these.
    this.#ids = createRandom(seed, rows, Math.floor(endAt / 1000));
    this.#growth = growth;
    const [first, ...others] = kinds;
    const open = ({ open }: Kind): number => Math.round(open * growth);
    const shelfOf = (kind: Kind): Shelf => ({ kind, records: [], open: open(kind), made: 0, year: 0 });
    this.#shelves = [shelfOf(first), ...others.map(shelfOf)];
  }

  /** Takes on whom a trail of this length has more than the first ones; `passed`: how much of it is over, up to 1. */
  hire(passed: number): void {
    this.#staff.hireUpTo(Math.round(firstStaff * (1 + (this.#growth - 1) * passed)), this.#random);
  }

  *day(day: number, entries: number, hasNight: boolean): Generator<NewEntry> {
    const midnight = day * millisOfDay - cityOffset;
    const year = new Date(day * millisOfDay).getUTCFullYear();
    let left = entries;
    if (hasNight) {
      const night = this.#night(midnight, year, Math.min(left >> 2, Math.round(nightEntries * this.#growth)));
      for (const entry of night) {
        left -= 1;
        yield entry;
      }
    }
    let share = 0;
    while (left > 0) {
      const planned = this.#random.next();
      // The next of `left` moments that are spread evenly over what remains of the day’s work.
      share = 1 - (1 - share) * this.#random.next() ** (1 / left);
      this.#now = Math.max(this.#now + 1, midnight + Math.floor(minuteOf(day, share) * 60_000));
      for (const entry of this.#operation(planned, year, left)) {
        left -= 1;
        yield entry;
      }
    }
  }

  /** One thing that somebody does; it is logged as one entry or several, a few milliseconds apart. */
  #operation(planned: number, year: number, most: number): NewEntry[] {
    if (planned < 0.05) return [this.#request()];
    const shelf = this.#chooseShelf();
    this.#stock(shelf, year);
    const { kind, records } = shelf;
    if (kind.passing) {
      if (records.length < shelf.open / 2 || planned < 0.17) return [this.#create(shelf)];
      if (planned < 0.1708) return this.#deleteMany(shelf, this.#chooseWho(shelf), Math.min(most, 90));
      if (planned < 0.19) return this.#deleteMany(shelf, this.#chooseWho(shelf), 1);
    }
    if (planned < 0.45) return [this.#advance(shelf)];
    if (planned < 0.4508) return this.#changeMany(shelf, this.#chooseWho(shelf), most);
    if (planned < 0.457) return [this.#fillIn()];
    return this.#change(shelf, this.#chooseWho(shelf), most);
  }

  /** Somebody with rights is busy while everyone sleeps: production is rewritten, rights are given, orders vanish. */
  #night(midnight: number, year: number, entries: number): NewEntry[] {
    const [, , production, , , permissions] = this.#shelves;
    const people = this.#staff.departments.production;
    // Mostly the same one, always somebody else now and then.
    const who = this.#nights % 4 === 3 ? people[this.#random.below(people.length)] : people[4];
    this.#nights += 1;
    const night: NewEntry[] = [];
    if (production === undefined || permissions === undefined || who === undefined) return night;
    this.#now = Math.max(this.#now + 1, midnight + 2 * 3_600_000 + this.#random.below(3_600_000));
    for (const shelf of [permissions, production, this.#shelves[0]]) this.#stock(shelf, year);
    while (night.length < entries) {
      const chance = this.#random.next();
      const left = entries - night.length;
      if (chance < 0.2) night.push(...this.#change(permissions, who, left));
      else if (chance < 0.25) night.push(...this.#deleteMany(this.#shelves[0], who, Math.min(left, 12)));
      else night.push(...this.#change(production, who, left));
      this.#now += 4000 + this.#random.below(90_000);
    }
    return night;
  }

  #chooseShelf(): Shelf {
    let place = this.#random.below(this.#kindTotal);
    for (const shelf of this.#shelves) {
      place -= shelf.kind.weight;
      if (place < 0) return shelf;
    }
    return this.#shelves[0];
  }

  #chooseWho(shelf: Shelf): Person {
    // Now and then somebody of another department lends a hand.
    return this.#random.next() < 0.03 ? this.#someone('operations') : this.#someone(shelf.kind.department);
  }

  /** The first of a department do the most: of 24 people, the first does nearly half. */
  #someone(department: Department): Person {
    const list = this.#staff.departments[department];
    const square = this.#random.next() ** 2;
    return list[Math.floor(square * square * list.length)] ?? list[0];
  }

  #chooseRecord(shelf: Shelf): DemoRecord {
    const index = Math.floor(this.#random.next() * this.#random.next() * shelf.records.length);
    return shelf.records[index] ?? this.#make(shelf);
  }

  /** Fills a shelf with the records that existed before the trail begins; their creation is not in it. */
  #stock(shelf: Shelf, year: number): void {
    const isNew = shelf.year === 0;
    if (shelf.year !== year && (isNew || shelf.kind.passing)) {
      // Keys are numbered anew every year.
      shelf.year = year;
      shelf.made = 0;
    }
    if (isNew) for (let made = 0; made < shelf.open; made += 1) this.#make(shelf);
  }

  #make(shelf: Shelf): DemoRecord {
    shelf.made += 1;
    const record = {
      key: shelf.kind.keyOf(shelf.made, shelf.year),
      values: shelf.kind.fields.map((field) => field.next(this.#random, '')),
      state: 0,
      checklist: null,
    };
    shelf.records.push(record);
    if (shelf.records.length > shelf.open) shelf.records.shift();
    return record;
  }

  #create(shelf: Shelf): NewEntry {
    const record = this.#make(shelf);
    const { kind } = shelf;
    const whole = this.#random.next() < 0.25 ? wholeRecord(kind, record) : null;
    const detail = `Alta de ${kind.target}: ${record.key}`;
    return this.#entry(this.#chooseWho(shelf), 'CREATE', kind, record.key, null, null, whole, detail);
  }

  #advance(shelf: Shelf): NewEntry {
    const { kind } = shelf;
    const record = this.#chooseRecord(shelf);
    const from = kind.states[record.state] ?? null;
    const back = record.state > 0 && this.#random.next() < 0.12;
    record.state = back ? record.state - 1 : (record.state + 1) % kind.states.length;
    const to = kind.states[record.state] ?? null;
    if (kind.passing && record.state === kind.states.length - 1) shelf.records.splice(shelf.records.indexOf(record), 1);
    const detail = `Cambio de estatus de ${record.key}`;
    return this.#entry(this.#chooseWho(shelf), 'STATUS_CHANGE', kind, record.key, 'estatus', from, to, detail);
  }

  /** One form is saved: some of a record's fields change at once. */
  #change(shelf: Shelf, who: Person, most: number): NewEntry[] {
    const { kind } = shelf;
    const record = this.#chooseRecord(shelf);
    const detail = `Actualización de ${record.key}`;
    const first = this.#random.below(kind.fields.length);
    const fields = Math.min(most, kind.fields.length, 1 + Math.floor(this.#random.next() ** 3 * kind.fields.length));
    const entries: NewEntry[] = [];
    for (let offset = 0; offset < fields; offset += 1) {
      const place = (first + offset) % kind.fields.length;
      const [field, from, to] = this.#renew(kind, record, place);
      entries.push(this.#entry(who, 'UPDATE', kind, record.key, field, from, to, detail));
      this.#now += 1 + this.#random.below(6);
    }
    return entries;
  }

  /** Gives a field of a record another value: its name, the value before, the value after. */
  #renew(kind: Kind, record: DemoRecord, place: number): readonly [string, string, string] {
    const field = kind.fields[place] ?? kind.fields[0];
    const from = record.values[place] ?? '';
    let to = from;
    // Some are drawn as they were: an update that changes nothing is no update.
    while (to === from) to = field.next(this.#random, from);
    record.values[place] = to;
    return [field.name, from, to];
  }

  /** One field of many records, from a spreadsheet: dozens as a rule, everything that is open now and then. */
  #changeMany(shelf: Shelf, who: Person, most: number): NewEntry[] {
    const { kind, records } = shelf;
    const place = this.#random.below(kind.fields.length);
    const wanted = Math.floor(10 / this.#random.next());
    const first = this.#random.below(records.length);
    const entries: NewEntry[] = [];
    for (const record of [...records.slice(first), ...records.slice(0, first)].slice(0, Math.min(most, wanted))) {
      const [field, from, to] = this.#renew(kind, record, place);
      const detail = `Carga masiva de ${field}: ${record.key}`;
      entries.push(this.#entry(who, 'UPDATE', kind, record.key, field, from, to, detail));
      this.#now += 2 + this.#random.below(9);
    }
    return entries;
  }

  /** The checklist of a work order is filled in: a long value, rarely a very long one. */
  #fillIn(): NewEntry {
    const shelf = this.#shelves[1] ?? this.#shelves[0];
    this.#stock(shelf, new Date(this.#now + cityOffset).getUTCFullYear());
    const record = this.#chooseRecord(shelf);
    const from = record.checklist && JSON.stringify(record.checklist);
    if (record.checklist) reviseChecklist(this.#random, record.checklist);
    else record.checklist = makeChecklist(this.#random, record.key);
    const to = JSON.stringify(record.checklist);
    const detail = `Lista de verificación de ${record.key}`;
    const who = this.#chooseWho(shelf);
    return this.#entry(who, 'UPDATE', shelf.kind, record.key, 'lista_verificacion', from, to, detail);
  }

  /** Deletions are logical: the record stays with `estatus=0`. More than one at a time is a bulk deletion. */
  #deleteMany(shelf: Shelf, who: Person, most: number): NewEntry[] {
    const { kind, records } = shelf;
    const wanted = most === 1 ? 1 : Math.floor(most / 3) + this.#random.below(Math.ceil((most * 2) / 3));
    const entries: NewEntry[] = [];
    for (let count = 0; count < Math.max(1, wanted) && (records.length > 0 || count === 0); count += 1) {
      const record = this.#chooseRecord(shelf);
      records.splice(records.indexOf(record), 1);
      const before = `${record.key} (Activo)`;
      const detail = `Eliminación lógica de ${record.key}`;
      entries.push(this.#entry(who, 'DELETE', kind, record.key, null, before, 'Eliminado (estatus=0)', detail));
      this.#now += 8 + this.#random.below(30);
    }
    return entries;
  }

  #request(): NewEntry {
    const who = this.#someone('systems');
    const { action, detail, status, request } = makeRequest(this.#random);
    const entry = this.#entry(who, 'REQUEST', null, null, null, null, null, detail);
    return { ...entry, target: 'API Request', action, status, request };
  }

  #entry(
    who: Person,
    event: string,
    kind: Kind | null,
    recordId: string | null,
    field: string | null,
    oldValue: string | null,
    newValue: string | null,
    detail: string,
  ): NewEntry {
    this.#count += 1;
    return {
      eventId: this.#nextId(),
      occurredAt: this.#now * 1000,
      occurredText: null,
      actorId: who.id,
      actorLogin: who.login,
      actorName: who.name,
      actorEmail: who.email,
      event,
      moduleNumber: kind === null ? null : kind.module.number,
      moduleName: kind === null ? null : kind.module.name,
      target: kind === null ? null : kind.target,
      recordId,
      field,
      oldValue,
      newValue,
      detail,
      action: null,
      status: null,
      request: null,
      source: 'demo',
      sourceEntryId: String(this.#count),
      sourceLine: null,
      extra: null,
    };
  }

  /** A UUID of version 8. */
  #nextId(): Uint8Array {
    const id = Buffer.allocUnsafe(16);
    for (let word = 0; word < 16; word += 4) id.writeUInt32BE(this.#ids.bits(), word);
    id[6] = ((id[6] ?? 0) & 0x0f) | 0x80;
    id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
    return id;
  }
}

const wholeRecord = (kind: Kind, record: DemoRecord): string =>
  JSON.stringify({
    clave: record.key,
    estatus: kind.states[record.state],
    ...Object.fromEntries(kind.fields.map((field, place) => [field.name, record.values[place]])),
    instalacion: { region: 'Norte', activo: 'Poza Rica-Altamira', sector: record.key.length },
  });

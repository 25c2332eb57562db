import type { Actor, EntryRow, Excerpt, Module } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';

/**
 * A page on its way from one thread to another. Two hundred rows are two thousand objects, which V8 would copy one by one,
 * with every name of every cell: that took longer than finding them, and JSON of their columns still a third of it. So
 * all that differs from row to row goes as one text, cut again by lengths, and what repeats is told once.
 */
export interface PackedPage extends Omit<Page, 'rows'> {
  readonly rows: {
    /** The texts of all rows, one behind the other. */
    readonly texts: string;
    /** `perRow` for each row. */
    readonly numbers: Float64Array;
    /** Names, modules and users, each once; a row has the place of its own, 0 for none. */
    readonly repeated: readonly (string | Module | Actor | null)[];
  };
}

/**
 * The numbers of a row: its id, the lengths of its texts (UTF-16 units, -1 for null) in the order in which they follow
 * each other, places of what repeats, the status (NaN for null), and two bits for each excerpt: what it leaves out.
 */
const place = {
  id: 0,
  occurredAt: 1,
  recordId: 2,
  oldValue: 3,
  newValue: 4,
  detail: 5,
  action: 6,
  event: 7,
  module: 8,
  actor: 9,
  target: 10,
  field: 11,
  source: 12,
  status: 13,
  leavesOut: 14,
} as const;
const perRow = 15;
const excerpts = ['oldValue', 'newValue', 'detail', 'action'] as const;

export const packPage = ({ rows, ...rest }: Page): PackedPage => {
  const numbers = new Float64Array(rows.length * perRow);
  const texts: string[] = [];
  const repeated: (string | Module | Actor | null)[] = [null];
  // Rows get their modules and users from the dictionaries, which have each once.
  const places = new Map<string | Module | Actor | null, number>([[null, 0]]);
  const placeOf = (value: string | Module | Actor | null): number => {
    const known = places.get(value);
    if (known !== undefined) return known;
    places.set(value, repeated.length);
    return repeated.push(value) - 1;
  };
  /** Answers its length. */
  const put = (text: string | null): number => {
    if (text === null) return -1;
    if (text !== '') texts.push(text);
    return text.length;
  };
  let at = 0;
  for (const row of rows) {
    numbers[at + place.id] = row.id;
    numbers[at + place.occurredAt] = put(row.occurredAt);
    numbers[at + place.recordId] = put(row.recordId);
    let leavesOut = 0;
    for (let i = 0; i < excerpts.length; i++) {
      const excerpt = row[excerpts[i] as (typeof excerpts)[number]];
      numbers[at + place.oldValue + i] = put(excerpt === null ? null : excerpt.text);
      if (excerpt?.before) leavesOut |= 1 << (2 * i);
      if (excerpt?.after) leavesOut |= 2 << (2 * i);
    }
    numbers[at + place.leavesOut] = leavesOut;
    numbers[at + place.event] = placeOf(row.event);
    numbers[at + place.module] = placeOf(row.module);
    numbers[at + place.actor] = placeOf(row.actor);
    numbers[at + place.target] = placeOf(row.target);
    numbers[at + place.field] = placeOf(row.field);
    numbers[at + place.source] = placeOf(row.source);
    numbers[at + place.status] = row.status ?? Number.NaN;
    at += perRow;
  }
  return { ...rest, rows: { texts: texts.join(''), numbers, repeated } };
};

export const unpackPage = ({ rows: { texts, numbers, repeated }, ...rest }: PackedPage): Page => {
  const rows: EntryRow[] = [];
  let done = 0;
  let at = 0;
  const number = (field: number): number => numbers[at + field] as number;
  const text = (field: number): string | null => {
    const length = number(field);
    if (length < 0) return null;
    done += length;
    return texts.slice(done - length, done);
  };
  const excerpt = (i: number): Excerpt | null => {
    const said = text(place.oldValue + i);
    if (said === null) return null;
    const leavesOut = number(place.leavesOut) >>> (2 * i);
    return { text: said, before: (leavesOut & 1) !== 0, after: (leavesOut & 2) !== 0 };
  };
  // Each place is used for one kind of value only where it was put.
  const name = (field: number): string | null => repeated[number(field)] as string | null;
  for (; at < numbers.length; at += perRow) {
    const status = number(place.status);
    rows.push({
      id: number(place.id),
      occurredAt: text(place.occurredAt) ?? '',
      recordId: text(place.recordId),
      oldValue: excerpt(0),
      newValue: excerpt(1),
      detail: excerpt(2),
      action: excerpt(3),
      event: name(place.event),
      module: repeated[number(place.module)] as Module | null,
      actor: repeated[number(place.actor)] as Actor | null,
      target: name(place.target),
      field: name(place.field),
      status: Number.isNaN(status) ? null : status,
      source: name(place.source),
    });
  }
  return { ...rest, rows };
};

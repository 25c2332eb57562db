import type { Actor, EntryRow, Excerpt, Module } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';

/**
 * A page on its way from one thread to another: its rows column by column, as one JSON text. Two hundred rows are two
 * thousand objects, which V8 would copy one by one, with every name of every cell: that took longer than finding them.
 */
export interface PackedPage extends Omit<Page, 'rows'> {
  readonly rows: string;
}

/** An excerpt that leaves nothing out is its text. */
type PackedExcerpt = Excerpt | string | null;
/** Each different value once, and for each row the place of its own. */
type Repeated<Value> = readonly [different: readonly Value[], places: readonly number[]];

interface Columns {
  readonly id: readonly number[];
  readonly occurredAt: readonly string[];
  readonly event: readonly (string | null)[];
  readonly module: Repeated<Module | null>;
  readonly actor: Repeated<Actor | null>;
  readonly recordId: readonly (string | null)[];
  readonly target: readonly (string | null)[];
  readonly field: readonly (string | null)[];
  readonly oldValue: readonly PackedExcerpt[];
  readonly newValue: readonly PackedExcerpt[];
  readonly detail: readonly PackedExcerpt[];
  readonly action: readonly PackedExcerpt[];
  readonly status: readonly (number | null)[];
  readonly source: readonly (string | null)[];
}

const packExcerpt = (excerpt: Excerpt | null): PackedExcerpt =>
  excerpt === null || excerpt.before || excerpt.after ? excerpt : excerpt.text;

const unpackExcerpt = (packed: PackedExcerpt | undefined): Excerpt | null =>
  typeof packed === 'string' ? { text: packed, before: false, after: false } : (packed ?? null);

/** Values are told apart as objects: rows get those of the dictionaries, which has each once. */
const packRepeated = <Value>(values: readonly Value[]): Repeated<Value> => {
  const places = new Map<Value, number>();
  const placeOf = (value: Value): number => {
    const known = places.get(value);
    if (known !== undefined) return known;
    places.set(value, places.size);
    return places.size - 1;
  };
  const ofRows = values.map(placeOf);
  return [[...places.keys()], ofRows];
};

const unpackRepeated = <Value>([different, places]: Repeated<Value | null>, row: number): Value | null =>
  different[places[row] ?? -1] ?? null;

export const packPage = ({ rows, ...rest }: Page): PackedPage => {
  const columns: Columns = {
    id: rows.map((row) => row.id),
    occurredAt: rows.map((row) => row.occurredAt),
    event: rows.map((row) => row.event),
    module: packRepeated(rows.map((row) => row.module)),
    actor: packRepeated(rows.map((row) => row.actor)),
    recordId: rows.map((row) => row.recordId),
    target: rows.map((row) => row.target),
    field: rows.map((row) => row.field),
    oldValue: rows.map((row) => packExcerpt(row.oldValue)),
    newValue: rows.map((row) => packExcerpt(row.newValue)),
    detail: rows.map((row) => packExcerpt(row.detail)),
    action: rows.map((row) => packExcerpt(row.action)),
    status: rows.map((row) => row.status),
    source: rows.map((row) => row.source),
  };
  return { ...rest, rows: JSON.stringify(columns) };
};

export const unpackPage = ({ rows, ...rest }: PackedPage): Page => {
  const columns = JSON.parse(rows) as Columns;
  return {
    ...rest,
    rows: columns.id.map(
      (id, row): EntryRow => ({
        id,
        occurredAt: columns.occurredAt[row] as string,
        event: columns.event[row] ?? null,
        module: unpackRepeated(columns.module, row),
        actor: unpackRepeated(columns.actor, row),
        recordId: columns.recordId[row] ?? null,
        target: columns.target[row] ?? null,
        field: columns.field[row] ?? null,
        oldValue: unpackExcerpt(columns.oldValue[row]),
        newValue: unpackExcerpt(columns.newValue[row]),
        detail: unpackExcerpt(columns.detail[row]),
        action: unpackExcerpt(columns.action[row]),
        status: columns.status[row] ?? null,
        source: columns.source[row] ?? null,
      }),
    ),
  };
};

import type { SearchedEntry } from './search/texts-together.ts';

/** The cells of an entry that a row of the grid is made of. */
export interface RowCells extends Omit<SearchedEntry, 'occurredText' | 'request' | 'dates' | 'together' | 'place'> {
  readonly id: number;
  readonly event: number | null;
  readonly module: number | null;
  readonly actor: number | null;
  readonly target: number | null;
  readonly field: number | null;
  readonly source: number | null;
  readonly status: number | null;
}

/** What a search looks into and what a row shows: most that is searched on a first page is shown too. */
export interface EntryCells extends RowCells, SearchedEntry {}

export const cellColumns = `id, occurred_at, event, module, actor, target, field, source, status, occurred_text, record_id,
    old_value, new_value, detail, action, request`;

/** `cellColumns` in the order in which they are read: named rows cost twice as much. */
export type EntryTuple = [
  ...[id: number, occurredAt: number],
  ...[event: number | null, module: number | null, actor: number | null, target: number | null],
  ...[field: number | null, source: number | null, status: number | null],
  ...[occurredText: string | null, recordId: string | null, oldValue: string | null, newValue: string | null],
  ...[detail: string | null, action: string | null, request: string | null],
];

export const entryCells = (found: EntryTuple): EntryCells => ({
  id: found[0],
  occurredAt: found[1],
  event: found[2],
  module: found[3],
  actor: found[4],
  target: found[5],
  field: found[6],
  source: found[7],
  status: found[8],
  occurredText: found[9],
  recordId: found[10],
  oldValue: found[11],
  newValue: found[12],
  detail: found[13],
  action: found[14],
  request: found[15],
  dates: undefined,
  together: null,
  place: 0,
});

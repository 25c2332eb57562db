import type { Entry } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import type { SqliteDatabase } from './database.ts';
import type { Dictionaries } from './dictionaries.ts';
import type { SearchedCells, SearchedTuple } from './search/searched-texts.ts';
import { openWholeEntryReader } from './whole-entry-reader.ts';

/** The cells of an entry that a row of the grid is made of. */
export interface RowCells extends Omit<SearchedCells, 'occurredText' | 'request'> {
  readonly id: number;
  readonly event: number | null;
  readonly module: number | null;
  readonly actor: number | null;
  readonly target: number | null;
  readonly field: number | null;
  readonly source: number | null;
  readonly status: number | null;
}

const parseJson = (text: string | null): Record<string, unknown> | null =>
  text === null ? null : (JSON.parse(text) as Record<string, unknown>);

/** `RowCells` in the order in which they are read. */
type RowTuple = [
  number,
  number,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
];

/** Entries of a page that are so close together are read in one go, with those between them. */
const closeRows = 2;
/** Steps of at most this many rows count as reading on; after as many of them, a block is read. */
const nearRows = 8;
const blockRows = 128;
/** Enough for all entries that the search index does not cover yet: every search looks into them again. */
const keptBlocks = 10;

/** Reads single entries by id: the cells for a test or a grid row, or an entry whole. */
export const openEntryReader = (db: SqliteDatabase, dictionaries: Dictionaries) => {
  const cellColumns = `id, occurred_at, event, module, actor, target, field, source, status, record_id, old_value,
    new_value, detail, action`;
  const cells = db.prepare(`SELECT ${cellColumns} FROM entry WHERE id = ?`).raw();
  const cellsBetween = db.prepare(`SELECT ${cellColumns} FROM entry WHERE id BETWEEN ? AND ?`).raw();
  const whole = openWholeEntryReader(db, dictionaries);
  // Positional rows: this is read for every candidate of a search, and named ones cost twice as much.
  const searchedColumns = 'occurred_at, occurred_text, record_id, old_value, new_value, detail, action, request';
  const searchedOne = db.prepare(`SELECT ${searchedColumns} FROM entry WHERE id = ?`).raw();
  const searchedSome = db.prepare(`SELECT ${searchedColumns} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id`).raw();
  let lastRow = -1;
  let lastSearched: SearchedCells | null = null;
  const blocks = new Map<number, SearchedTuple[]>();
  let nearSteps = 0;
  const readBlock = (number: number): SearchedTuple[] => {
    const start = number * blockRows;
    const block = searchedSome.all(start + 1, start + blockRows) as SearchedTuple[];
    blocks.delete(number);
    blocks.set(number, block);
    const [oldest] = blocks.keys();
    if (blocks.size > keptBlocks && oldest !== undefined) blocks.delete(oldest);
    return block;
  };
  const rowCells = (row: number, found: RowTuple | undefined): RowCells => {
    if (!found) throw new Error(`entry ${row + 1} is gone`);
    return {
      id: found[0],
      occurredAt: found[1],
      event: found[2],
      module: found[3],
      actor: found[4],
      target: found[5],
      field: found[6],
      source: found[7],
      status: found[8],
      recordId: found[9],
      oldValue: found[10],
      newValue: found[11],
      detail: found[12],
      action: found[13],
    };
  };
  const cellsOf = (row: number): RowCells => rowCells(row, cells.get(row + 1) as RowTuple | undefined);
  return {
    /**
     * What a search looks into of the entry `row + 1`. The last one is kept, since several tests look at it in turn, and
     * somebody who reads on through neighbours gets them by the block.
     */
    searchedOf: (row: number): SearchedCells => {
      if (row === lastRow && lastSearched) return lastSearched;
      nearSteps = Math.abs(row - lastRow) <= nearRows ? nearSteps + 1 : 0;
      const number = Math.floor(row / blockRows);
      const place = row - number * blockRows;
      let found = blocks.get(number)?.[place];
      // Also when the kept block is older than the entry.
      if (!found && nearSteps > nearRows) found = readBlock(number)[place];
      found ??= searchedOne.get(row + 1) as SearchedTuple | undefined;
      if (!found) throw new Error(`entry ${row + 1} is gone`);
      lastSearched = {
        occurredAt: found[0],
        occurredText: found[1],
        recordId: found[2],
        oldValue: found[3],
        newValue: found[4],
        detail: found[5],
        action: found[6],
        request: found[7],
      };
      lastRow = row;
      return lastSearched;
    },
    /** Cells of the entry `row + 1`. */
    cellsOf,
    /** Cells of several entries, in the order that is asked. Neighbours are read together. */
    cellsOfMany: (rows: readonly number[]): readonly RowCells[] => {
      const first = Math.min(...rows);
      const last = Math.max(...rows);
      if (rows.length < nearRows || last - first + 1 > rows.length * closeRows) return rows.map(cellsOf);
      const found = cellsBetween.all(first + 1, last + 1) as RowTuple[];
      return rows.map((row) => rowCells(row, found[row - first]));
    },
    /** Throws `entry_not_found`. */
    entry: (id: number): Entry => {
      const found = whole.find(id);
      if (!found) throw new BitacoraError('entry_not_found', { id });
      const { originFile, originLine, ...cells } = found;
      return {
        ...cells,
        occurredAt: isoOf(found.occurredAt),
        occurredText: found.occurredText ?? new Date(found.occurredAt / 1000).toISOString(),
        receivedAt: isoOf(found.receivedAt),
        request: parseJson(found.request),
        origin: originFile === null || originLine === null ? null : { file: originFile, line: originLine },
        extra: parseJson(found.extra),
      };
    },
  };
};
export type EntryReader = ReturnType<typeof openEntryReader>;

import type { Entry } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import type { SqliteDatabase } from './database.ts';
import type { Dictionaries } from './dictionaries.ts';
import { cellColumns, type EntryCells, type EntryTuple, entryCells, type RowCells } from './entry-cells.ts';
import { createKeptEntries } from './kept-entries.ts';
import type { SearchedEntry } from './search/texts-together.ts';
import { openWholeEntryReader } from './whole-entry-reader.ts';

const parseJson = (text: string | null): Record<string, unknown> | null =>
  text === null ? null : (JSON.parse(text) as Record<string, unknown>);

/** Entries of a page that are so close together are read in one go, with those between them. */
const closeRows = 4;
/** Steps of at most this many rows count as reading on; after as many of them, a block is read. */
const nearRows = 8;

/** Reads single entries by id: the cells for a test or a grid row, or an entry whole. */
export const openEntryReader = (db: SqliteDatabase, dictionaries: Dictionaries) => {
  const one = db.prepare(`SELECT ${cellColumns} FROM entry WHERE id = ?`).raw();
  const between = db.prepare(`SELECT ${cellColumns} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id`).raw();
  const record = db.prepare('SELECT record_id FROM entry WHERE id = ?').pluck();
  const whole = openWholeEntryReader(db, dictionaries);
  let last: EntryCells | null = null;
  let nearSteps = 0;
  const cellsBetween = (first: number, last: number): EntryCells[] =>
    (between.all(first, last) as EntryTuple[]).map(entryCells);
  const kept = createKeptEntries(cellsBetween);
  const read = (row: number): EntryCells => {
    const found = one.get(row + 1) as EntryTuple | undefined;
    if (!found) throw new Error(`entry ${row + 1} is gone`);
    return entryCells(found);
  };
  return {
    /**
     * What a search looks into of the entry `row + 1`. The last one is kept, since several tests look at it in turn, and
     * somebody who reads on through neighbours gets them by the block.
     */
    searchedOf: (row: number): SearchedEntry => {
      if (last?.id === row + 1) return last;
      nearSteps = last && Math.abs(row + 1 - last.id) <= nearRows ? nearSteps + 1 : 0;
      const found = kept.find(row);
      // Also when what is kept is older than the entry.
      last = found ?? (nearSteps > nearRows ? kept.read(row) : undefined) ?? read(row);
      return last;
    },
    /** True when what a search looks into is in memory. */
    isKept: (row: number): boolean => kept.find(row) !== undefined,
    readAhead: kept.readAhead,
    /** The record of the entry `row + 1`. */
    recordOf: (row: number): string | null =>
      (kept.find(row) ?? { recordId: record.get(row + 1) as string | null }).recordId,
    /** Cells of the entry `row + 1`. */
    cellsOf: (row: number): RowCells => kept.find(row) ?? read(row),
    /** Cells of several entries, in the order that is asked. Neighbours are read together. */
    cellsOfMany: (rows: readonly number[]): readonly RowCells[] => {
      const missing = rows.filter((row) => !kept.find(row));
      const first = Math.min(...missing);
      const last = Math.max(...missing);
      const close = missing.length >= nearRows && last - first + 1 <= missing.length * closeRows;
      const together = close ? cellsBetween(first + 1, last + 1) : [];
      return rows.map((row) => kept.find(row) ?? together[row - first] ?? read(row));
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

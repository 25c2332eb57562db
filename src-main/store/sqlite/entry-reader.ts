import type { Entry } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import type { SqliteDatabase } from './database.ts';
import type { Dictionaries } from './dictionaries.ts';
import type { SearchedCells } from './search/searched-texts.ts';
import { openWholeEntryReader } from './whole-entry-reader.ts';

/** The cells of an entry that a row of the grid is made of. */
export interface RowCells extends Omit<SearchedCells, 'occurredText' | 'request' | 'dates'> {
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
interface EntryCells extends RowCells, SearchedCells {}

const parseJson = (text: string | null): Record<string, unknown> | null =>
  text === null ? null : (JSON.parse(text) as Record<string, unknown>);

/** `EntryCells` in the order in which they are read: named rows cost twice as much. */
type EntryTuple = [
  ...[id: number, occurredAt: number],
  ...[event: number | null, module: number | null, actor: number | null, target: number | null],
  ...[field: number | null, source: number | null, status: number | null],
  ...[occurredText: string | null, recordId: string | null, oldValue: string | null, newValue: string | null],
  ...[detail: string | null, action: string | null, request: string | null],
];

const entryCells = (found: EntryTuple): EntryCells => ({
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
  folded: undefined,
});

/** The texts of an entry, UTF-16 units. */
const sizeOf = ({ occurredText, recordId, oldValue, newValue, detail, action, request }: EntryCells): number =>
  [occurredText, recordId, oldValue, newValue, detail, action, request].reduce(
    (size, text) => size + (text?.length ?? 0),
    0,
  );

/** Entries of a page that are so close together are read in one go, with those between them. */
const closeRows = 4;
/** Steps of at most this many rows count as reading on; after as many of them, a block is read. */
const nearRows = 8;
const blockRows = 128;
/**
 * The first entries of the orders that people look at, of which every frequent word's first page is made, and all that
 * the search index does not cover yet; fewer where their texts (UTF-16 units) are long.
 */
const keptBlocks = 64;
const keptTexts = 8 * 1024 * 1024;

interface KeptBlock {
  readonly cells: readonly EntryCells[];
  readonly size: number;
}

/** Reads single entries by id: the cells for a test or a grid row, or an entry whole. */
export const openEntryReader = (db: SqliteDatabase, dictionaries: Dictionaries) => {
  const cellColumns = `id, occurred_at, event, module, actor, target, field, source, status, occurred_text, record_id,
    old_value, new_value, detail, action, request`;
  const one = db.prepare(`SELECT ${cellColumns} FROM entry WHERE id = ?`).raw();
  const between = db.prepare(`SELECT ${cellColumns} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id`).raw();
  const record = db.prepare('SELECT record_id FROM entry WHERE id = ?').pluck();
  const whole = openWholeEntryReader(db, dictionaries);
  let last: EntryCells | null = null;
  /** What was used last comes last. */
  const blocks = new Map<number, KeptBlock>();
  let keptSize = 0;
  let latest = -1;
  /** Its cells. */
  let latestCells: readonly EntryCells[] = [];
  let nearSteps = 0;
  const cellsBetween = (first: number, last: number): EntryCells[] =>
    (between.all(first, last) as EntryTuple[]).map(entryCells);
  const drop = (number: number): void => {
    keptSize -= blocks.get(number)?.size ?? 0;
    blocks.delete(number);
  };
  const readBlock = (number: number): readonly EntryCells[] => {
    const start = number * blockRows;
    const cells = cellsBetween(start + 1, start + blockRows);
    let size = 0;
    for (const some of cells) {
      some.folded = null;
      size += sizeOf(some);
    }
    drop(number);
    for (const oldest of blocks.keys()) {
      if (blocks.size < keptBlocks && keptSize + size <= keptTexts) break;
      drop(oldest);
    }
    blocks.set(number, { cells, size });
    keptSize += size;
    latest = number;
    latestCells = cells;
    return cells;
  };
  const kept = (row: number): EntryCells | undefined => {
    const number = Math.floor(row / blockRows);
    if (latest !== number) {
      const block = blocks.get(number);
      if (!block) return undefined;
      blocks.delete(number);
      blocks.set(number, block);
      latest = number;
      latestCells = block.cells;
    }
    return latestCells[row - number * blockRows];
  };
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
    searchedOf: (row: number): SearchedCells => {
      if (last?.id === row + 1) return last;
      nearSteps = last && Math.abs(row + 1 - last.id) <= nearRows ? nearSteps + 1 : 0;
      let found = kept(row);
      // Also when the kept block is older than the entry.
      if (!found && nearSteps > nearRows) {
        const number = Math.floor(row / blockRows);
        found = readBlock(number)[row - number * blockRows];
      }
      last = found ?? read(row);
      return last;
    },
    /** The record of the entry `row + 1`. */
    recordOf: (row: number): string | null =>
      (kept(row) ?? { recordId: record.get(row + 1) as string | null }).recordId,
    /** Cells of the entry `row + 1`. */
    cellsOf: (row: number): RowCells => kept(row) ?? read(row),
    /** Cells of several entries, in the order that is asked. Neighbours are read together. */
    cellsOfMany: (rows: readonly number[]): readonly RowCells[] => {
      const missing = rows.filter((row) => !kept(row));
      const first = Math.min(...missing);
      const last = Math.max(...missing);
      const close = missing.length >= nearRows && last - first + 1 <= missing.length * closeRows;
      const together = close ? cellsBetween(first + 1, last + 1) : [];
      return rows.map((row) => kept(row) ?? together[row - first] ?? read(row));
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

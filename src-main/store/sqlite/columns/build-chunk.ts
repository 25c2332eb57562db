import type { SqliteDatabase } from '../database.ts';
import { firstPast } from '../first-past.ts';
import { throwIfStopped } from '../stop.ts';
import {
  type Chunk,
  type ChunkColumn,
  type ChunkValues,
  chunkColumns,
  chunkRows,
  recordHash,
  statusCell,
} from './chunk.ts';

/** A chunk in memory, made from the ledger and extended as entries come. */
export interface BuiltChunk extends Chunk {
  /** The hash of each entry's record; 0 is «none». */
  readonly recordHashes: Uint32Array;
  /** Fills it up to an entry; needs them to be in the ledger. */
  extend(newestId: number): void;
}

interface BuiltColumn {
  readonly codes: Uint16Array;
  readonly places: Map<number, number>;
  readonly values: number[];
  readonly counts: number[];
}

type Row = (number | string | null)[];

/** Goes through the columns of the entries after `from` up to `to`, in turn. */
export type ColumnRows = (from: number, to: number) => IterableIterator<Row>;

export const prepareColumnRows = (db: SqliteDatabase): ColumnRows => {
  const select = db
    .prepare(
      `SELECT id, occurred_at, event, module, actor, target, field, source, status, record_id
       FROM entry WHERE id > ? AND id <= ? ORDER BY id`,
    )
    .raw();
  return (from, to) => select.iterate(from, to) as IterableIterator<Row>;
};

/** An empty chunk, to be extended. `onRecord` gets each entry's record. Codes follow the first appearance of each value, so that making it again gives the same. */
export const openBuiltChunk = (
  number: number,
  rowsBetween: ColumnRows,
  shouldStop: () => boolean,
  onRecord?: (hash: number, recordId: string) => void,
): BuiltChunk => {
  const first = number * chunkRows;
  const columns = Object.fromEntries(
    chunkColumns.map((name): [ChunkColumn, BuiltColumn] => [
      name,
      { codes: new Uint16Array(chunkRows), places: new Map(), values: [], counts: [] },
    ]),
  ) as Record<ChunkColumn, BuiltColumn>;
  const listed = chunkColumns.map((name) => columns[name]);
  const times = new Float64Array(chunkRows);
  const recordHashes = new Uint32Array(chunkRows);
  const snapshots = new Map<ChunkColumn, ChunkValues & { readonly rows: number }>();
  let rows = 0;
  let minTime = Number.POSITIVE_INFINITY;
  let maxTime = Number.NEGATIVE_INFINITY;
  let inOrder = true;

  const put = (column: BuiltColumn, row: number, value: number): void => {
    let place = column.places.get(value);
    if (place === undefined) {
      place = column.values.push(value) - 1;
      column.counts.push(0);
      column.places.set(value, place);
    }
    column.codes[row] = place;
    column.counts[place] = (column.counts[place] as number) + 1;
  };

  const add = (cells: Row): void => {
    if (cells[0] !== first + rows + 1) throw new Error(`entry ${first + rows + 1} is missing`);
    const time = cells[1] as number;
    times[rows] = time;
    if (time < maxTime) inOrder = false;
    else maxTime = time;
    if (time < minTime) minTime = time;
    for (let c = 0; c < 6; c++) put(listed[c] as BuiltColumn, rows, (cells[c + 2] as number | null) ?? 0);
    put(columns.status, rows, statusCell(cells[8] as number | null));
    const record = cells[9] as string | null;
    const hash = record === null ? 0 : recordHash(record);
    recordHashes[rows] = hash;
    if (record !== null) onRecord?.(hash, record);
    rows += 1;
  };

  return {
    number,
    get rows() {
      return rows;
    },
    get minTime() {
      return minTime;
    },
    get maxTime() {
      return maxTime;
    },
    get inOrder() {
      return inOrder;
    },
    recordHashes,
    extend: (newestId) => {
      const to = Math.min(newestId, first + chunkRows);
      for (const cells of rowsBetween(first + rows, to)) {
        if ((rows & 4095) === 0) throwIfStopped(shouldStop);
        add(cells);
      }
      if (first + rows < to) throw new Error(`entry ${first + rows + 1} is missing`);
    },
    values: (name) => {
      const known = snapshots.get(name);
      if (known?.rows === rows) return known;
      const { values, counts } = columns[name];
      const made = { rows, values: Uint32Array.from(values), counts: Uint32Array.from(counts) };
      snapshots.set(name, made);
      return made;
    },
    codes: (name) => columns[name].codes,
    // It grows, and soon has a file that tells both.
    mark: () => false,
    crossed: () => null,
    times: () => times,
    rowsBefore: (micros) => firstPast(0, rows, (row) => (times[row] as number) >= micros),
    recordRows: (hash) => {
      const found: number[] = [];
      for (let row = recordHashes.indexOf(hash); row >= 0 && row < rows; row = recordHashes.indexOf(hash, row + 1)) {
        found.push(row);
      }
      return found;
    },
    isOneRecord: () => false,
  };
};

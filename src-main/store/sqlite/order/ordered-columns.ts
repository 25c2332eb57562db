import type { SortColumn } from '#shared/contract/entry.ts';
import type { SqliteDatabase } from '../database.ts';
import { keyLength, sortKey } from '../sort-key.ts';
import { throwIfStopped } from '../stop.ts';

/** The columns of long texts, by their names in the ledger. */
export const textColumns = {
  recordId: 'record_id',
  oldValue: 'old_value',
  newValue: 'new_value',
  detail: 'detail',
  action: 'action',
} as const;
export type TextColumn = keyof typeof textColumns;
export const isTextColumn = (column: SortColumn): column is TextColumn => Object.hasOwn(textColumns, column);

/** The columns whose orders are kept as files. */
export const orderedColumns = ['occurredAt', 'recordId', 'oldValue', 'newValue', 'detail', 'action'] as const;
export type OrderedColumn = (typeof orderedColumns)[number];

/** What a column is called in its files, so that one column's file is not taken for another's. */
export const columnNumber = (column: OrderedColumn): number => orderedColumns.indexOf(column) + 1;

const digitBits = 14;
const digit = 2 ** digitBits;

/** An instant (microseconds, also before 1970) as a text that sorts like it: four digits to the base 2¹⁴, highest first. */
export const timeKey = (micros: number): string => {
  const high = Math.floor(micros / digit / digit);
  const low = micros - high * digit * digit;
  const shifted = high + digit * (digit / 2);
  return String.fromCharCode(Math.floor(shifted / digit), shifted % digit, Math.floor(low / digit), low % digit);
};

/** What SQLite gives for an entry; only the beginning of a text decides, so that a long one is not handed over whole. */
export const keyExpression = (column: OrderedColumn): string =>
  column === 'occurredAt' ? 'occurred_at' : `substr(${textColumns[column]}, 1, ${keyLength})`;

export const keyOfCell = (column: OrderedColumn): ((cell: string | number) => string) =>
  column === 'occurredAt' ? (cell) => timeKey(cell as number) : (cell) => sortKey(cell as string);

/** Entries that are read at a time: one by one costs twice as much, and between two times somebody may say stop. */
const readAtOnce = 1024;

/** Calls `visit` with what a statement gives for the entries `from + 1 … to`, in turn; it selects `id > ? AND id <= ?`. */
export const readEntries = <Row>(
  statement: { all(...bounds: number[]): unknown[] },
  from: number,
  to: number,
  visit: (id: number, row: Row) => void,
  shouldStop: () => boolean,
): void => {
  for (let start = from; start < to; start += readAtOnce) {
    throwIfStopped(shouldStop);
    const end = Math.min(to, start + readAtOnce);
    const rows = statement.all(start, end) as Row[];
    if (rows.length !== end - start) throw new Error(`entries ${start + 1} to ${end} are not contiguous`);
    for (let i = 0; i < rows.length; i++) visit(start + i + 1, rows[i] as Row);
  }
};

type Cell = string | number | null;

/** Reads the keys of entries from the ledger; null stands for «no value». */
export interface KeyReader {
  keyOf(row: number): string | null;
  /** The keys of the rows `from … to - 1`, in turn. */
  scan(from: number, to: number, visit: (row: number, key: string | null) => void, shouldStop: () => boolean): void;
}

export const openKeyReader = (db: SqliteDatabase, column: OrderedColumn): KeyReader => {
  const expression = keyExpression(column);
  const keyOf = keyOfCell(column);
  const one = db.prepare(`SELECT ${expression} FROM entry WHERE id = ?`).pluck();
  const some = db.prepare(`SELECT ${expression} FROM entry WHERE id > ? AND id <= ? ORDER BY id`).pluck();
  return {
    keyOf: (row) => {
      const cell = one.get(row + 1) as Cell | undefined;
      if (cell === undefined) throw new Error(`entry ${row + 1} is gone`);
      return cell === null ? null : keyOf(cell);
    },
    scan: (from, to, visit, shouldStop) =>
      readEntries<Cell>(some, from, to, (id, cell) => visit(id - 1, cell === null ? null : keyOf(cell)), shouldStop),
  };
};

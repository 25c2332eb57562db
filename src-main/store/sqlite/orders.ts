import { closeSync, fstatSync, readSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { SortColumn } from '#shared/contract/entry.ts';
import type { CodeColumn, ColumnArrays } from './columns.ts';
import type { SqliteDatabase } from './database.ts';
import type { Dictionaries } from './dictionaries.ts';
import {
  eventIdAt,
  indexFilePath,
  listIndexFiles,
  openIndexFile,
  removeIndexFile,
  writeIndexFile,
} from './index-folder.ts';
import { compareKeys, keyLength, sortKey } from './sort-key.ts';
import { throwIfStopped } from './stop.ts';

/**
 * The entries 1 … n in the ascending order of one column: `rows` holds entry − 1; the first `filled` have a value and
 * the rest have none. Equal values follow by id. Entries without a value come last in both directions.
 */
export interface Order {
  readonly rows: Uint32Array;
  readonly filled: number;
}

export const textColumns = {
  recordId: 'record_id',
  oldValue: 'old_value',
  newValue: 'new_value',
  detail: 'detail',
  action: 'action',
} as const;
export type TextColumn = keyof typeof textColumns;
export const isTextColumn = (column: SortColumn): column is TextColumn => Object.hasOwn(textColumns, column);

/** Orders rows by small whole ranks in [1, ranks); rank 0 is «no value». One counting pass, stable. */
const orderByRank = (ranks: ArrayLike<number>, count: number, length: number): Order => {
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < length; i++) {
    const rank = ranks[i] as number;
    starts[rank] = (starts[rank] as number) + 1;
  }
  const empty = starts[0] as number;
  let place = 0;
  for (let rank = 1; rank <= count; rank++) {
    const size = starts[rank] as number;
    starts[rank] = place;
    place += size;
  }
  starts[0] = length - empty;
  const rows = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const rank = ranks[i] as number;
    const at = starts[rank] as number;
    rows[at] = i;
    starts[rank] = at + 1;
  }
  return { rows, filled: length - empty };
};

/** Ranks 1, 2, … for the distinct keys of a list, equal keys sharing one; index 0 keeps rank 0. */
const ranksOfKeys = (keys: readonly string[]): { readonly ranks: Uint32Array; readonly count: number } => {
  const order = keys.map((_, i) => i).slice(1);
  order.sort((a, b) => compareKeys(keys[a] as string, keys[b] as string));
  const ranks = new Uint32Array(keys.length);
  let rank = 0;
  let previous: string | undefined;
  for (const i of order) {
    if (keys[i] !== previous) rank += 1;
    previous = keys[i];
    ranks[i] = rank;
  }
  return { ranks, count: rank };
};

export const orderByCode = (
  arrays: ColumnArrays,
  column: CodeColumn,
  dictionaries: Dictionaries,
  length: number,
): Order => {
  const size = dictionaries.size(column);
  const keys = Array.from({ length: size }, (_, code) => sortKey(dictionaries.labelOf(column, code)));
  const { ranks, count } = ranksOfKeys(keys);
  const codes = arrays[column];
  const rowRanks = new Uint32Array(length);
  for (let i = 0; i < length; i++) rowRanks[i] = ranks[codes[i] as number] as number;
  return orderByRank(rowRanks, count, length);
};

export const orderByStatus = (arrays: ColumnArrays, length: number): Order =>
  orderByRank(arrays.status.subarray(0, length), 65_535, length);

/** A stable merge sort that takes the runs that are there: a trail is nearly in order of time already. */
export const orderByTime = (arrays: ColumnArrays, length: number, shouldStop: () => boolean): Order => {
  const times = arrays.occurredAt;
  let rows = new Uint32Array(length);
  const runs: number[] = [0];
  for (let i = 0; i < length; i++) {
    rows[i] = i;
    if (i > 0 && (times[i] as number) < (times[i - 1] as number)) runs.push(i);
  }
  runs.push(length);
  let bounds = runs;
  let spare = new Uint32Array(length);
  while (bounds.length > 2) {
    throwIfStopped(shouldStop);
    const merged: number[] = [0];
    for (let r = 0; r + 1 < bounds.length; r += 2) {
      const start = bounds[r] as number;
      const middle = bounds[r + 1] as number;
      const end = bounds[r + 2] ?? middle;
      let left = start;
      let right = middle;
      for (let out = start; out < end; out++) {
        const takeLeft =
          right >= end ||
          (left < middle && (times[rows[left] as number] as number) <= (times[rows[right] as number] as number));
        spare[out] = rows[takeLeft ? left++ : right++] as number;
      }
      merged.push(end);
    }
    [rows, spare] = [spare, rows];
    bounds = merged;
  }
  return { rows, filled: length };
};

/** Sorts the entries `from … to` by a text column. */
export const orderByText = (
  db: SqliteDatabase,
  column: TextColumn,
  newestId: number,
  shouldStop: () => boolean,
): Order => {
  // Only the beginning decides; a long value is not fetched whole. SQLite counts characters, so this is never too short.
  const select = db
    .prepare(`SELECT id, substr(${textColumns[column]}, 1, ${keyLength}) FROM entry WHERE id <= ? ORDER BY id`)
    .raw();
  const distinct = new Map<string, number>();
  const keys: string[] = [''];
  const codes = new Uint32Array(newestId);
  let seen = 0;
  let lastText: string | null = null;
  let lastCode = 0;
  for (const [id, text] of select.iterate(newestId) as IterableIterator<[number, string | null]>) {
    if ((++seen & 2047) === 0) throwIfStopped(shouldStop);
    if (text === null) continue;
    if (text !== lastText) {
      const key = sortKey(text);
      let code = distinct.get(key);
      if (code === undefined) {
        code = keys.push(key) - 1;
        distinct.set(key, code);
      }
      lastText = text;
      lastCode = code;
    }
    codes[id - 1] = lastCode;
  }
  throwIfStopped(shouldStop);
  const { ranks, count } = ranksOfKeys(keys);
  for (let i = 0; i < newestId; i++) codes[i] = ranks[codes[i] as number] as number;
  return orderByRank(codes, count, newestId);
};

/** The part of an order that a view frozen at an older entry sees. */
export const cutOrder = (order: Order, length: number): Order => {
  if (order.rows.length === length) return order;
  const rows = new Uint32Array(length);
  let out = 0;
  let filled = 0;
  for (let i = 0; i < order.rows.length; i++) {
    const row = order.rows[i] as number;
    if (row < length) rows[out++] = row;
    if (i === order.filled - 1) filled = out;
  }
  return { rows, filled };
};

/** Adds the entries after an order's last one, by binary search: for a few thousand new entries at most. */
export const extendOrder = (
  db: SqliteDatabase,
  column: TextColumn,
  order: Order,
  newestId: number,
  shouldStop: () => boolean,
): Order => {
  const known = order.rows.length;
  const text = db.prepare(`SELECT ${textColumns[column]} FROM entry WHERE id = ?`).pluck();
  const keyOf = (row: number): string | null => {
    const value = text.get(row + 1) as string | null;
    return value === null ? null : sortKey(value);
  };
  const filledTail: { row: number; key: string; place: number }[] = [];
  const emptyTail: number[] = [];
  for (let row = known; row < newestId; row++) {
    if ((row & 255) === 0) throwIfStopped(shouldStop);
    const key = keyOf(row);
    if (key === null) {
      emptyTail.push(row);
      continue;
    }
    let low = 0;
    let high = order.filled;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keyOf(order.rows[middle] as number) ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    filledTail.push({ row, key, place: low });
  }
  filledTail.sort((a, b) => a.place - b.place || compareKeys(a.key, b.key) || a.row - b.row);
  const rows = new Uint32Array(newestId);
  let out = 0;
  let taken = 0;
  for (const { row, place } of filledTail) {
    rows.set(order.rows.subarray(taken, place), out);
    out += place - taken;
    taken = place;
    rows[out++] = row;
  }
  rows.set(order.rows.subarray(taken), out);
  out += known - taken;
  rows.set(emptyTail, out);
  return { rows, filled: order.filled + filledTail.length };
};

const orderMagic = 0x44524f42; // «BORD»
const headerBytes = 32;
const orderEnding = 'ord';
const orderFolder = (folder: string, column: TextColumn): string => path.join(folder, 'order', column);

/** Keeps a text column's order as a file and drops the older ones. */
export const saveOrder = (db: SqliteDatabase, folder: string, column: TextColumn, order: Order): void => {
  const last = order.rows.length;
  const mark = eventIdAt(db, last);
  if (mark === null) return;
  const directory = orderFolder(folder, column);
  const body = new Uint8Array(order.rows.buffer, order.rows.byteOffset, order.rows.byteLength);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(orderMagic, 0);
  header.writeUInt32LE(crc32(body), 4);
  header.writeUInt32LE(order.filled, 8);
  mark.copy(header, 16);
  const file = indexFilePath(directory, 1, last, orderEnding);
  writeIndexFile(file, [header, body]);
  for (const other of listIndexFiles(directory, orderEnding)) if (other.path !== file) removeIndexFile(other.path);
};

/** The newest kept order of a text column, or null. A damaged or foreign file is as good as none. */
export const loadOrder = (db: SqliteDatabase, folder: string, column: TextColumn): Order | null => {
  const file = listIndexFiles(orderFolder(folder, column), orderEnding)[0];
  if (!file) return null;
  const mark = eventIdAt(db, file.last);
  const handle = openIndexFile(file);
  if (handle === null) return null;
  try {
    const header = Buffer.alloc(headerBytes);
    readSync(handle, header, 0, headerBytes, 0);
    if (
      header.readUInt32LE(0) !== orderMagic ||
      fstatSync(handle).size !== headerBytes + file.last * Uint32Array.BYTES_PER_ELEMENT ||
      mark === null ||
      mark.compare(header, 16, 32) !== 0
    ) {
      return null;
    }
    const rows = new Uint32Array(file.last);
    const body = new Uint8Array(rows.buffer);
    readSync(handle, body, 0, body.byteLength, headerBytes);
    return crc32(body) === header.readUInt32LE(4) ? { rows, filled: header.readUInt32LE(8) } : null;
  } finally {
    closeSync(handle);
  }
};

/** Forgets the kept order of a text column. */
export const removeOrder = (folder: string, column: TextColumn): void => {
  for (const file of listIndexFiles(orderFolder(folder, column), orderEnding)) removeIndexFile(file.path);
};

/** Entries that the kept order of a text column covers; 0 when there is none. */
export const keptOrderLength = (folder: string, column: TextColumn): number =>
  listIndexFiles(orderFolder(folder, column), orderEnding)[0]?.last ?? 0;

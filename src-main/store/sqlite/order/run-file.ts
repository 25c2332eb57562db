import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { SqliteDatabase } from '../database.ts';
import { eventIdAt, type IndexFile } from '../index-folder.ts';
import { columnNumber, keyOfCell, type OrderedColumn } from './ordered-columns.ts';

/**
 * A sorted run of some entries by one column, kept while their order is being built. Little-endian:
 *
 *     header (48 bytes): magic, sum of all that follows, entries with a value, bytes of keys, keys, column,
 *                        event id of the last entry (16 bytes), unused
 *     rows               u16 each, counted from the run's first entry, by (key, id)
 *     keys               for each distinct key, ascending: units shared with the key before (varint), twice the units
 *                        that follow plus one if they are two bytes each (varint), the units, how many rows (varint)
 */
export const runEnding = 'run';
const runMagic = 0x4e55524f; // «ORUN»
const headerBytes = 48;

/** Entries in a run at most: its rows are counted in 16 bits. */
export const mostRunRows = 65_536;

/** Units of key text after which a run is ended early, so that what it takes in memory stays bounded. */
const mostUnits = 1_000_000;

/** Gathers the values of a run's entries. */
export interface RunCollector {
  add(offset: number, cell: string | number): void;
  /** True when the run should end. */
  full(): boolean;
  /** The parts of the run's file. */
  finish(mark: Buffer): readonly Uint8Array[];
}

/** Bytes that a varint of these numbers takes at most. */
const mostVarint = 5;

const encodeKeys = (keys: readonly string[], counts: Uint32Array): Uint8Array => {
  let bytes = new Uint8Array(65_536);
  let at = 0;
  const varint = (value: number): void => {
    let rest = value;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
  };
  let previous = '';
  for (const [i, key] of keys.entries()) {
    const most = at + key.length * 2 + 3 * mostVarint;
    if (most > bytes.length) {
      const wider = new Uint8Array(most * 2);
      wider.set(bytes);
      bytes = wider;
    }
    const end = Math.min(key.length, previous.length);
    let shared = 0;
    while (shared < end && key.charCodeAt(shared) === previous.charCodeAt(shared)) shared += 1;
    let wide = 0;
    for (let u = shared; u < key.length; u++) if (key.charCodeAt(u) > 255) wide = 1;
    varint(shared);
    varint((key.length - shared) * 2 + wide);
    for (let u = shared; u < key.length; u++) {
      const unit = key.charCodeAt(u);
      bytes[at++] = unit & 255;
      if (wide) bytes[at++] = unit >>> 8;
    }
    varint(counts[i] as number);
    previous = key;
  }
  return bytes.subarray(0, at);
};

export const createRunCollector = (column: OrderedColumn): RunCollector => {
  const keyOf = keyOfCell(column);
  // Most values come again, and folding one costs more than looking it up.
  const codeOfCell = new Map<string | number, number>();
  const codeOfKey = new Map<string, number>();
  /** Code + 1 of each entry; 0 is «no value». */
  const codes = new Uint32Array(mostRunRows);
  let entries = 0;
  let units = 0;
  let lastCell: string | number | null = null;
  let lastCode = 0;

  const codeOf = (cell: string | number): number => {
    const known = codeOfCell.get(cell);
    if (known !== undefined) return known;
    const key = keyOf(cell);
    let code = codeOfKey.get(key);
    if (code === undefined) {
      code = codeOfKey.size;
      codeOfKey.set(key, code);
    }
    codeOfCell.set(cell, code);
    units += key.length + (typeof cell === 'string' ? cell.length : 0);
    return code;
  };

  return {
    add: (offset, cell) => {
      if (cell !== lastCell) {
        lastCode = codeOf(cell);
        lastCell = cell;
      }
      codes[offset] = lastCode + 1;
      entries += 1;
    },
    full: () => units >= mostUnits,
    finish: (mark) => {
      const keys = [...codeOfKey.keys()].sort();
      const ranks = new Uint32Array(keys.length);
      for (const [rank, key] of keys.entries()) ranks[codeOfKey.get(key) as number] = rank;
      const counts = new Uint32Array(keys.length);
      for (const code of codes) {
        if (code === 0) continue;
        const rank = ranks[code - 1] as number;
        counts[rank] = (counts[rank] as number) + 1;
      }
      const places = new Uint32Array(keys.length);
      let place = 0;
      for (const [rank, count] of counts.entries()) {
        places[rank] = place;
        place += count;
      }
      const rows = new Uint16Array(entries);
      for (let offset = 0; offset < mostRunRows; offset++) {
        const code = codes[offset] as number;
        if (code === 0) continue;
        const rank = ranks[code - 1] as number;
        const at = places[rank] as number;
        rows[at] = offset;
        places[rank] = at + 1;
      }
      const rowBytes = new Uint8Array(rows.buffer);
      const keyBytes = encodeKeys(keys, counts);
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32LE(runMagic, 0);
      header.writeUInt32LE(entries, 8);
      header.writeUInt32LE(keyBytes.byteLength, 12);
      header.writeUInt32LE(keys.length, 16);
      header.writeUInt32LE(columnNumber(column), 20);
      mark.copy(header, 24);
      header.writeUInt32LE(crc32(keyBytes, crc32(rowBytes, crc32(header.subarray(8)))), 4);
      return [header, rowBytes, keyBytes];
    },
  };
};

/** Writes a run as it is: torn by a crash it is noticed by its sum, and made again. */
export const writeRun = (file: string, parts: readonly Uint8Array[]): void => {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, 'w', 0o600);
  try {
    for (const part of parts) {
      for (let done = 0; done < part.byteLength; ) done += writeSync(handle, part, done);
    }
  } finally {
    closeSync(handle);
  }
};

const keyWindow = 16_384;
/** More than any key with its lengths takes: 160 characters are 480 units at most, of two bytes. */
const mostKeyBytes = 4096;
const rowWindow = 4096;

/** Reads a run from its first key to its last. */
export interface RunCursor {
  /** First row of the run. */
  readonly base: number;
  /** Entries of the run, with a value or without. */
  readonly length: number;
  /** Entries with a value. */
  readonly filled: number;
  /** The key that it stands at. */
  readonly key: string;
  /** Rows of that key. */
  readonly count: number;
  /** Goes to the next key; false after the last one. All rows of the key before must have been taken. */
  next(): boolean;
  /** The next row of the key, counted from `base`. */
  takeRow(): number;
  /** The rows without a value, counted from `base`. */
  empties(): Uint16Array;
  close(): void;
}

/** Opens a run and checks it whole; null when it is gone, damaged, or of another ledger. */
export const openRun = (db: SqliteDatabase, file: IndexFile, column: OrderedColumn): RunCursor | null => {
  let handle: number;
  try {
    handle = openSync(file.path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const header = Buffer.alloc(headerBytes);
  const mark = eventIdAt(db, file.last);
  const sound = (): boolean => {
    if (readSync(handle, header, 0, headerBytes, 0) !== headerBytes || header.readUInt32LE(0) !== runMagic)
      return false;
    if (header.readUInt32LE(20) !== columnNumber(column)) return false;
    if (mark === null || mark.compare(header, 24, 40) !== 0) return false;
    let sum = crc32(header.subarray(8));
    const part = Buffer.allocUnsafe(65_536);
    let position = headerBytes;
    for (;;) {
      const read = readSync(handle, part, 0, part.byteLength, position);
      if (read === 0) break;
      sum = crc32(part.subarray(0, read), sum);
      position += read;
    }
    return (
      sum === header.readUInt32LE(4) && position === headerBytes + header.readUInt32LE(8) * 2 + header.readUInt32LE(12)
    );
  };
  if (!sound()) {
    closeSync(handle);
    return null;
  }
  const length = file.last - file.first + 1;
  const filled = header.readUInt32LE(8);
  const keyBytes = header.readUInt32LE(12);
  const keysAt = headerBytes + filled * 2;
  let keysLeft = header.readUInt32LE(16);

  const window = Buffer.allocUnsafe(Math.min(keyWindow, keyBytes));
  let windowEnd = 0;
  let at = 0;
  let keysRead = 0;
  const refill = (): void => {
    window.copyWithin(0, at, windowEnd);
    windowEnd -= at;
    at = 0;
    const room = Math.min(window.length - windowEnd, keyBytes - keysRead);
    windowEnd += readSync(handle, window, windowEnd, room, keysAt + keysRead);
    keysRead += room;
  };
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = window[at++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };

  const rows = new Uint16Array(Math.min(rowWindow, filled));
  const rowBytes = new Uint8Array(rows.buffer);
  let rowsRead = 0;
  let rowAt = rows.length;

  let key = '';
  let count = 0;
  return {
    base: file.first - 1,
    length,
    filled,
    get key() {
      return key;
    },
    get count() {
      return count;
    },
    next: () => {
      if (keysLeft === 0) return false;
      keysLeft -= 1;
      if (windowEnd - at < mostKeyBytes && keysRead < keyBytes) refill();
      const shared = varint();
      const size = varint();
      const units = size >>> 1;
      const end = at + (size & 1 ? units * 2 : units);
      key = key.slice(0, shared) + window.toString(size & 1 ? 'utf16le' : 'latin1', at, end);
      at = end;
      count = varint();
      return true;
    },
    takeRow: () => {
      if (rowAt === rows.length) {
        const some = Math.min(rows.length, filled - rowsRead);
        readSync(handle, rowBytes, 0, some * 2, headerBytes + rowsRead * 2);
        rowsRead += some;
        rowAt = 0;
      }
      return rows[rowAt++] as number;
    },
    empties: () => {
      const has = new Uint8Array(length);
      const all = new Uint16Array(filled);
      readSync(handle, new Uint8Array(all.buffer), 0, all.byteLength, headerBytes);
      for (const row of all) has[row] = 1;
      const without = new Uint16Array(length - filled);
      let found = 0;
      for (let row = 0; row < length; row++) if (has[row] === 0) without[found++] = row;
      return without;
    },
    close: () => closeSync(handle),
  };
};

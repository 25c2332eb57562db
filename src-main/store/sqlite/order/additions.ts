import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { SqliteDatabase } from '../database.ts';
import { eventIdAt, type IndexFile, indexFilePath, openIndexFile, writeIndexFile } from '../index-folder.ts';
import type { OrderBase } from './order-file.ts';
import { columnNumber, type OrderedColumn } from './ordered-columns.ts';

/**
 * Entries that came after those of an order, with the place in it before which each stands: `rows[i]` stands before the
 * order's place `places[i]` and after all that have lower places. `empties` have no value and stand at the very end.
 */
export interface Additions {
  readonly places: Uint32Array;
  readonly rows: Uint32Array;
  readonly empties: Uint32Array;
}

const none = new Uint32Array(0);
export const noAdditions: Additions = { places: none, rows: none, empties: none };

/**
 * Additions as a file, named for the entries that they are. Little-endian: a header (48 bytes: magic, sum of all that
 * follows, entries of the order that they belong to, additions with a value, those without, column, event id of the last
 * entry), then the three arrays.
 */
export const additionsEnding = 'ins';
const additionsMagic = 0x534e494f; // «OINS»
const headerBytes = 48;

const bytesOf = (array: Uint32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

export const saveAdditions = (
  db: SqliteDatabase,
  folder: string,
  column: OrderedColumn,
  base: OrderBase,
  through: number,
  additions: Additions,
): void => {
  const mark = eventIdAt(db, through);
  if (mark === null) throw new Error(`entry ${through} is gone`);
  const parts = [additions.places, additions.rows, additions.empties].map(bytesOf);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(additionsMagic, 0);
  header.writeUInt32LE(base.length, 8);
  header.writeUInt32LE(additions.rows.length, 12);
  header.writeUInt32LE(additions.empties.length, 16);
  header.writeUInt32LE(columnNumber(column), 20);
  mark.copy(header, 24);
  header.writeUInt32LE(
    parts.reduce((sum, part) => crc32(part, sum), crc32(header.subarray(8))),
    4,
  );
  writeIndexFile(indexFilePath(folder, base.length + 1, through, additionsEnding), [header, ...parts]);
};

/** The additions in a file; null when it is damaged, gone, or of another order or ledger. */
export const loadAdditions = (db: SqliteDatabase, file: IndexFile, column: OrderedColumn): Additions | null => {
  const handle = openIndexFile(file);
  if (handle === null) return null;
  try {
    const { size } = fstatSync(handle);
    const bytes = new Uint8Array(Math.max(size, headerBytes));
    if (readSync(handle, bytes, 0, bytes.byteLength, 0) !== size || size < headerBytes) return null;
    const header = Buffer.from(bytes.buffer, 0, headerBytes);
    const filled = header.readUInt32LE(12);
    const empty = header.readUInt32LE(16);
    const mark = eventIdAt(db, file.last);
    if (
      header.readUInt32LE(0) !== additionsMagic ||
      header.readUInt32LE(8) !== file.first - 1 ||
      filled + empty !== file.last - file.first + 1 ||
      size !== headerBytes + (2 * filled + empty) * Uint32Array.BYTES_PER_ELEMENT ||
      crc32(bytes.subarray(8)) !== header.readUInt32LE(4) ||
      header.readUInt32LE(20) !== columnNumber(column) ||
      mark === null ||
      mark.compare(header, 24, 40) !== 0
    ) {
      return null;
    }
    return {
      places: new Uint32Array(bytes.buffer, headerBytes, filled),
      rows: new Uint32Array(bytes.buffer, headerBytes + filled * 4, filled),
      empties: new Uint32Array(bytes.buffer, headerBytes + filled * 8, empty),
    };
  } finally {
    closeSync(handle);
  }
};

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import type { SqliteDatabase } from '../database.ts';
import { eventIdAt, type IndexFile, openIndexFile, writeIndexFile } from '../index-folder.ts';
import { columnNumber, type OrderedColumn } from './ordered-columns.ts';

/**
 * A kept order: which entry stands at which place. Little-endian:
 *
 *     header (64 bytes): magic, sum of header and block sums, entries, filled, event id of the last entry (16 bytes),
 *                        flags (1: the order is that of ids, and no rows follow), fences, bytes and sum of the fences,
 *                        column
 *     rows               u32 each, by place; the first `filled` have a value, ascending by (key, id), the rest by id
 *     block sums         crc32 of each `blockRows` rows
 *     fences             starts, ends, where each key ends (u32 each), the keys (UTF-16)
 *
 * Nothing is read at the opening but the header and the block sums; a block is checked when it is read.
 */
export const orderEnding = 'ord';
const orderMagic = 0x3252444f; // «ODR2»
const headerBytes = 64;
const rowBytes = Uint32Array.BYTES_PER_ELEMENT;

/** Rows that are read and checked at a time. */
export const blockRows = 65_536;

/** Bytes after which what was written goes to the disk, so that no single sync takes long. */
const syncEvery = 16 * blockRows * rowBytes;

/** A file that is not what it was when it was written. It is made again; meanwhile it is as good as none. */
export class DamagedOrder extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} is damaged`);
    this.path = path;
  }
}

/** Signposts in an order: the rows before place `ends[i]` have keys up to `keys[i]`, those from `starts[i]` on it or more. */
export interface Fences {
  readonly keys: readonly string[];
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}
export const noFences: Fences = { keys: [], starts: [], ends: [] };

/** The order of the entries 1 … length, as something to read places of. */
export interface OrderBase {
  readonly length: number;
  readonly filled: number;
  /** Each row stands at its own place. */
  readonly identity: boolean;
  /** The file that it is read from, if any. */
  readonly path: string | null;
  /** Copies the rows at the places [from, to) to `out`, from `at` on. Throws `DamagedOrder`. */
  copy(from: number, to: number, out: Uint32Array, at: number): void;
  /** Throws `DamagedOrder`. */
  fences(): Fences;
  /** Closes the file at once; otherwise that happens when nobody holds the order any more. */
  close(): void;
}

/** An order that is the order of ids, without a file. */
export const identityBase = (length: number, filled: number, fences: () => Fences = () => noFences): OrderBase => ({
  length,
  filled,
  identity: true,
  path: null,
  copy: (from, to, out, at) => {
    for (let place = from; place < to; place++) out[at + place - from] = place;
  },
  fences,
  close: () => undefined,
});

/** Blocks that a thread has read last, of all its orders together. */
export const createBlockCache = (most: number) => {
  const kept = new Map<string, Uint32Array>();
  return {
    get: (key: string, read: () => Uint32Array): Uint32Array => {
      const block = kept.get(key) ?? read();
      kept.delete(key);
      kept.set(key, block);
      if (kept.size > most) {
        const [oldest] = kept.keys();
        if (oldest !== undefined) kept.delete(oldest);
      }
      return block;
    },
  };
};
export type BlockCache = ReturnType<typeof createBlockCache>;

// An order is held by whoever lists by it, as long as that is; a file that nobody holds any more is closed here.
const unheld = new FinalizationRegistry<number>((handle) => closeSync(handle));

const readWhole = (handle: number, into: Uint8Array, position: number): boolean => {
  let done = 0;
  while (done < into.byteLength) {
    const read = readSync(handle, into, done, into.byteLength - done, position + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
};

const bytesOf = (array: Uint32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const parseFences = (bytes: Buffer, count: number): Fences => {
  const numbers = new Uint32Array(count * 3);
  bytesOf(numbers).set(bytes.subarray(0, numbers.byteLength));
  const keys: string[] = [];
  let start = numbers.byteLength;
  for (let i = 0; i < count; i++) {
    const end = numbers.byteLength + (numbers[2 * count + i] as number) * 2;
    keys.push(bytes.toString('utf16le', start, end));
    start = end;
  }
  return { keys, starts: numbers.subarray(0, count), ends: numbers.subarray(count, 2 * count) };
};

let opened = 0;

/** Opens a kept order; null when it is gone, damaged, or of another ledger. */
export const openOrderFile = (
  db: SqliteDatabase,
  file: IndexFile,
  column: OrderedColumn,
  cache: BlockCache,
): OrderBase | null => {
  const handle = openIndexFile(file);
  if (handle === null) return null;
  const length = file.last;
  const header = Buffer.alloc(headerBytes);
  const refuse = (): null => {
    closeSync(handle);
    return null;
  };
  if (!readWhole(handle, header, 0) || header.readUInt32LE(0) !== orderMagic || header.readUInt32LE(8) !== length) {
    return refuse();
  }
  const identity = header.readUInt32LE(32) === 1;
  const blocks = identity ? 0 : Math.ceil(length / blockRows);
  const sums = new Uint32Array(blocks);
  const sumsAt = headerBytes + (identity ? 0 : length * rowBytes);
  const fencesAt = sumsAt + sums.byteLength;
  const fenceBytes = header.readUInt32LE(40);
  const mark = eventIdAt(db, length);
  if (
    fstatSync(handle).size !== fencesAt + fenceBytes ||
    !readWhole(handle, bytesOf(sums), sumsAt) ||
    crc32(bytesOf(sums), crc32(header.subarray(8))) !== header.readUInt32LE(4) ||
    header.readUInt32LE(48) !== columnNumber(column) ||
    mark === null ||
    mark.compare(header, 16, 32) !== 0
  ) {
    return refuse();
  }
  const name = `${++opened}`;
  /** Blocks that were sound when they were first read: a listing may go over all of them again and again. */
  const checked = new Set<number>();
  const readBlock = (number: number, rows: Uint32Array): Uint32Array => {
    const bytes = bytesOf(rows);
    const whole = readWhole(handle, bytes, headerBytes + number * blockRows * rowBytes);
    if (!whole || !(checked.has(number) || crc32(bytes) === sums[number])) throw new DamagedOrder(file.path);
    checked.add(number);
    return rows;
  };
  const sizeOf = (number: number): number => Math.min(blockRows, length - number * blockRows);
  const token = {};
  let fences: Fences | null = null;
  const readFences = (): Fences => {
    const bytes = Buffer.allocUnsafe(fenceBytes);
    if (!readWhole(handle, bytes, fencesAt) || crc32(bytes) !== header.readUInt32LE(44)) {
      throw new DamagedOrder(file.path);
    }
    return parseFences(bytes, header.readUInt32LE(36));
  };
  const ids = identityBase(length, 0);
  const order: OrderBase = {
    length,
    filled: header.readUInt32LE(12),
    identity,
    path: file.path,
    copy: (from, to, out, at) => {
      if (identity) return ids.copy(from, to, out, at);
      for (let place = from; place < to; ) {
        const number = Math.floor(place / blockRows);
        const start = place - number * blockRows;
        const end = Math.min(sizeOf(number), to - number * blockRows);
        const into = out.subarray(at + place - from, at + place - from + end - start);
        // Whoever wants a whole block goes on to the next one.
        if (into.length === sizeOf(number)) readBlock(number, into);
        else {
          const block = cache.get(`${name} ${number}`, () => readBlock(number, new Uint32Array(sizeOf(number))));
          into.set(block.subarray(start, end));
        }
        place += end - start;
      }
    },
    fences: () => {
      fences ??= readFences();
      return fences;
    },
    close: () => {
      unheld.unregister(token);
      closeSync(handle);
    },
  };
  unheld.register(order, handle, token);
  return order;
};

interface OrderEnd {
  readonly column: OrderedColumn;
  readonly identity: boolean;
  readonly filled: number;
  /** Event id of the last entry. */
  readonly mark: Buffer;
  readonly sums: readonly number[];
  readonly fences: Fences;
}

/** What stands around the rows of an order of so many entries. */
const partsAround = (length: number, { column, identity, filled, mark, sums, fences }: OrderEnd) => {
  let total = 0;
  const keyEnds = fences.keys.map((key) => {
    total += key.length;
    return total;
  });
  const numbers = Uint32Array.from([...Array.from(fences.starts), ...Array.from(fences.ends), ...keyEnds]);
  const fenceBytes = Buffer.concat([bytesOf(numbers), Buffer.from(fences.keys.join(''), 'utf16le')]);
  const sumBytes = bytesOf(Uint32Array.from(sums));
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(orderMagic, 0);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(filled, 12);
  mark.copy(header, 16);
  header.writeUInt32LE(identity ? 1 : 0, 32);
  header.writeUInt32LE(fences.keys.length, 36);
  header.writeUInt32LE(fenceBytes.byteLength, 40);
  header.writeUInt32LE(crc32(fenceBytes), 44);
  header.writeUInt32LE(columnNumber(column), 48);
  header.writeUInt32LE(crc32(sumBytes, crc32(header.subarray(8))), 4);
  return { header, sumBytes, fenceBytes };
};

/** Keeps an order that is the order of ids: a header and its fences. */
export const writeIdentityOrder = (file: string, column: OrderedColumn, order: OrderBase, mark: Buffer): void => {
  const { length, filled } = order;
  const parts = partsAround(length, { column, identity: true, filled, mark, sums: [], fences: order.fences() });
  writeIndexFile(file, [parts.header, parts.fenceBytes]);
};

/** Writes a kept order, place by place, under a passing name; nothing is there until `finish`. */
export interface OrderWriter {
  /** Places written. */
  readonly place: number;
  put(row: number): void;
  putAll(rows: Uint32Array): void;
  fence(key: string, start: number, end: number): void;
  /** Puts the file in place. `mark`: event id of the last entry. */
  finish(filled: number, mark: Buffer): void;
  abort(): void;
}

export const createOrderWriter = (file: string, column: OrderedColumn): OrderWriter => {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}-${threadId}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  let block = new Uint32Array(blockRows);
  let inBlock = 0;
  let flushed = 0;
  let unsynced = 0;
  let identity = true;
  const sums: number[] = [];
  const keys: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];

  const write = (bytes: Uint8Array, position: number): void => {
    for (let done = 0; done < bytes.byteLength; ) {
      done += writeSync(handle, bytes, done, bytes.byteLength - done, position + done);
    }
    unsynced += bytes.byteLength;
    if (unsynced < syncEvery) return;
    fdatasyncSync(handle);
    unsynced = 0;
  };
  const writeBlock = (rows: Uint32Array, first: number): void => {
    sums.push(crc32(bytesOf(rows)));
    write(bytesOf(rows), headerBytes + first * rowBytes);
  };
  /** Rows that stand at their own place are only written once one doesn't. */
  const writeIdentity = (): void => {
    const rows = new Uint32Array(blockRows);
    for (let first = 0; first < flushed; first += blockRows) {
      for (let i = 0; i < blockRows; i++) rows[i] = first + i;
      writeBlock(rows, first);
    }
  };
  const flush = (): void => {
    const rows = block.subarray(0, inBlock);
    if (identity && !rows.every((row, i) => row === flushed + i)) {
      writeIdentity();
      identity = false;
    }
    if (!identity) writeBlock(rows, flushed);
    flushed += inBlock;
    inBlock = 0;
  };
  const close = (): void => {
    closeSync(handle);
    block = new Uint32Array(0);
  };

  return {
    get place() {
      return flushed + inBlock;
    },
    put: (row) => {
      block[inBlock++] = row;
      if (inBlock === blockRows) flush();
    },
    putAll: (rows) => {
      for (let done = 0; done < rows.length; ) {
        const part = rows.subarray(done, Math.min(rows.length, done + blockRows - inBlock));
        block.set(part, inBlock);
        inBlock += part.length;
        done += part.length;
        if (inBlock === blockRows) flush();
      }
    },
    fence: (key, start, end) => {
      keys.push(key);
      starts.push(start);
      ends.push(end);
    },
    finish: (filled, mark) => {
      if (inBlock > 0) flush();
      const fences = { keys, starts, ends };
      const { header, sumBytes, fenceBytes } = partsAround(flushed, { column, identity, filled, mark, sums, fences });
      const sumsAt = headerBytes + (identity ? 0 : flushed * rowBytes);
      write(sumBytes, sumsAt);
      write(fenceBytes, sumsAt + sumBytes.byteLength);
      write(header, 0);
      fdatasyncSync(handle);
      close();
      renameSync(temporary, file);
    },
    abort: () => {
      close();
      rmSync(temporary, { force: true });
    },
  };
};

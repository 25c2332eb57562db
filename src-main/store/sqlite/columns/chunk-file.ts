import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { firstPast } from '../first-past.ts';
import { type IndexFile, openIndexFile } from '../index-folder.ts';
import type { BuiltChunk } from './build-chunk.ts';
import { type ChunkColumn, type ChunkValues, chunkColumns, chunkRows, chunkWords } from './chunk.ts';
import { type CodeBits, codeBeginnings, createCodeBits, layOutCodeBits } from './code-bits.ts';
import { addCrossRow, crossPair, crossPairs, layOutCrosses } from './cross-counts.ts';

/**
 * A full chunk as a file, little-endian:
 *
 * header (256 bytes): magic, CRC-32 of the header's rest and the directory, bytes of the directory, records, earliest and
 * latest time (64-bit floats), in order (0 or 1), how many hashes are of several records, event id of the last entry; then
 * for each column: how many
 * values, bytes per code (1 or 2), where its codes begin, CRC-32 of the codes; then where the times and the records begin;
 * directory: for each block of 256 entries its first time; the CRC-32 of each block of times; for each block of 256
 * records the first hash; the CRC-32 of each block of records; the hashes that several records have, letter case aside,
 * ascending; for each column its values, and how many entries have each;
 * for each ordered pair of columns where its cross counts begin, or 0; for each column where the entries of its codes begin;
 * then the codes of each column, the cross counts (`cross-counts.ts`), the entries of each code (`code-bits.ts`), the times
 * (64-bit floats), and the records: entries that have one, by the hash of its identifier and
 * then by row, in blocks of 256 hashes (32 bits) followed by 256 rows (16 bits).
 */
const magic = 0x33_48_43_42; // «BCH3»
const headerBytes = 256;
const columnHeaderAt = 64;
const columnHeaderBytes = 16;
const offsetsAt = columnHeaderAt + chunkColumns.length * columnHeaderBytes;
export const blockRows = 256;
const blocks = chunkRows / blockRows;
const timeBlockBytes = blockRows * Float64Array.BYTES_PER_ELEMENT;
const recordBlockBytes = blockRows * (Uint32Array.BYTES_PER_ELEMENT + Uint16Array.BYTES_PER_ELEMENT);

/** Where the codes of a column are. */
export interface CodesPlace {
  readonly width: 1 | 2;
  readonly offset: number;
  readonly crc: number;
}

export interface ChunkDirectory {
  readonly mark: Buffer;
  readonly minTime: number;
  readonly maxTime: number;
  readonly inOrder: boolean;
  readonly records: number;
  readonly firstTimes: Float64Array;
  readonly timeCrcs: Uint32Array;
  readonly firstHashes: Uint32Array;
  readonly recordCrcs: Uint32Array;
  /** Hashes that several records have, ascending. */
  readonly mixedRecords: Uint32Array;
  readonly values: Readonly<Record<ChunkColumn, ChunkValues>>;
  readonly codes: Readonly<Record<ChunkColumn, CodesPlace>>;
  /** Where the cross counts of each pair of columns begin; 0 where there are none. */
  readonly crosses: Uint32Array;
  /** Where the entries of the codes of each column begin. */
  readonly bits: Uint32Array;
  readonly timesAt: number;
  readonly recordsAt: number;
}

const bytesOf = (array: Uint32Array | Uint16Array | Uint8Array | Float64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const padTo8 = (length: number): number => (8 - (length % 8)) % 8;

const sortedRecords = (chunk: BuiltChunk): { readonly hashes: Uint32Array; readonly rows: Uint16Array } => {
  // Hash and row together are below 2^48 and sort as one number.
  const keys = new Float64Array(chunkRows);
  let count = 0;
  for (let row = 0; row < chunkRows; row++) {
    const hash = chunk.recordHashes[row] as number;
    if (hash !== 0) keys[count++] = hash * chunkRows + row;
  }
  const sorted = keys.subarray(0, count).sort();
  const padded = Math.ceil(count / blockRows) * blockRows;
  const hashes = new Uint32Array(padded);
  const rows = new Uint16Array(padded);
  for (let i = 0; i < count; i++) {
    const key = sorted[i] as number;
    const row = key % chunkRows;
    rows[i] = row;
    hashes[i] = (key - row) / chunkRows;
  }
  return { hashes: hashes.subarray(0, padded), rows };
};

/** The parts of the file of a full chunk. `mark`: event id of its last entry; `mixedRecords`: hashes of several records. */
export const layOutChunk = (chunk: BuiltChunk, mark: Uint8Array, mixedRecords: Uint32Array): readonly Uint8Array[] => {
  if (chunk.rows !== chunkRows) throw new Error(`chunk ${chunk.number} is not full`);
  const times = chunk.times();
  const firstTimes = new Float64Array(blocks);
  const timeCrcs = new Uint32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    firstTimes[block] = times[block * blockRows] as number;
    timeCrcs[block] = crc32(bytesOf(times.subarray(block * blockRows, (block + 1) * blockRows)));
  }
  const { hashes, rows } = sortedRecords(chunk);
  const recordBlocks = hashes.length / blockRows;
  const records = new Uint8Array(recordBlocks * recordBlockBytes);
  const firstHashes = new Uint32Array(recordBlocks);
  const recordCrcs = new Uint32Array(recordBlocks);
  for (let block = 0; block < recordBlocks; block++) {
    const from = block * blockRows;
    const at = block * recordBlockBytes;
    firstHashes[block] = hashes[from] as number;
    records.set(bytesOf(hashes.subarray(from, from + blockRows)), at);
    records.set(bytesOf(rows.subarray(from, from + blockRows)), at + blockRows * Uint32Array.BYTES_PER_ELEMENT);
    recordCrcs[block] = crc32(records.subarray(at, at + recordBlockBytes));
  }
  const values = chunkColumns.map((name) => chunk.values(name));
  const directory = Buffer.concat([
    bytesOf(firstTimes),
    bytesOf(timeCrcs),
    bytesOf(firstHashes),
    bytesOf(recordCrcs),
    bytesOf(mixedRecords),
    ...values.flatMap((found) => [bytesOf(found.values), bytesOf(found.counts)]),
    new Uint8Array((crossPairs + chunkColumns.length) * Uint32Array.BYTES_PER_ELEMENT),
  ]);

  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(directory.length, 8);
  header.writeUInt32LE(
    chunk.recordHashes.reduce((count, hash) => count + (hash === 0 ? 0 : 1), 0),
    12,
  );
  header.writeDoubleLE(chunk.minTime, 16);
  header.writeDoubleLE(chunk.maxTime, 24);
  header.writeUInt32LE(chunk.inOrder ? 1 : 0, 32);
  header.writeUInt32LE(mixedRecords.length, 36);
  header.set(mark, 40);
  const parts: Uint8Array[] = [header, directory];
  let offset = headerBytes + directory.length;
  const place = (bytes: Uint8Array): number => {
    const gap = padTo8(offset);
    if (gap > 0) parts.push(new Uint8Array(gap));
    const at = offset + gap;
    parts.push(bytes);
    offset = at + bytes.byteLength;
    return at;
  };
  for (const [i, name] of chunkColumns.entries()) {
    const size = (values[i] as ChunkValues).values.length;
    const wide = chunk.codes(name);
    const codes = bytesOf(size <= 256 ? Uint8Array.from(wide) : Uint16Array.from(wide));
    const at = columnHeaderAt + i * columnHeaderBytes;
    header.writeUInt32LE(size, at);
    header.writeUInt32LE(size <= 256 ? 1 : 2, at + 4);
    header.writeUInt32LE(place(codes), at + 8);
    header.writeUInt32LE(crc32(codes), at + 12);
  }
  const crosses = layOutCrosses(
    chunkColumns.map((name, i) => ({ codes: chunk.codes(name), size: (values[i] as ChunkValues).values.length })),
  );
  const bitsAt = directory.length - chunkColumns.length * Uint32Array.BYTES_PER_ELEMENT;
  const crossesAt = bitsAt - crossPairs * Uint32Array.BYTES_PER_ELEMENT;
  for (const [pair, block] of crosses.entries()) {
    if (block !== null) directory.writeUInt32LE(place(block), crossesAt + pair * 4);
  }
  for (const [i, name] of chunkColumns.entries()) {
    const block = layOutCodeBits(i, chunk.codes(name), (values[i] as ChunkValues).counts);
    directory.writeUInt32LE(place(block), bitsAt + i * 4);
  }
  header.writeUInt32LE(place(bytesOf(times)), offsetsAt);
  header.writeUInt32LE(place(records), offsetsAt + 4);
  header.writeUInt32LE(crc32(directory, crc32(header.subarray(8))), 4);
  return parts;
};

const readExactly = (handle: number, bytes: number, at: number): Buffer | null => {
  const buffer = Buffer.alloc(bytes);
  return readSync(handle, buffer, 0, bytes, at) === bytes ? buffer : null;
};

const parseDirectory = (header: Buffer, directory: Buffer): ChunkDirectory => {
  // A copy of its own begins at a multiple of eight.
  const { buffer } = Uint8Array.from(directory);
  let at = 0;
  const words = (count: number): Uint32Array => {
    const found = new Uint32Array(buffer, at, count);
    at += count * 4;
    return found;
  };
  const records = header.readUInt32LE(12);
  const recordBlocks = Math.ceil(records / blockRows);
  const firstTimes = new Float64Array(buffer, 0, blocks);
  at = firstTimes.byteLength;
  const timeCrcs = words(blocks);
  const firstHashes = words(recordBlocks);
  const recordCrcs = words(recordBlocks);
  const mixedRecords = words(header.readUInt32LE(36));
  const values: Partial<Record<ChunkColumn, ChunkValues>> = {};
  const codes: Partial<Record<ChunkColumn, CodesPlace>> = {};
  for (const [i, name] of chunkColumns.entries()) {
    const headerAt = columnHeaderAt + i * columnHeaderBytes;
    const size = header.readUInt32LE(headerAt);
    values[name] = { values: words(size), counts: words(size) };
    codes[name] = {
      width: header.readUInt32LE(headerAt + 4) === 1 ? 1 : 2,
      offset: header.readUInt32LE(headerAt + 8),
      crc: header.readUInt32LE(headerAt + 12),
    };
  }
  return {
    mark: header.subarray(40, 56),
    minTime: header.readDoubleLE(16),
    maxTime: header.readDoubleLE(24),
    inOrder: header.readUInt32LE(32) === 1,
    records,
    firstTimes,
    timeCrcs,
    firstHashes,
    recordCrcs,
    mixedRecords,
    values: values as Record<ChunkColumn, ChunkValues>,
    codes: codes as Record<ChunkColumn, CodesPlace>,
    crosses: words(crossPairs),
    bits: words(chunkColumns.length),
    timesAt: header.readUInt32LE(offsetsAt),
    recordsAt: header.readUInt32LE(offsetsAt + 4),
  };
};

/** Runs `read` on a file that is open or opened for it; null when the file is gone. */
export type WithFile = <Found>(file: IndexFile, read: (handle: number) => Found | null) => Found | null;

/** Opens and closes the file each time. */
export const withFile: WithFile = (file, read) => {
  const handle = openIndexFile(file);
  if (handle === null) return null;
  try {
    return read(handle);
  } finally {
    closeSync(handle);
  }
};

/** Keeps the files open that were read last. One that was replaced meanwhile still reads as what it was. */
export const keepFilesOpen = (most: number): { readonly withFile: WithFile; close(): void } => {
  const open = new Map<string, number>();
  const close = (name: string, handle: number): void => {
    open.delete(name);
    closeSync(handle);
  };
  return {
    withFile: (file, read) => {
      const handle = open.get(file.path) ?? openIndexFile(file);
      if (handle === null) return null;
      open.delete(file.path);
      open.set(file.path, handle);
      for (const [name, oldest] of open) {
        if (open.size <= most) break;
        close(name, oldest);
      }
      return read(handle);
    },
    close: () => {
      for (const [name, handle] of open) close(name, handle);
    },
  };
};

/** What a chunk file says of itself; null when it is gone, torn or damaged in its header or directory. */
export const readChunkDirectory = (file: IndexFile): ChunkDirectory | null =>
  withFile(file, (handle) => {
    const header = readExactly(handle, headerBytes, 0);
    if (header === null || header.readUInt32LE(0) !== magic) return null;
    const { size } = fstatSync(handle);
    const length = header.readUInt32LE(8);
    if (headerBytes + length > size) return null;
    const directory = readExactly(handle, length, headerBytes);
    if (directory === null || crc32(directory, crc32(header.subarray(8))) !== header.readUInt32LE(4)) return null;
    const found = parseDirectory(header, directory);
    const bytes = found.recordsAt + Math.ceil(found.records / blockRows) * recordBlockBytes;
    return size === bytes ? found : null;
  });

/** The codes of a column as bytes; null when they are damaged. */
export const readCodes = (file: IndexFile, place: CodesPlace): Buffer | null =>
  withFile(file, (handle) => {
    const codes = readExactly(handle, chunkRows * place.width, place.offset);
    return codes !== null && crc32(codes) === place.crc ? codes : null;
  });

/**
 * Adds to `into` how many entries whose code of `by` is among `places` have each code of `of`; false when the file does
 * not tell it or is damaged there.
 */
export const addCrossCounts = (
  within: WithFile,
  file: IndexFile,
  { crosses }: ChunkDirectory,
  by: ChunkColumn,
  places: readonly number[],
  of: ChunkColumn,
  into: Uint32Array,
): boolean => {
  const pair = crossPair(by, of);
  const at = crosses[pair] as number;
  if (at === 0) return false;
  return within(file, (handle) => places.every((place) => addCrossRow(handle, pair, at, place, into))) ?? false;
};

/** Sets the bits of the rows below `limit` that have a code, of the open file; false when it is damaged there. */
export const markCode = (
  bits: CodeBits,
  handle: number,
  directory: ChunkDirectory,
  [column, begins]: readonly [ChunkColumn, Uint32Array],
  code: number,
  limit: number,
  out: Uint32Array,
): boolean => {
  const number = chunkColumns.indexOf(column);
  const at = (directory.bits[number] as number) + (begins[code] as number);
  return bits.mark(handle, number, code, at, directory.values[column].counts[code] as number, limit, out);
};

/** True when all that a file tells of its codes is what it was. */
export const areCodesSound = (file: IndexFile, directory: ChunkDirectory): boolean => {
  const bits = createCodeBits();
  const out = new Uint32Array(chunkWords);
  return chunkColumns.every((by) => {
    const { counts } = directory.values[by];
    const begins = codeBeginnings(counts);
    const places = Array.from(counts, (_, place) => place);
    const marked = withFile(file, (handle) =>
      places.every((place) => markCode(bits, handle, directory, [by, begins], place, chunkRows, out)),
    );
    return (
      marked === true &&
      readCodes(file, directory.codes[by]) !== null &&
      chunkColumns.every((of) => {
        const into = new Uint32Array(directory.values[of].values.length);
        return (
          directory.crosses[crossPair(by, of)] === 0 || addCrossCounts(withFile, file, directory, by, places, of, into)
        );
      })
    );
  });
};

/** All times; null when one block is damaged. */
export const readTimes = (file: IndexFile, directory: ChunkDirectory): Float64Array | null =>
  withFile(file, (handle) => {
    const times = new Float64Array(chunkRows);
    const bytes = bytesOf(times);
    if (readSync(handle, bytes, 0, bytes.byteLength, directory.timesAt) !== bytes.byteLength) return null;
    for (let block = 0; block < blocks; block++) {
      const part = bytes.subarray(block * timeBlockBytes, (block + 1) * timeBlockBytes);
      if (crc32(part) !== directory.timeCrcs[block]) return null;
    }
    return times;
  });

/** One block of times; null when it is damaged. */
export const readTimeBlock = (file: IndexFile, directory: ChunkDirectory, block: number): Float64Array | null =>
  withFile(file, (handle) => {
    const times = new Float64Array(blockRows);
    const bytes = bytesOf(times);
    const read = readSync(handle, bytes, 0, timeBlockBytes, directory.timesAt + block * timeBlockBytes);
    return read === timeBlockBytes && crc32(bytes) === directory.timeCrcs[block] ? times : null;
  });

/** The rows of a chunk whose record has a hash, ascending; null when a block of records is damaged. */
export const readRecordRows = (file: IndexFile, directory: ChunkDirectory, hash: number): readonly number[] | null => {
  const { firstHashes, records } = directory;
  // Those that have it begin in the block before the first that begins with it or with a greater one.
  const from = Math.max(0, firstPast(0, firstHashes.length, (block) => (firstHashes[block] as number) >= hash) - 1);
  if (from >= firstHashes.length || (firstHashes[from] as number) > hash) return [];
  return withFile(file, (handle) => {
    const found: number[] = [];
    for (let block = from; block < firstHashes.length && (firstHashes[block] as number) <= hash; block++) {
      const bytes = readExactly(handle, recordBlockBytes, directory.recordsAt + block * recordBlockBytes);
      if (bytes === null || crc32(bytes) !== directory.recordCrcs[block]) return null;
      const inBlock = Math.min(blockRows, records - block * blockRows);
      for (let i = 0; i < inBlock; i++) {
        if (bytes.readUInt32LE(i * 4) === hash) found.push(bytes.readUInt16LE(blockRows * 4 + i * 2));
      }
    }
    return found;
  });
};

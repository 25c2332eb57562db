import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type ChunkColumn, chunkColumns, chunkRows } from './chunk.ts';

/**
 * How often each value of one column occurs together with each of another in a full chunk, for every ordered pair of
 * columns, so that counting by a column under a filter on another looks at no entry. In a chunk file, for each pair a block:
 * where the rows of each of the first column's codes begin in it (u32 each, and the end), then these rows: a CRC-32, and for
 * each code of the second column that occurs with it the code and one less than how often (u16 each).
 */
const columns = chunkColumns.length;
/** Ordered pairs, those of a column with itself included and empty. */
export const crossPairs = columns * columns;
const sumBytes = Uint32Array.BYTES_PER_ELEMENT;
const cellBytes = 2 * Uint16Array.BYTES_PER_ELEMENT;
/** Two columns with more different pairs than that tell hardly more than their entries do, and are left out. */
const mostCells = chunkRows / 4;
/** Pairs of codes that are counted in one piece of memory, 4 MB of it. */
const mostCounters = 2 ** 20;

export const crossPair = (by: ChunkColumn, of: ChunkColumn): number =>
  chunkColumns.indexOf(by) * columns + chunkColumns.indexOf(of);

interface CodedColumn {
  readonly codes: ArrayLike<number>;
  /** Different codes. */
  readonly size: number;
}

const sumOf = (pair: number, code: number, cells: Uint8Array): number =>
  // The sum is of the place too: what a damaged beginning leads to is no row of this code.
  crc32(cells, crc32(Uint32Array.of(pair, code)));

/** The block of a pair from the counters of its codes, `stride` apart in the first and `step` in the second column. */
const layOutPair = (
  pair: number,
  counters: Uint32Array,
  [rows, stride]: readonly [number, number],
  [cells, step]: readonly [number, number],
): Uint8Array => {
  let total = 0;
  for (let i = 0; i < rows * cells; i++) if (counters[i] !== 0) total += 1;
  const head = (rows + 1) * Uint32Array.BYTES_PER_ELEMENT;
  const block = Buffer.alloc(head + rows * sumBytes + total * cellBytes);
  let at = head;
  for (let row = 0; row < rows; row++) {
    block.writeUInt32LE(at, row * 4);
    const begin = at;
    at += sumBytes;
    for (let cell = 0; cell < cells; cell++) {
      const count = counters[row * stride + cell * step] as number;
      if (count === 0) continue;
      block.writeUInt16LE(cell, at);
      block.writeUInt16LE(count - 1, at + 2);
      at += cellBytes;
    }
    block.writeUInt32LE(sumOf(pair, row, block.subarray(begin + sumBytes, at)), begin);
  }
  block.writeUInt32LE(at, rows * 4);
  return block;
};

/** The blocks of a full chunk by pair; null where there is none. */
export const layOutCrosses = (coded: readonly CodedColumn[]): readonly (Uint8Array | null)[] => {
  const blocks = new Array<Uint8Array | null>(crossPairs).fill(null);
  for (let a = 0; a < columns; a++) {
    for (let b = a + 1; b < columns; b++) {
      const first = coded[a] as CodedColumn;
      const second = coded[b] as CodedColumn;
      if (first.size * second.size > mostCounters) continue;
      const counters = new Uint32Array(first.size * second.size);
      let cells = 0;
      for (let row = 0; row < chunkRows; row++) {
        const cell = (first.codes[row] as number) * second.size + (second.codes[row] as number);
        if (counters[cell] === 0) cells += 1;
        counters[cell] = (counters[cell] as number) + 1;
      }
      if (cells > mostCells) continue;
      const there = a * columns + b;
      const back = b * columns + a;
      blocks[there] = layOutPair(there, counters, [first.size, second.size], [second.size, 1]);
      blocks[back] = layOutPair(back, counters, [second.size, 1], [first.size, second.size]);
    }
  }
  return blocks;
};

/**
 * Adds to `into` how many entries with the code `code` of a pair's first column have each code of its second; false when
 * the row is damaged. `at`: where the block begins in the open file.
 */
export const addCrossRow = (handle: number, pair: number, at: number, code: number, into: Uint32Array): boolean => {
  const bounds = new Uint32Array(2);
  const bytes = new Uint8Array(bounds.buffer);
  if (readSync(handle, bytes, 0, bytes.length, at + code * 4) !== bytes.length) return false;
  const [begin = 0, end = 0] = bounds;
  const length = end - begin;
  if (length < sumBytes || length > sumBytes + mostCells * cellBytes) return false;
  const row = Buffer.allocUnsafe(length);
  if (readSync(handle, row, 0, length, at + begin) !== length) return false;
  if (sumOf(pair, code, row.subarray(sumBytes)) !== row.readUInt32LE(0)) return false;
  for (let place = sumBytes; place < length; place += cellBytes) {
    const cell = row.readUInt16LE(place);
    into[cell] = (into[cell] as number) + row.readUInt16LE(place + 2) + 1;
  }
  return true;
};

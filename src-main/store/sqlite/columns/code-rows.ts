import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { chunkRows } from './chunk.ts';

/**
 * Which entries of a full chunk have a code, for the codes that few have, so that a filter on one of them looks at these
 * entries only. In a chunk file, for each column a block: where the rows of each of its codes begin in it (u32 each, and the
 * end), then for each code a CRC-32 and its rows, ascending (u16 each); for a code that many have, nothing.
 */
export const mostListed = chunkRows / 16;

const sumBytes = Uint32Array.BYTES_PER_ELEMENT;
const rowBytes = Uint16Array.BYTES_PER_ELEMENT;

const sumOf = (column: number, code: number, rows: Uint8Array): number =>
  // The sum is of the place too: what a damaged beginning leads to is no list of this code.
  crc32(rows, crc32(Uint32Array.of(column, code)));

/** The block of a column. `counts`: entries of the chunk that have each code. */
export const layOutCodeRows = (column: number, codes: ArrayLike<number>, counts: Uint32Array): Uint8Array => {
  const begins = new Uint32Array(counts.length + 1);
  let at = begins.byteLength;
  for (let code = 0; code < counts.length; code++) {
    begins[code] = at;
    const count = counts[code] as number;
    if (count <= mostListed) at += sumBytes + count * rowBytes;
  }
  begins[counts.length] = at;
  const block = Buffer.alloc(at);
  const next = Uint32Array.from(begins, (begin) => begin + sumBytes);
  for (let row = 0; row < chunkRows; row++) {
    const code = codes[row] as number;
    if ((counts[code] as number) > mostListed) continue;
    block.writeUInt16LE(row, next[code] as number);
    next[code] = (next[code] as number) + rowBytes;
  }
  for (let code = 0; code < counts.length; code++) {
    const begin = begins[code] as number;
    block.writeUInt32LE(begin, code * 4);
    if (next[code] === begins[code + 1]) {
      block.writeUInt32LE(sumOf(column, code, block.subarray(begin + sumBytes, next[code])), begin);
    }
  }
  block.writeUInt32LE(at, counts.length * 4);
  return block;
};

/** The rows of a code that `count` entries have, of the block at `at` of an open file; null when they are damaged. */
export const readCodeRows = (
  handle: number,
  column: number,
  at: number,
  code: number,
  count: number,
): Uint16Array | null => {
  const begin = new Uint32Array(1);
  if (readSync(handle, new Uint8Array(begin.buffer), 0, 4, at + code * 4) !== 4) return null;
  const bytes = new Uint8Array(sumBytes + count * rowBytes);
  if (readSync(handle, bytes, 0, bytes.length, at + (begin[0] as number)) !== bytes.length) return null;
  const sum = new DataView(bytes.buffer).getUint32(0, true);
  if (sumOf(column, code, bytes.subarray(sumBytes)) !== sum) return null;
  return new Uint16Array(bytes.buffer, sumBytes, count);
};

import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { chunkRows, chunkWords } from './chunk.ts';

/**
 * Which entries of a full chunk have a code, so that a filter on one looks at no other entry. In a chunk file, for each
 * column a block: for each of its codes a CRC-32 and then, if few have it, their rows, ascending (u16 each), otherwise a bitmap
 * over the chunk.
 */
const sumBytes = Uint32Array.BYTES_PER_ELEMENT;
const rowBytes = Uint16Array.BYTES_PER_ELEMENT;
const bitmapBytes = chunkWords * Uint32Array.BYTES_PER_ELEMENT;

const isListed = (count: number): boolean => count * rowBytes < bitmapBytes;

/** Where each code begins in the block of its column, and where the block ends. `counts`: entries that have each code. */
export const codeBeginnings = (counts: Uint32Array): Uint32Array => {
  const begins = new Uint32Array(counts.length + 1);
  for (const [code, count] of counts.entries()) {
    begins[code + 1] = (begins[code] as number) + sumBytes + Math.min(count * rowBytes, bitmapBytes);
  }
  return begins;
};

const sumOf = (column: number, code: number, rows: Uint8Array): number =>
  // The sum is of the place too: what a wrong beginning leads to is not this code.
  crc32(rows, crc32(Uint32Array.of(column, code)));

/** The block of a column. */
export const layOutCodeBits = (column: number, codes: ArrayLike<number>, counts: Uint32Array): Uint8Array => {
  const begins = codeBeginnings(counts);
  const block = Buffer.alloc(begins[counts.length] as number);
  const next = Uint32Array.from(begins, (begin) => begin + sumBytes);
  for (let row = 0; row < chunkRows; row++) {
    const code = codes[row] as number;
    const at = next[code] as number;
    if (isListed(counts[code] as number)) {
      block.writeUInt16LE(row, at);
      next[code] = at + rowBytes;
    } else {
      const byte = at + (row >>> 3);
      block[byte] = (block[byte] as number) | (1 << (row & 7));
    }
  }
  for (let code = 0; code < counts.length; code++) {
    const begin = begins[code] as number;
    block.writeUInt32LE(sumOf(column, code, block.subarray(begin + sumBytes, begins[code + 1])), begin);
  }
  return block;
};

/** One thread's reader of such blocks. */
export const createCodeBits = () => {
  const bytes = new Uint8Array(sumBytes + bitmapBytes);
  const sum = new DataView(bytes.buffer);
  return {
    /**
     * Sets in `out` the bits of the rows below `limit` that have a code; false when the file is damaged there. `at`: where
     * the code begins in the open file; `count`: how many entries of the chunk have it.
     */
    mark: (
      handle: number,
      column: number,
      code: number,
      at: number,
      count: number,
      limit: number,
      out: Uint32Array,
    ): boolean => {
      const length = sumBytes + Math.min(count * rowBytes, bitmapBytes);
      const read = bytes.subarray(0, length);
      if (readSync(handle, read, 0, length, at) !== length) return false;
      if (sumOf(column, code, read.subarray(sumBytes)) !== sum.getUint32(0, true)) return false;
      if (isListed(count)) {
        const rows = new Uint16Array(bytes.buffer, sumBytes, count);
        for (let i = 0; i < count && (rows[i] as number) < limit; i++) {
          const row = rows[i] as number;
          out[row >>> 5] = (out[row >>> 5] as number) | (1 << (row & 31));
        }
        return true;
      }
      const words = new Uint32Array(bytes.buffer, sumBytes, chunkWords);
      const whole = limit >>> 5;
      for (let w = 0; w < whole; w++) out[w] = (out[w] as number) | (words[w] as number);
      if ((limit & 31) !== 0) {
        out[whole] = (out[whole] as number) | ((words[whole] as number) & (2 ** (limit & 31) - 1));
      }
      return true;
    },
  };
};
export type CodeBits = ReturnType<typeof createCodeBits>;

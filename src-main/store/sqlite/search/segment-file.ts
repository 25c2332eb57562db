import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type IndexFile, openIndexFile } from '../index-folder.ts';
import { segmentHeaderBytes, segmentMagic } from './segment-builder.ts';

/** One segment of the search index, open for reading. */
export interface Segment {
  /** First entry, and how many. */
  readonly first: number;
  readonly rows: number;
  /** Tells the file from another one that took its name since. */
  readonly inode: bigint;
  /** Event id of its last entry. */
  readonly mark: Buffer;
  /** Postings of each term in `terms`. */
  readonly terms: Uint32Array;
  readonly counts: Uint32Array;
  /** Place of a term, or -1. */
  find(term: number): number;
  /** Sets the bits of a term's entries in `words` (bit 0 is the segment's first entry). */
  setBits(place: number, words: Uint32Array): void;
  close(): void;
}

const lowerBound = (sorted: Uint32Array, value: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The places of the terms between two bounds, both included: `[from, to)`. */
export const placesBetween = (segment: Segment, low: number, high: number): readonly [number, number] => [
  lowerBound(segment.terms, low),
  high === 0xffffffff ? segment.terms.length : lowerBound(segment.terms, high + 1),
];

/**
 * Opens a segment file; null when it is torn, damaged (`verify` reads it whole and checks its sum), not what its name
 * says, or gone: short ones are replaced at any time.
 */
export const openSegment = (file: IndexFile, verify: boolean): Segment | null => {
  const handle = openIndexFile(file);
  if (handle === null) return null;
  const header = Buffer.alloc(segmentHeaderBytes);
  const stat = fstatSync(handle, { bigint: true });
  const size = Number(stat.size);
  const headerRead = readSync(handle, header, 0, segmentHeaderBytes, 0);
  const termCount = headerRead === segmentHeaderBytes ? header.readUInt32LE(16) : 0;
  const directoryBytes = termCount * 12;
  const first = header.readUInt32LE(8);
  const rows = header.readUInt32LE(12);
  if (
    headerRead !== segmentHeaderBytes ||
    header.readUInt32LE(0) !== segmentMagic ||
    first !== file.first ||
    first + rows - 1 !== file.last ||
    size < segmentHeaderBytes + directoryBytes
  ) {
    closeSync(handle);
    return null;
  }
  const directory = new Uint32Array(termCount * 3);
  readSync(handle, new Uint8Array(directory.buffer), 0, directoryBytes, segmentHeaderBytes);
  const terms = directory.subarray(0, termCount);
  const counts = directory.subarray(termCount, termCount * 2);
  const ends = directory.subarray(termCount * 2);
  const base = segmentHeaderBytes + directoryBytes;
  if (size !== base + (termCount > 0 ? (ends[termCount - 1] as number) : 0)) {
    closeSync(handle);
    return null;
  }
  if (verify) {
    const whole = Buffer.alloc(size - segmentHeaderBytes);
    readSync(handle, whole, 0, whole.length, segmentHeaderBytes);
    if (crc32(whole) !== header.readUInt32LE(4)) {
      closeSync(handle);
      return null;
    }
  }
  let scratch = Buffer.allocUnsafe(16_384);

  return {
    first,
    rows,
    terms,
    counts,
    find: (term) => {
      const place = lowerBound(terms, term);
      return terms[place] === term ? place : -1;
    },
    inode: stat.ino,
    mark: header.subarray(32, 48),
    setBits: (place, words) => {
      const start = place === 0 ? 0 : (ends[place - 1] as number);
      const length = (ends[place] as number) - start;
      if (scratch.length < length) scratch = Buffer.allocUnsafe(length * 2);
      readSync(handle, scratch, 0, length, base + start);
      if ((counts[place] as number) * 8 > rows) {
        for (let i = 0; i < length; i++) {
          const word = i >>> 2;
          words[word] = (words[word] as number) | ((scratch[i] as number) << ((i & 3) * 8));
        }
        return;
      }
      let offset = -1;
      for (let i = 0; i < length; ) {
        let gap = 0;
        let shift = 0;
        let byte: number;
        do {
          byte = scratch[i++] as number;
          gap |= (byte & 127) << shift;
          shift += 7;
        } while (byte >= 128);
        offset += gap + 1;
        const word = offset >>> 5;
        words[word] = (words[word] as number) | (1 << (offset & 31));
      }
    },
    close: () => closeSync(handle),
  };
};

import { crc32 } from 'node:zlib';
import type { TimeRange } from './date-texts.ts';
import { blockNumbers, type TextBlock } from './text-blocks.ts';

/**
 * A segment file, everything little-endian:
 *
 * - header (96 bytes): magic, CRC-32 of the rest of the head, CRC-32 of the body; then 32 bits each: first entry,
 *   entries, terms, texts, bytes of the terms' sets, bytes of the texts' sets, text blocks, bytes of the times, bits (1:
 *   times have microseconds, 2: they are plain); at 48 the earliest and the latest time (microseconds, 64-bit floats); at 64 the event id of
 *   the last entry; at 80 the bytes of the longer pieces (32 bits);
 * - fences: every 64th term; then five numbers for each text block (see `TextBlock`). Here the head ends;
 * - for each term, ascending: the term, at most how many entries have it, the end of its set;
 * - the terms' sets: the texts that have the term;
 * - for each text the end of its set; the texts' sets: the entries that have the text;
 * - the entries' times: zigzag varints of the difference to the one before, in milliseconds or microseconds; or plain
 *   64-bit floats, in microseconds, where a difference might have more than 53 bits;
 * - the text blocks;
 * - which longer pieces the texts have (`grams.ts`), a bitmap; its seed is the number of the first entry.
 */
export interface SegmentHead {
  readonly first: number;
  readonly rows: number;
  readonly terms: number;
  readonly texts: number;
  readonly termSetBytes: number;
  readonly textSetBytes: number;
  readonly timeBytes: number;
  readonly gramBytes: number;
  readonly times: TimeRange;
  readonly plainTimes: boolean;
  /** Event id of its last entry. */
  readonly mark: Uint8Array;
  readonly bodySum: number;
  readonly fences: Uint32Array;
  readonly blocks: readonly TextBlock[];
}

const magic = 0x34475342; // «BSG4»
export const headerBytes = 96;
/** Terms from one fence to the next: they are read together. */
export const fenceTerms = 64;
export const termNumbers = 3;

const fencesOf = (terms: number): number => Math.ceil(terms / fenceTerms);

export const encodeHead = (head: SegmentHead): Buffer => {
  const numbers = new Uint32Array(head.fences.length + head.blocks.length * blockNumbers);
  numbers.set(head.fences);
  for (const [i, block] of head.blocks.entries()) {
    const { texts, strippedPacked, strippedBytes, accentedPacked, accentedBytes } = block;
    numbers.set(
      [texts, strippedPacked, strippedBytes, accentedPacked, accentedBytes],
      head.fences.length + i * blockNumbers,
    );
  }
  const bytes = Buffer.alloc(headerBytes + numbers.byteLength);
  const header = [
    ...[magic, 0, head.bodySum, head.first, head.rows, head.terms, head.texts, head.termSetBytes, head.textSetBytes],
    ...[head.blocks.length, head.timeBytes, (head.times.micros ? 1 : 0) | (head.plainTimes ? 2 : 0)],
  ];
  for (const [i, value] of header.entries()) bytes.writeUInt32LE(value, i * 4);
  bytes.writeDoubleLE(head.times.min, 48);
  bytes.writeDoubleLE(head.times.max, 56);
  bytes.set(head.mark, 64);
  bytes.writeUInt32LE(head.gramBytes, 80);
  bytes.set(new Uint8Array(numbers.buffer), headerBytes);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
};

/** Bytes of the head by its first bytes; null when they do not begin one. */
export const headBytes = (bytes: Buffer): number | null =>
  bytes.length < headerBytes || bytes.readUInt32LE(0) !== magic
    ? null
    : headerBytes + (fencesOf(bytes.readUInt32LE(20)) + bytes.readUInt32LE(36) * blockNumbers) * 4;

/** The head in `bytes`, which hold all of it and nothing else; null when it is damaged. */
export const decodeHead = (bytes: Buffer): SegmentHead | null => {
  if (headBytes(bytes) !== bytes.length || crc32(bytes.subarray(8)) !== bytes.readUInt32LE(4)) return null;
  const number = (place: number): number => bytes.readUInt32LE(place * 4);
  const numbers = new Uint32Array((bytes.length - headerBytes) / 4);
  new Uint8Array(numbers.buffer).set(bytes.subarray(headerBytes));
  const fences = numbers.slice(0, fencesOf(number(5)));
  const blocks: TextBlock[] = [];
  for (let at = fences.length; at < numbers.length; at += blockNumbers) {
    const [texts = 0, strippedPacked = 0, strippedBytes = 0, accentedPacked = 0, accentedBytes = 0] =
      numbers.subarray(at);
    blocks.push({ texts, strippedPacked, strippedBytes, accentedPacked, accentedBytes });
  }
  return {
    bodySum: number(2),
    first: number(3),
    rows: number(4),
    terms: number(5),
    texts: number(6),
    termSetBytes: number(7),
    textSetBytes: number(8),
    timeBytes: number(10),
    gramBytes: number(20),
    times: { min: bytes.readDoubleLE(48), max: bytes.readDoubleLE(56), micros: (number(11) & 1) !== 0 },
    plainTimes: (number(11) & 2) !== 0,
    mark: Uint8Array.from(bytes.subarray(64, 80)),
    fences,
    blocks,
  };
};

import { closeSync, fstatSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type IndexFile, listIndexFiles, openIndexFile } from '../index-folder.ts';
import { mayBeInRange, type TimeRange } from './date-texts.ts';
import { DamagedSegment, type PositionReader, type Segment } from './segment-file.ts';

/**
 * How many entries have a term, for all full segments from the first on: counts in hashed buckets, so that each is an
 * upper bound. Beside them the time of each segment, since dates have no terms.
 *
 * The file (`frequencyEnding`), little-endian: header of 32 bytes (magic, CRC-32 of all that follows it, number of
 * segments, zero, event id of the last entry counted); the counts, 32 bits each; for each segment four 64-bit floats:
 * entries, earliest and latest time in microseconds, 1 when times have microseconds.
 */
export const frequencyEnding = 'freq';

const magic = 0x51524642; // «BFRQ»
const headerBytes = 32;
const termBits = 18;
const pairBits = 16;
const leadBits = 11;
const pairsStart = 1 << termBits;
const leadsStart = pairsStart + (1 << pairBits);
const buckets = leadsStart + (1 << leadBits);
const spanNumbers = 4;

const hashed = (value: number, bits: number): number => Math.imul(value, 0x9e3779b1) >>> (32 - bits);
const termBucket = (term: number): number => hashed(term, termBits);
/** What the first two characters, and the first one, leave of a term; see `packTerm`. */
const pairBucket = (term: number): number => pairsStart + hashed(term >>> 10, pairBits);
const leadBucket = (term: number): number => leadsStart + (term >>> 21);

interface SegmentSpan extends TimeRange {
  readonly rows: number;
}

export interface FrequencyTable {
  /** Entries 1 … through are counted. */
  readonly through: number;
  /** At most so many entries have the term. */
  ofTerm(term: number): number;
  /** At most so many entries have any term of a range that `termRange` made of one or two characters. */
  ofRange(low: number, characters: 1 | 2): number;
  /** At most so many entries have the needle in their date. */
  ofDate(needle: string): number;
  /** Adds the segment that follows. */
  add(segment: Segment): void;
  /** The file's parts. `mark`: event id of the last entry counted. */
  encode(mark: Uint8Array): readonly Uint8Array[];
}

const tableOf = (counts: Uint32Array, spans: SegmentSpan[]): FrequencyTable => {
  const sum = (bucket: number, rows: number): void => {
    counts[bucket] = Math.min((counts[bucket] as number) + rows, 0xffffffff);
  };
  let through = spans.reduce((rows, span) => rows + span.rows, 0);
  return {
    get through() {
      return through;
    },
    ofTerm: (term) => counts[termBucket(term)] as number,
    ofRange: (low, characters) => counts[characters === 1 ? leadBucket(low) : pairBucket(low)] as number,
    ofDate: (needle) => spans.reduce((rows, span) => rows + (mayBeInRange(needle, span) ? span.rows : 0), 0),
    add: (segment) => {
      let [pair, pairRows, lead, leadRows] = [0, 0, 0, 0];
      segment.eachTerm((term, rows) => {
        sum(termBucket(term), rows);
        if (term >>> 10 !== pair >>> 10) {
          sum(pairBucket(pair), Math.min(pairRows, segment.rows));
          pairRows = 0;
        }
        if (term >>> 21 !== lead >>> 21) {
          sum(leadBucket(lead), Math.min(leadRows, segment.rows));
          leadRows = 0;
        }
        pair = term;
        lead = term;
        pairRows += rows;
        leadRows += rows;
      });
      sum(pairBucket(pair), Math.min(pairRows, segment.rows));
      sum(leadBucket(lead), Math.min(leadRows, segment.rows));
      spans.push({ rows: segment.rows, ...segment.times });
      through += segment.rows;
    },
    encode: (mark) => {
      const numbers = new Float64Array(spans.length * spanNumbers);
      for (const [i, { rows, min, max, micros }] of spans.entries()) {
        numbers.set([rows, min, max, micros ? 1 : 0], i * spanNumbers);
      }
      const parts = [
        new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength),
        new Uint8Array(numbers.buffer),
      ];
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32LE(magic, 0);
      header.writeUInt32LE(spans.length, 8);
      header.set(mark, 16);
      header.writeUInt32LE(
        [header.subarray(8), ...parts].reduce((sum, part) => crc32(part, sum), 0),
        4,
      );
      return [header, ...parts];
    },
  };
};

export const emptyFrequencies = (): FrequencyTable => tableOf(new Uint32Array(buckets), []);

/** The tables of a search folder, the one that counts most first. */
export const listFrequencies = (searchFolder: string): readonly IndexFile[] =>
  [...listIndexFiles(searchFolder, frequencyEnding)].sort((a, b) => b.last - a.last);

/** The table in a file; null when it is damaged, foreign (`eventIdOf` has another id for its last entry) or gone. */
export const readFrequencies = (
  file: IndexFile,
  eventIdOf: (id: number) => Buffer | null,
  reader: PositionReader,
): FrequencyTable | null => {
  const handle = openIndexFile(file);
  if (handle === null) return null;
  try {
    const { size } = fstatSync(handle);
    const spanBytes = size - headerBytes - buckets * 4;
    if (spanBytes < 0 || spanBytes % (spanNumbers * 8) !== 0) return null;
    const header = Buffer.alloc(headerBytes);
    reader.into(handle, header, 0);
    const counts = new Uint32Array(buckets);
    reader.into(handle, new Uint8Array(counts.buffer), headerBytes);
    const numbers = new Float64Array(spanBytes / 8);
    reader.into(handle, new Uint8Array(numbers.buffer), headerBytes + buckets * 4);
    const parts = [header.subarray(8), new Uint8Array(counts.buffer), new Uint8Array(numbers.buffer)];
    const spans: SegmentSpan[] = [];
    for (let at = 0; at < numbers.length; at += spanNumbers) {
      const [rows = 0, min = 0, max = 0, micros = 0] = numbers.subarray(at);
      spans.push({ rows, min, max, micros: micros === 1 });
    }
    const table = tableOf(counts, spans);
    const sound =
      header.readUInt32LE(0) === magic &&
      header.readUInt32LE(8) === spans.length &&
      header.readUInt32LE(4) === parts.reduce((sum, part) => crc32(part, sum), 0) &&
      file.first === 1 &&
      table.through === file.last;
    return sound && eventIdOf(file.last)?.equals(header.subarray(16)) ? table : null;
  } catch (error) {
    if (error instanceof DamagedSegment) return null;
    throw error;
  } finally {
    closeSync(handle);
  }
};

import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { firstPast } from '../first-past.ts';
import { type IndexFile, openIndexFile } from '../index-folder.ts';
import { dateTest, mayBeInRange, type TimeRange } from './date-texts.ts';
import { hasGrams } from './grams.ts';
import { markSet } from './postings.ts';
import { decodeHead, fenceTerms, headBytes, headerBytes, type SegmentHead, termNumbers } from './segment-layout.ts';
import { keepTextsContaining } from './text-blocks.ts';

/** Terms whose sets are read together. */
const termsAtOnce = 16 * fenceTerms;

/** Where a segment has the texts of a term. */
export interface TermPlace {
  /** At most so many entries have it. */
  readonly rows: number;
  readonly start: number;
  readonly end: number;
}

/** Thrown where an open segment turns out to be damaged. */
export class DamagedSegment extends Error {}

/** One segment of the search index, open for reading. Texts and entries are numbered from 0 within it. */
export interface Segment {
  readonly first: number;
  readonly rows: number;
  readonly texts: number;
  readonly times: TimeRange;
  /** Tells the file from another one that took its name since. */
  readonly inode: bigint;
  /** Event id of its last entry. */
  readonly mark: Uint8Array;
  find(term: number): TermPlace | null;
  /** False when none of its texts has all of the longer pieces, as `gramsOf` makes them of a word. */
  mayHold(grams: readonly number[]): boolean;
  /** Sets the bits of the texts that have a term. */
  markTexts(place: TermPlace, texts: Uint32Array): void;
  /** Sets the bits of the texts that have any term from `low` to `high`, both included. */
  markTextsBetween(low: number, high: number, texts: Uint32Array): void;
  /** Sets the bits of the entries that have any of the texts. */
  markRows(texts: Uint32Array, rows: Uint32Array): void;
  /** Sets the bits of the entries whose date has the needle. */
  markDates(needle: string, rows: Uint32Array): void;
  /** Clears the bits of the texts that do not contain the needle; `between` is called from time to time. */
  keepContaining(texts: Uint32Array, needle: Buffer, ignoreAccents: boolean, between: () => void): void;
  /** Calls `visit` for every term, ascending, with at most how many entries have it. */
  eachTerm(visit: (term: number, rows: number) => void): void;
  close(): void;
}

/**
 * Reads from files at positions, for all segments of a thread. Counts, so that a test can see what an access path costs.
 */
export const createPositionReader = () => {
  let reads = 0;
  let scratch = Buffer.allocUnsafe(65_536);
  /** Throws `DamagedSegment` when the file ends before. */
  const into = (handle: number, bytes: Uint8Array, position: number): void => {
    for (let done = 0; done < bytes.length; ) {
      const got = readSync(handle, bytes, done, bytes.length - done, position + done);
      reads += 1;
      if (got === 0) throw new DamagedSegment();
      done += got;
    }
  };
  return {
    reads: (): number => reads,
    into,
    /** The bytes are valid until the next call. */
    bytes: (handle: number, position: number, length: number): Buffer => {
      if (scratch.length < length) scratch = Buffer.allocUnsafe(length * 2);
      const bytes = scratch.subarray(0, length);
      into(handle, bytes, position);
      return bytes;
    },
    /** Room for the records of terms, valid until the next use. */
    records: new Uint32Array((termsAtOnce + 1) * termNumbers),
  };
};
export type PositionReader = ReturnType<typeof createPositionReader>;

/** So much is read at once to get a head whole in most cases. */
const firstRead = 8192;
const verifyBytes = 1 << 20;
/** Up to so many texts their sets are read one by one; of more, all sets are read. */
const fewTexts = 12;

const readHead = (handle: number, size: number, reader: PositionReader): SegmentHead | null => {
  let bytes = Buffer.alloc(Math.min(firstRead, size));
  reader.into(handle, bytes, 0);
  const length = headBytes(bytes);
  if (length === null || length > size) return null;
  if (length > bytes.length) {
    bytes = Buffer.alloc(length);
    reader.into(handle, bytes, 0);
  }
  return decodeHead(bytes.subarray(0, length));
};

const bodySum = (handle: number, start: number, size: number, reader: PositionReader): number => {
  const piece = Buffer.allocUnsafe(Math.min(verifyBytes, size - start));
  let sum = 0;
  for (let at = start; at < size; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, size - at));
    reader.into(handle, part, at);
    sum = crc32(part, sum);
  }
  return sum;
};

const packedSize = (block: SegmentHead['blocks'][number]): number => block.strippedPacked + block.accentedPacked;

const lastFenceAtMost = (fences: Uint32Array, term: number): number =>
  firstPast(0, fences.length, (fence) => (fences[fence] as number) > term) - 1;

/**
 * Opens a segment file; null when it is torn, damaged (`verify` reads it whole and checks its sum), not what its name
 * says, or gone: short ones are replaced at any time. Only the head is read and kept.
 */
export const openSegment = (file: IndexFile, verify: boolean, reader: PositionReader): Segment | null => {
  const handle = openIndexFile(file);
  if (handle === null) return null;
  let opened: Segment | null = null;
  try {
    const stat = fstatSync(handle, { bigint: true });
    opened = readSegment(handle, Number(stat.size), stat.ino, file, verify, reader);
  } catch (error) {
    if (!(error instanceof DamagedSegment)) throw error;
  } finally {
    if (!opened) closeSync(handle);
  }
  return opened;
};

const readSegment = (
  handle: number,
  size: number,
  inode: bigint,
  file: IndexFile,
  verify: boolean,
  reader: PositionReader,
): Segment | null => {
  const head = readHead(handle, size, reader);
  if (!head || head.first !== file.first || head.first + head.rows - 1 !== file.last) return null;
  const { fences, blocks, rows, terms, texts } = head;
  const directory = headerBytes + fences.byteLength + blocks.length * 20;
  const termSets = directory + terms * termNumbers * 4;
  const textEnds = termSets + head.termSetBytes;
  const textSets = textEnds + texts * 4;
  const timesStart = textSets + head.textSetBytes;
  const blocksStart = timesStart + head.timeBytes;
  const gramsStart = blocks.reduce((sum, block) => sum + packedSize(block), blocksStart);
  if (size !== gramsStart + head.gramBytes) return null;
  if (verify && bodySum(handle, directory, size, reader) !== head.bodySum) return null;

  const bytesAt = (position: number, length: number): Buffer => {
    if (length < 0 || position + length > size) throw new DamagedSegment();
    return reader.bytes(handle, position, length);
  };
  const gramByteAt = (at: number): number => bytesAt(gramsStart + at, 1)[0] as number;
  const { records } = reader;
  /** Loads the records `from … to`, and before them the one that ends where they begin; returns how many were loaded. */
  const loadRecords = (from: number, to: number): Uint32Array => {
    const before = from === 0 ? 0 : 1;
    const loaded = records.subarray(0, (to - from + 1) * termNumbers);
    const view = new Uint8Array(records.buffer, (1 - before) * termNumbers * 4, (to - from + before) * termNumbers * 4);
    if (before === 0) loaded.fill(0, 0, termNumbers);
    reader.into(handle, view, directory + (from - before) * termNumbers * 4);
    return loaded;
  };
  const markEach = (loaded: Uint32Array, from: number, to: number, marked: Uint32Array): void => {
    const start = loaded[from * termNumbers - 1] as number;
    const sets = bytesAt(termSets + start, (loaded[to * termNumbers - 1] as number) - start);
    for (let i = from; i < to; i++) {
      const begin = (loaded[i * termNumbers - 1] as number) - start;
      markSet(sets, begin, (loaded[i * termNumbers + 2] as number) - start, texts, marked);
    }
  };

  const blockStarts: number[] = [];
  let position = blocksStart;
  for (const block of blocks) {
    blockStarts.push(position);
    position += packedSize(block);
  }

  return {
    first: head.first,
    rows,
    texts,
    times: head.times,
    inode,
    mark: head.mark,
    find: (term) => {
      const fence = lastFenceAtMost(fences, term);
      if (fence < 0) return null;
      const from = fence * fenceTerms;
      const loaded = loadRecords(from, Math.min(from + fenceTerms, terms));
      for (let at = termNumbers; at < loaded.length; at += termNumbers) {
        if (loaded[at] !== term) continue;
        return { rows: loaded[at + 1] as number, start: loaded[at - 1] as number, end: loaded[at + 2] as number };
      }
      return null;
    },
    mayHold: (grams) => hasGrams(grams, head.first, head.gramBytes, gramByteAt),
    markTexts: ({ start, end }, marked) => {
      const bytes = bytesAt(termSets + start, end - start);
      markSet(bytes, 0, bytes.length, texts, marked);
    },
    markTextsBetween: (low, high, marked) => {
      let from = Math.max(lastFenceAtMost(fences, low), 0) * fenceTerms;
      for (let more = true; more && from < terms; from += termsAtOnce) {
        const to = Math.min(from + termsAtOnce, terms);
        const loaded = loadRecords(from, to);
        let begin = 1;
        let end = to - from + 1;
        while (begin < end && (loaded[begin * termNumbers] as number) < low) begin += 1;
        while (end > begin && (loaded[(end - 1) * termNumbers] as number) > high) {
          end -= 1;
          more = false;
        }
        if (begin < end) markEach(loaded, begin, end, marked);
      }
    },
    markRows: (marked, into) => {
      const few: number[] = [];
      for (let w = 0; w < marked.length && few.length <= fewTexts; w++) {
        for (let word = marked[w] as number; word !== 0; word &= word - 1)
          few.push(w * 32 + 31 - Math.clz32(word & -word));
      }
      if (few.length <= fewTexts) {
        for (const text of few) {
          const before = text === 0 ? 0 : 1;
          const ends = bytesAt(textEnds + (text - before) * 4, (1 + before) * 4);
          const start = before === 0 ? 0 : ends.readUInt32LE(0);
          const length = ends.readUInt32LE(before * 4) - start;
          markSet(bytesAt(textSets + start, length), 0, length, rows, into);
        }
        return;
      }
      // Ends and sets lie one after the other.
      const bytes = bytesAt(textEnds, texts * 4 + head.textSetBytes);
      const sets = texts * 4;
      for (let w = 0; w < marked.length; w++) {
        for (let word = marked[w] as number; word !== 0; word &= word - 1) {
          const text = w * 32 + 31 - Math.clz32(word & -word);
          const start = text === 0 ? 0 : bytes.readUInt32LE(text * 4 - 4);
          markSet(bytes, sets + start, sets + bytes.readUInt32LE(text * 4), rows, into);
        }
      }
    },
    markDates: (needle, into) => {
      if (!mayBeInRange(needle, head.times)) return;
      const bytes = bytesAt(timesStart, head.timeBytes);
      const has = dateTest(needle, head.times);
      const unit = head.times.micros ? 1 : 1000;
      let time = 0;
      let at = 0;
      for (let row = 0; row < rows; row++) {
        if (head.plainTimes) time = bytes.readDoubleLE(row * 8);
        else {
          // A varint, read here: this runs over every entry of the ledger.
          let byte = bytes[at++] as number;
          let step = byte & 127;
          for (let scale = 128; byte > 127; scale *= 128) {
            byte = bytes[at++] as number;
            step += (byte & 127) * scale;
          }
          time += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
        }
        if (has(head.plainTimes ? time : time * unit))
          into[row >>> 5] = (into[row >>> 5] as number) | (1 << (row & 31));
      }
    },
    keepContaining: (marked, needle, ignoreAccents, between) => {
      let text = 0;
      for (const [i, block] of blocks.entries()) {
        const first = text;
        text += block.texts;
        let any = false;
        for (let w = first >>> 5; w <= (text - 1) >>> 5 && !any; w++) any = marked[w] !== 0;
        if (!any) continue;
        between();
        const packed = bytesAt(blockStarts[i] as number, packedSize(block));
        try {
          keepTextsContaining(block, packed, first, needle, ignoreAccents, marked);
        } catch (error) {
          throw new DamagedSegment('a text block', { cause: error });
        }
      }
    },
    eachTerm: (visit) => {
      for (let from = 0; from < terms; from += termsAtOnce) {
        const loaded = loadRecords(from, Math.min(from + termsAtOnce, terms));
        for (let at = termNumbers; at < loaded.length; at += termNumbers) {
          visit(loaded[at] as number, loaded[at + 1] as number);
        }
      }
    },
    close: () => closeSync(handle),
  };
};

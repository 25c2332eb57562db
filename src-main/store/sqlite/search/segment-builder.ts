import { crc32 } from 'node:zlib';
import { packTerm, padUnit } from './terms.ts';

/** Entries in a full segment; offsets in it fit 16 bits. */
export const segmentRows = 65_536;
/** A segment is closed early at this many postings, so that building one stays within some 60 MB. */
export const segmentPostings = 4_000_000;
/** The same for different terms, of which a few very long texts can bring more than postings. */
const segmentTerms = 2_000_000;
/** Segments begin at multiples of this many entries, so that their bits fall on whole words. */
export const segmentStep = 1024;
export const segmentMagic = 0x47455342; // «BSEG»
export const segmentHeaderBytes = 48;

/**
 * Collects the terms of consecutive entries and lays them out as a segment:
 *
 * header (48 bytes): magic, CRC-32 of the rest, first entry, entries, terms, 12 zero bytes, event id of the last entry;
 * then, little-endian 32-bit: the terms ascending, the number of postings of each, the end of each one's postings;
 * then the postings: a bitmap when more than an eighth of the entries have the term, else varint gaps.
 */
export const createSegmentBuilder = () => {
  let slots = new Int32Array(1 << 17).fill(-1);
  let slotMask = slots.length - 1;
  let terms = new Uint32Array(1 << 16);
  let counts = new Uint32Array(1 << 16);
  let lastRow = new Int32Array(1 << 16).fill(-1);
  let termCount = 0;
  let pairTerms = new Uint32Array(1 << 20);
  let pairRows = new Uint16Array(1 << 20);
  let pairs = 0;
  let row = 0;

  const slotOf = (term: number): number => (Math.imul(term, 0x9e3779b1) >>> 7) & slotMask;

  const widenTerms = (): void => {
    const grow = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const wider = new Uint32Array(old.length * 2);
      wider.set(old);
      return wider;
    };
    terms = grow(terms);
    counts = grow(counts);
    const widerLast = new Int32Array(terms.length).fill(-1);
    widerLast.set(lastRow);
    lastRow = widerLast;
    slots = new Int32Array(slots.length * 2).fill(-1);
    slotMask = slots.length - 1;
    for (let i = 0; i < termCount; i++) {
      let slot = slotOf(terms[i] as number);
      while (slots[slot] !== -1) slot = (slot + 1) & slotMask;
      slots[slot] = i;
    }
  };

  const add = (term: number): void => {
    let slot = slotOf(term);
    let index = slots[slot] as number;
    while (index !== -1 && terms[index] !== term) {
      slot = (slot + 1) & slotMask;
      index = slots[slot] as number;
    }
    if (index === -1) {
      if (termCount === terms.length) {
        widenTerms();
        add(term);
        return;
      }
      index = termCount++;
      terms[index] = term;
      slots[slot] = index;
    }
    if (lastRow[index] === row) return;
    lastRow[index] = row;
    counts[index] = (counts[index] as number) + 1;
    if (pairs === pairTerms.length) {
      const widerTerms = new Uint32Array(pairs * 2);
      widerTerms.set(pairTerms);
      pairTerms = widerTerms;
      const widerRows = new Uint16Array(pairs * 2);
      widerRows.set(pairRows);
      pairRows = widerRows;
    }
    pairTerms[pairs] = index;
    pairRows[pairs] = row;
    pairs += 1;
  };

  /** The number of a term that was added. */
  const indexOf = (term: number): number => {
    let slot = slotOf(term);
    while (terms[slots[slot] as number] !== term) slot = (slot + 1) & slotMask;
    return slots[slot] as number;
  };

  const reset = (): void => {
    slots.fill(-1);
    counts.fill(0);
    lastRow.fill(-1);
    termCount = 0;
    pairs = 0;
    row = 0;
  };

  return {
    /** Adds one folded text of the current entry. */
    addText: (folded: string): void => {
      const { length } = folded;
      if (length === 0) return;
      let a = folded.charCodeAt(0);
      let b = length > 1 ? folded.charCodeAt(1) : padUnit;
      for (let i = 2; i < length + 2; i++) {
        const c = i < length ? folded.charCodeAt(i) : padUnit;
        add(packTerm(a, b, c));
        a = b;
        b = c;
      }
    },
    endRow: (): void => {
      row += 1;
    },
    /** Forgets what was collected. */
    clear: reset,
    /** True when the segment should be finished; segments end at a multiple of `segmentStep` entries. */
    full: (): boolean => row >= segmentRows || pairs >= segmentPostings || termCount >= segmentTerms,
    /** The finished file; the builder is empty afterwards. */
    finish: (first: number, lastEventId: Uint8Array): Uint8Array[] => {
      const starts = new Uint32Array(termCount + 1);
      for (let i = 0; i < termCount; i++) starts[i + 1] = (starts[i] as number) + (counts[i] as number);
      const fill = starts.slice(0, termCount);
      const rowsByTerm = new Uint16Array(pairs);
      for (let p = 0; p < pairs; p++) {
        const term = pairTerms[p] as number;
        const place = fill[term] as number;
        rowsByTerm[place] = pairRows[p] as number;
        fill[term] = place + 1;
      }
      const sorted = terms.slice(0, termCount).sort();

      const directory = new Uint32Array(termCount * 3);
      const bitmapBytes = Math.ceil(row / 8);
      let output = new Uint8Array(Math.max(1024, pairs + termCount * 2));
      let end = 0;
      for (let k = 0; k < termCount; k++) {
        const term = sorted[k] as number;
        const index = indexOf(term);
        const from = starts[index] as number;
        const to = starts[index + 1] as number;
        if (end + Math.max(bitmapBytes, (to - from) * 3) > output.length) {
          const wider = new Uint8Array(output.length * 2 + bitmapBytes);
          wider.set(output);
          output = wider;
        }
        if ((to - from) * 8 > row) {
          for (let p = from; p < to; p++) {
            const offset = rowsByTerm[p] as number;
            const place = end + (offset >>> 3);
            output[place] = (output[place] as number) | (1 << (offset & 7));
          }
          end += bitmapBytes;
        } else {
          let previous = -1;
          for (let p = from; p < to; p++) {
            const offset = rowsByTerm[p] as number;
            let gap = offset - previous - 1;
            previous = offset;
            while (gap >= 128) {
              output[end++] = (gap & 127) | 128;
              gap >>>= 7;
            }
            output[end++] = gap;
          }
        }
        directory[k] = term;
        directory[termCount + k] = to - from;
        directory[termCount * 2 + k] = end;
      }
      const directoryBytes = new Uint8Array(directory.buffer);
      const postings = output.subarray(0, end);
      const header = Buffer.alloc(segmentHeaderBytes);
      header.writeUInt32LE(segmentMagic, 0);
      header.writeUInt32LE(crc32(postings, crc32(directoryBytes)), 4);
      header.writeUInt32LE(first, 8);
      header.writeUInt32LE(row, 12);
      header.writeUInt32LE(termCount, 16);
      header.set(lastEventId, 32);
      reset();
      return [header, directoryBytes, postings];
    },
  };
};

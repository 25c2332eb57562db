import { crc32 } from 'node:zlib';
import { foldAccents, foldCase } from '#shared/text/fold.ts';
import { createGramCollector } from './grams.ts';
import { createByteWriter } from './postings.ts';
import { encodeHead, fenceTerms, termNumbers } from './segment-layout.ts';
import { packTerm, padUnit } from './terms.ts';
import { createTextPacker } from './text-blocks.ts';

/** Entries in a full segment, which never reaches over a multiple of it: the chunks of all side indexes. */
export const segmentRows = 65_536;
/** Segments begin at multiples of this many entries, so that their bits fall on whole words. */
export const segmentStep = 32;

/** A segment is closed early at this many terms of texts, so that building one stays within some 60 MB. */
const mostPairs = 4_000_000;
/** The same for different terms, characters of texts, and packed bytes of them. */
const mostTerms = 1_000_000;
const mostCharacters = 24_000_000;
const mostPackedBytes = 24_000_000;

/** A longer text is taken anew each time, so that none has to be held. */
const longestRemembered = 16_384;

/** A difference of two times up to here, doubled, still is an exact number. */
const farthestTime = 2 ** 51;

const ascii = /^[\0-\x7f]*$/;

const grown32 = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
  const wider = new Uint32Array(old.length * 2);
  wider.set(old);
  return wider;
};

/** The distinct terms of texts, numbered as they come, with the texts that have them. */
const createTermTable = () => {
  let slots = new Int32Array(1 << 17).fill(-1);
  let slotMask = slots.length - 1;
  let terms = new Uint32Array(1 << 16);
  let counts = new Uint32Array(1 << 16);
  let lastText = new Int32Array(1 << 16).fill(-1);
  let termCount = 0;
  let pairTerms = new Uint32Array(1 << 20);
  let pairTexts = new Uint32Array(1 << 20);
  let pairs = 0;

  const slotOf = (term: number): number => (Math.imul(term, 0x9e3779b1) >>> 7) & slotMask;

  const widen = (): void => {
    terms = grown32(terms);
    counts = grown32(counts);
    const widerLast = new Int32Array(terms.length).fill(-1);
    widerLast.set(lastText);
    lastText = widerLast;
    slots = new Int32Array(slots.length * 2).fill(-1);
    slotMask = slots.length - 1;
    for (let i = 0; i < termCount; i++) {
      let slot = slotOf(terms[i] as number);
      while (slots[slot] !== -1) slot = (slot + 1) & slotMask;
      slots[slot] = i;
    }
  };

  const add = (term: number, text: number): void => {
    let slot = slotOf(term);
    let index = slots[slot] as number;
    while (index !== -1 && terms[index] !== term) {
      slot = (slot + 1) & slotMask;
      index = slots[slot] as number;
    }
    if (index === -1) {
      if (termCount === terms.length) {
        widen();
        add(term, text);
        return;
      }
      index = termCount++;
      terms[index] = term;
      slots[slot] = index;
    }
    if (lastText[index] === text) return;
    lastText[index] = text;
    counts[index] = (counts[index] as number) + 1;
    if (pairs === pairTerms.length) {
      pairTerms = grown32(pairTerms);
      pairTexts = grown32(pairTexts);
    }
    pairTerms[pairs] = index;
    pairTexts[pairs] = text;
    pairs += 1;
  };

  /** The number of a term that was added. */
  const indexOf = (term: number): number => {
    let slot = slotOf(term);
    while (terms[slots[slot] as number] !== term) slot = (slot + 1) & slotMask;
    return slots[slot] as number;
  };

  return {
    add: (folded: string, text: number): void => {
      const { length } = folded;
      if (length === 0) return;
      let a = folded.charCodeAt(0);
      let b = length > 1 ? folded.charCodeAt(1) : padUnit;
      for (let i = 2; i < length + 2; i++) {
        const c = i < length ? folded.charCodeAt(i) : padUnit;
        add(packTerm(a, b, c), text);
        a = b;
        b = c;
      }
    },
    full: (): boolean => pairs >= mostPairs || termCount >= mostTerms,
    /** Calls `visit` for each term, ascending, with its texts `list[from … to)`, ascending. */
    each: (visit: (term: number, list: Uint32Array, from: number, to: number) => void): void => {
      const starts = new Uint32Array(termCount + 1);
      for (let i = 0; i < termCount; i++) starts[i + 1] = (starts[i] as number) + (counts[i] as number);
      const fill = starts.slice(0, termCount);
      const texts = new Uint32Array(pairs);
      for (let p = 0; p < pairs; p++) {
        const term = pairTerms[p] as number;
        const place = fill[term] as number;
        texts[place] = pairTexts[p] as number;
        fill[term] = place + 1;
      }
      for (const term of terms.slice(0, termCount).sort()) {
        const index = indexOf(term);
        visit(term, texts, starts[index] as number, starts[index + 1] as number);
      }
    },
    size: (): number => termCount,
    clear: (): void => {
      if (slots.length > 1 << 18) {
        slots = new Int32Array(1 << 17);
        slotMask = slots.length - 1;
        terms = new Uint32Array(1 << 16);
        counts = new Uint32Array(1 << 16);
        lastText = new Int32Array(1 << 16);
      }
      if (pairTerms.length > 1 << 21) {
        pairTerms = new Uint32Array(1 << 20);
        pairTexts = new Uint32Array(1 << 20);
      }
      slots.fill(-1);
      counts.fill(0);
      lastText.fill(-1);
      termCount = 0;
      pairs = 0;
    },
  };
};

/**
 * Makes a segment of consecutive entries. In a trail most texts come again and again, so that each different one is
 * folded, cut into terms and kept once; beside it stand the entries that have it.
 */
export const createSegmentBuilder = () => {
  const terms = createTermTable();
  const packer = createTextPacker();
  const grams = createGramCollector();
  const sets = createByteWriter(1 << 20);
  const textSets = createByteWriter(1 << 20);
  const timeBytes = createByteWriter(1 << 18);
  const times = new Float64Array(segmentRows);
  const numberOf = new Map<string, number>();
  let texts = 0;
  let characters = 0;
  let lastRow = new Int32Array(1 << 16);
  let pairTexts = new Uint32Array(1 << 18);
  let pairRows = new Uint16Array(1 << 18);
  let pairs = 0;
  let first = 1;
  let row = 0;

  const newText = (text: string): number => {
    const number = texts++;
    if (number === lastRow.length) {
      const wider = new Int32Array(number * 2);
      wider.set(lastRow);
      lastRow = wider;
    }
    lastRow[number] = -1;
    characters += text.length;
    if (text.length <= longestRemembered) numberOf.set(text, number);
    if (ascii.test(text)) {
      const folded = text.toLowerCase();
      terms.add(folded, number);
      grams.add(folded, first);
      packer.add(folded, null);
      return number;
    }
    const stripped = foldAccents(text);
    const accented = foldCase(text);
    for (const folded of new Set([stripped, accented])) {
      terms.add(folded, number);
      grams.add(folded, first);
    }
    packer.add(stripped, accented === stripped ? null : accented);
    return number;
  };

  const clear = (): void => {
    terms.clear();
    grams.clear();
    packer.finish();
    for (const writer of [sets, textSets, timeBytes]) writer.clear();
    numberOf.clear();
    texts = 0;
    characters = 0;
    pairs = 0;
    row = 0;
  };

  /** The entries of each text: `list[starts[text] … starts[text + 1])`, ascending. */
  const rowsByText = (): { readonly starts: Uint32Array; readonly list: Uint16Array } => {
    const starts = new Uint32Array(texts + 1);
    for (let p = 0; p < pairs; p++) {
      const text = (pairTexts[p] as number) + 1;
      starts[text] = (starts[text] as number) + 1;
    }
    for (let i = 0; i < texts; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
    const fill = starts.slice(0, texts);
    const list = new Uint16Array(pairs);
    for (let p = 0; p < pairs; p++) {
      const text = pairTexts[p] as number;
      const place = fill[text] as number;
      list[place] = pairRows[p] as number;
      fill[text] = place + 1;
    }
    return { starts, list };
  };

  return {
    /** Adds one text of the current entry, as it is. */
    addText: (text: string): void => {
      const number = numberOf.get(text) ?? newText(text);
      if (lastRow[number] === row) return;
      lastRow[number] = row;
      if (pairs === pairTexts.length) {
        pairTexts = grown32(pairTexts);
        const widerRows = new Uint16Array(pairs * 2);
        widerRows.set(pairRows);
        pairRows = widerRows;
      }
      pairTexts[pairs] = number;
      pairRows[pairs] = row;
      pairs += 1;
    },
    /** Ends the current entry, of a time in microseconds. */
    endRow: (occurredAt: number): void => {
      times[row] = occurredAt;
      row += 1;
    },
    rows: (): number => row,
    /** Characters of the different texts so far. */
    characters: (): number => characters,
    /** Forgets what was collected. */
    clear,
    /** Begins a segment with this entry. */
    begin: (entry: number): void => {
      clear();
      first = entry;
    },
    /** True when the segment should be finished; it must end at a multiple of `segmentStep` entries unless it is the last. */
    full: (): boolean =>
      row >= segmentRows || terms.full() || characters >= mostCharacters || packer.packedBytes() >= mostPackedBytes,
    /** The finished file, to be written before anything else is added; the builder is to be cleared afterwards. */
    finish: (mark: Uint8Array): readonly Uint8Array[] => {
      const { starts, list } = rowsByText();
      const directory = new Uint32Array(terms.size() * termNumbers);
      const fences = new Uint32Array(Math.ceil(terms.size() / fenceTerms));
      let place = 0;
      terms.each((term, found, from, to) => {
        let rows = 0;
        for (let i = from; i < to; i++) {
          const text = found[i] as number;
          rows += (starts[text + 1] as number) - (starts[text] as number);
        }
        sets.set(found, from, to, texts);
        if (place % fenceTerms === 0) fences[place / fenceTerms] = term;
        directory[place * termNumbers] = term;
        directory[place * termNumbers + 1] = Math.min(rows, row);
        directory[place * termNumbers + 2] = sets.length();
        place += 1;
      });
      const ends = new Uint32Array(texts);
      for (let text = 0; text < texts; text++) {
        textSets.set(list, starts[text] as number, starts[text + 1] as number, row);
        ends[text] = textSets.length();
      }
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      let micros = false;
      for (let i = 0; i < row; i++) {
        const time = times[i] as number;
        if (time < min) min = time;
        if (time > max) max = time;
        if (time % 1000 !== 0) micros = true;
      }
      const unit = micros ? 1 : 1000;
      const plainTimes = Math.max(Math.abs(min), Math.abs(max)) / unit > farthestTime;
      let previous = 0;
      for (let i = 0; i < row && !plainTimes; i++) {
        const time = (times[i] as number) / unit;
        const step = time - previous;
        timeBytes.varint(step < 0 ? -2 * step - 1 : 2 * step);
        previous = time;
      }
      const packedTimes = plainTimes ? new Uint8Array(times.slice(0, row).buffer) : timeBytes.bytes();
      const { blocks, parts } = packer.finish();
      const pieces = grams.bytes();
      const body = [
        new Uint8Array(directory.buffer),
        sets.bytes(),
        new Uint8Array(ends.buffer),
        textSets.bytes(),
        packedTimes,
        ...parts,
        pieces,
      ];
      const head = encodeHead({
        first,
        rows: row,
        terms: terms.size(),
        texts,
        termSetBytes: sets.length(),
        textSetBytes: textSets.length(),
        timeBytes: packedTimes.length,
        gramBytes: pieces.length,
        times: { min, max, micros },
        plainTimes,
        mark,
        bodySum: body.reduce((sum, part) => crc32(part, sum), 0),
        fences,
        blocks,
      });
      return [head, ...body];
    },
  };
};

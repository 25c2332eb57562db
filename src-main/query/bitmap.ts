import { chunkRows, chunkWords } from '#main/store/sqlite/columns/chunk.ts';

/** A bitmap over the entries of one chunk: bit 0 is its first. Bits past the last entry that counts are zero. */
export type ChunkBits = Uint32Array;

/**
 * Bitmaps that nobody uses any more, 16 MB of them at most. A question takes a megabyte of bitmaps from ten million
 * entries; left to the collector they would make it go through everything every twenty questions.
 */
const spare: ChunkBits[] = [];
const mostSpare = 2048;

export const emptyBits = (): ChunkBits => spare.pop()?.fill(0) ?? new Uint32Array(chunkWords);

export const copyBits = (bits: ChunkBits): ChunkBits => {
  const copy = spare.pop() ?? new Uint32Array(chunkWords);
  copy.set(bits);
  return copy;
};

/** Nobody may use the bitmap afterwards: it will be another one. */
export const giveBack = (bits: ChunkBits): void => {
  if (spare.length < mostSpare) spare.push(bits);
};

/** The bits of the first `rows` entries. */
export const firstBits = (rows: number): ChunkBits => {
  const words = emptyBits();
  words.fill(0xffffffff, 0, rows >>> 5);
  if ((rows & 31) !== 0) words[rows >>> 5] = 2 ** (rows & 31) - 1;
  return words;
};

/** All entries of a full chunk. Not to be changed: it is everybody's. */
export const fullBits: ChunkBits = firstBits(chunkRows);

/** Clears the bits from `rows` on. */
export const clearFrom = (words: ChunkBits, rows: number): void => {
  if (rows >= chunkRows) return;
  const word = rows >>> 5;
  words[word] = (words[word] as number) & (2 ** (rows & 31) - 1);
  words.fill(0, word + 1);
};

/** Clears the bits outside `[from, to)`. */
export const keepRange = (words: ChunkBits, from: number, to: number): void => {
  const word = from >>> 5;
  words.fill(0, 0, word);
  if (word < words.length) words[word] = (words[word] as number) & -(2 ** (from & 31));
  clearFrom(words, to);
};

/** Sets the bits in `[from, to)`. */
export const setRange = (words: ChunkBits, from: number, to: number): void => {
  if (to <= from) return;
  const first = from >>> 5;
  const last = (to - 1) >>> 5;
  const head = -(2 ** (from & 31));
  const tail = (to & 31) === 0 ? 0xffffffff : 2 ** (to & 31) - 1;
  if (first === last) {
    words[first] = (words[first] as number) | (head & tail);
    return;
  }
  words[first] = (words[first] as number) | head;
  words.fill(0xffffffff, first + 1, last);
  words[last] = (words[last] as number) | tail;
};

export const hasBit = (words: ChunkBits, row: number): boolean =>
  ((words[row >>> 5] as number) & (1 << (row & 31))) !== 0;

export const setBit = (words: ChunkBits, row: number): void => {
  words[row >>> 5] = (words[row >>> 5] as number) | (1 << (row & 31));
};

export const clearBit = (words: ChunkBits, row: number): void => {
  words[row >>> 5] = (words[row >>> 5] as number) & ~(1 << (row & 31));
};

/** All entries of the first `rows` that are not in a bitmap. */
export const othersOf = (bits: ChunkBits, rows: number): ChunkBits => {
  const others = copyBits(bits);
  for (let i = 0; i < others.length; i++) others[i] = ~(others[i] as number);
  clearFrom(others, rows);
  return others;
};

export const andInto = (into: ChunkBits, other: ChunkBits): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) & (other[i] as number);
};

export const orInto = (into: ChunkBits, other: ChunkBits): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) | (other[i] as number);
};

export const andNotInto = (into: ChunkBits, other: ChunkBits): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) & ~(other[i] as number);
};

const countWord = (bits: number): number => {
  let word = bits - ((bits >>> 1) & 0x55555555);
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

export const isEmpty = (words: ChunkBits): boolean => {
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
};

/** Bits that are set in the words `[from, to)`. */
export const countBits = (words: ChunkBits, from = 0, to = words.length): number => {
  let count = 0;
  for (let i = from; i < to; i++) count += countWord(words[i] as number);
  return count;
};

/** Bits that are set in `[from, to)`. */
export const countRange = (words: ChunkBits, from: number, to: number): number => {
  if (to <= from) return 0;
  const first = from >>> 5;
  const last = (to - 1) >>> 5;
  const head = -(2 ** (from & 31));
  const tail = (to & 31) === 0 ? 0xffffffff : 2 ** (to & 31) - 1;
  if (first === last) return countWord((words[first] as number) & head & tail);
  return (
    countWord((words[first] as number) & head) +
    countBits(words, first + 1, last) +
    countWord((words[last] as number) & tail)
  );
};

const offsets = new Uint16Array(chunkRows);
/** The rows of the set bits, ascending. A view that is overwritten by the next call: this runs over millions of entries. */
export const rowsOfBits = (words: ChunkBits, from = 0, to = words.length): Uint16Array => {
  let count = 0;
  for (let w = from; w < to; w++) {
    let word = words[w] as number;
    const start = w * 32;
    while (word !== 0) {
      offsets[count++] = start + 31 - Math.clz32(word & -word);
      word &= word - 1;
    }
  }
  return offsets.subarray(0, count);
};

/** The rows of the set bits as rows of the whole ledger, in the order of a listing. `first`: the chunk's first row. */
export const ledgerRows = (
  words: ChunkBits,
  first: number,
  descending: boolean,
  from = 0,
  to = words.length,
): Uint32Array => {
  const rows = rowsOfBits(words, from, to);
  const { length } = rows;
  const listed = new Uint32Array(length);
  if (descending) for (let i = 0; i < length; i++) listed[i] = first + (rows[length - 1 - i] as number);
  else for (let i = 0; i < length; i++) listed[i] = first + (rows[i] as number);
  return listed;
};

/** Keeps the bits of the rows for which `keep` holds. */
export const keepRows = (words: ChunkBits, keep: (row: number) => boolean, from = 0, to = words.length): void => {
  for (let w = from; w < to; w++) {
    let word = words[w] as number;
    if (word === 0) continue;
    let kept = 0;
    while (word !== 0) {
      const bit = 31 - Math.clz32(word & -word);
      if (keep(w * 32 + bit)) kept |= 1 << bit;
      word &= word - 1;
    }
    words[w] = kept;
  }
};

/** A word with more bits than this is tested whole. */
const fewBits = 6;
/** So few codes are looked for one after the other, several entries at once. */
const fewCodes = 3;

/** The codes that are allowed, as patterns for `equalCodes`; null when they are too many, or the chunk is not full. */
const patternsOf = (codes: Uint8Array | Uint16Array, allowed: Uint8Array): readonly number[] | null => {
  if (codes.length !== chunkRows) return null;
  const patterns: number[] = [];
  for (let code = 0; code < allowed.length; code++) {
    if (allowed[code] === 0) continue;
    if (patterns.length === fewCodes) return null;
    patterns.push(code * (codes instanceof Uint8Array ? 0x01010101 : 0x00010001));
  }
  return patterns;
};

const wordsOf = (codes: Uint8Array | Uint16Array): Uint32Array =>
  new Uint32Array(codes.buffer, codes.byteOffset, codes.byteLength / Uint32Array.BYTES_PER_ELEMENT);

/** Which of the 32 entries of a bitmap's word have a code of a byte: whole words are compared, four codes at once. */
const equalBytes = (codes: Uint32Array, w: number, pattern: number): number => {
  let mask = 0;
  for (let part = 0; part < 8; part++) {
    const differing = (codes[w * 8 + part] as number) ^ pattern;
    // The highest bit of each byte that is zero, and no other: https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
    const equal = ~(((differing & 0x7f7f7f7f) + 0x7f7f7f7f) | differing | 0x7f7f7f7f);
    // A product puts the four of them side by side. No branch: whether a word has any is not to be foreseen.
    mask |= ((Math.imul((equal >>> 7) & 0x01010101, 0x01020408) >>> 24) & 15) << (part * 4);
  }
  return mask;
};

/** The same for codes of two bytes. */
const equalHalves = (codes: Uint32Array, w: number, pattern: number): number => {
  let mask = 0;
  for (let part = 0; part < 16; part++) {
    const differing = (codes[w * 16 + part] as number) ^ pattern;
    const equal = ~(((differing & 0x7fff7fff) + 0x7fff7fff) | differing | 0x7fff7fff);
    mask |= (((equal >>> 15) & 1) | ((equal >>> 30) & 2)) << (part * 2);
  }
  return mask;
};

const allowedWord = (codes: Uint8Array | Uint16Array, allowed: Uint8Array, start: number): number => {
  let mask = 0;
  for (let bit = 0; bit < 32; bit++) mask |= (allowed[codes[start + bit] as number] as number) << bit;
  return mask;
};

/** Keeps the bits of the rows whose code is allowed (1): a tight loop, since it runs over every entry. */
export const keepCodes = (words: ChunkBits, codes: Uint8Array | Uint16Array, allowed: Uint8Array): void => {
  const patterns = patternsOf(codes, allowed);
  const whole = wordsOf(codes);
  const bytes = codes instanceof Uint8Array;
  for (let w = 0; w < words.length; w++) {
    let word = words[w] as number;
    if (word === 0) continue;
    const start = w * 32;
    if (countWord(word) > fewBits) {
      let mask = 0;
      if (patterns === null) mask = allowedWord(codes, allowed, start);
      else if (bytes) for (let i = 0; i < patterns.length; i++) mask |= equalBytes(whole, w, patterns[i] as number);
      else for (let i = 0; i < patterns.length; i++) mask |= equalHalves(whole, w, patterns[i] as number);
      words[w] = word & mask;
      continue;
    }
    let kept = word;
    while (word !== 0) {
      const bit = 31 - Math.clz32(word & -word);
      if (allowed[codes[start + bit] as number] === 0) kept &= ~(1 << bit);
      word &= word - 1;
    }
    words[w] = kept;
  }
};

/** Sets the bits of the rows below `rows` whose code is allowed (1): this too runs over every entry. */
export const markCodes = (
  words: ChunkBits,
  codes: Uint8Array | Uint16Array,
  allowed: Uint8Array,
  rows: number,
): void => {
  const patterns = rows === chunkRows ? patternsOf(codes, allowed) : null;
  if (patterns !== null) {
    const whole = wordsOf(codes);
    const bytes = codes instanceof Uint8Array;
    for (const pattern of patterns) {
      if (bytes) for (let w = 0; w < chunkWords; w++) words[w] = (words[w] as number) | equalBytes(whole, w, pattern);
      else for (let w = 0; w < chunkWords; w++) words[w] = (words[w] as number) | equalHalves(whole, w, pattern);
    }
    return;
  }
  const full = rows >>> 5;
  for (let w = 0; w < full; w++) words[w] = (words[w] as number) | allowedWord(codes, allowed, w * 32);
  for (let row = full * 32; row < rows; row++) {
    if (allowed[codes[row] as number] === 1) setBit(words, row);
  }
};

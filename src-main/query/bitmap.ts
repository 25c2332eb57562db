/** Bits over entries: bit 0 is entry 1. Bits past the last entry are zero. */
export const bitmapWords = (entries: number): number => Math.ceil(entries / 32);

export const fullBitmap = (entries: number): Uint32Array => {
  const words = new Uint32Array(bitmapWords(entries)).fill(0xffffffff);
  clearPast(words, entries);
  return words;
};

/** Clears the bits from `entries` on. */
export const clearPast = (words: Uint32Array, entries: number): void => {
  const rest = entries & 31;
  if (rest !== 0 && words.length > 0) {
    const last = words.length - 1;
    words[last] = (words[last] as number) & (2 ** rest - 1);
  }
};

export const hasBit = (words: Uint32Array, row: number): boolean =>
  ((words[row >>> 5] as number) & (1 << (row & 31))) !== 0;

export const setBit = (words: Uint32Array, row: number): void => {
  words[row >>> 5] = (words[row >>> 5] as number) | (1 << (row & 31));
};

export const clearBit = (words: Uint32Array, row: number): void => {
  words[row >>> 5] = (words[row >>> 5] as number) & ~(1 << (row & 31));
};

export const andInto = (into: Uint32Array, other: Uint32Array): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) & (other[i] as number);
};

export const countBits = (words: Uint32Array): number => {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i] as number;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
};

/** Keeps the bits of the rows for which `keep` holds. */
export const keepRows = (words: Uint32Array, keep: (row: number) => boolean): void => {
  for (let w = 0; w < words.length; w++) {
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

/** Calls `visit` for each set bit, ascending. */
export const forEachBit = (words: Uint32Array, visit: (row: number) => void): void => {
  for (let w = 0; w < words.length; w++) {
    let word = words[w] as number;
    while (word !== 0) {
      visit(w * 32 + 31 - Math.clz32(word & -word));
      word &= word - 1;
    }
  }
};

/** Keeps the bits of the rows whose code is allowed: a tight loop, since it runs over every entry. */
export const keepCodes = (words: Uint32Array, codes: Uint32Array | Uint16Array, allowed: Uint8Array): void => {
  const whole = codes.length >>> 5;
  for (let w = 0; w < words.length; w++) {
    if (words[w] === 0) continue;
    const start = w * 32;
    const end = w < whole ? start + 32 : codes.length;
    let mask = 0;
    for (let row = start; row < end; row++) mask |= (allowed[codes[row] as number] as number) << (row & 31);
    words[w] = (words[w] as number) & mask;
  }
};

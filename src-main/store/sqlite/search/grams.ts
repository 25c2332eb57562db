/**
 * Which longer pieces a segment's texts have: runs of five and of six characters (UTF-16 units) of folded text, each with
 * two bits in a bitmap of a power of two bits (a Bloom filter). A word of five characters or more is in a segment only
 * where the bits of all its pieces are set, which spares most segments the look at the terms of three characters: these
 * are in nearly every segment each, also where the word is in none.
 *
 * The bits depend on the segment (its seed): a piece whose bits fall together with those of common ones has others in
 * the next segment. A six-digit number has one piece only; without the seed it would be looked for in vain everywhere.
 */
const shortGram = 5;
const longGram = 6;

/** Bits of the bitmap, at most and at least. It is made so small that about an eighth of its bits are set. */
const mostBits = 2 ** 23;
const leastBits = 2 ** 10;
const sparse = 8;

/** More pieces of a word tell hardly anything that these don't. */
const mostAsked = 12;

const spread = (sum: number): number => {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** The sum of five characters, and of six; those of six begin one earlier. */
const shortSum = (text: string, end: number): number =>
  (Math.imul(text.charCodeAt(end), 0x9e3779b1) +
    Math.imul(text.charCodeAt(end - 1), 0x7feb352d) +
    Math.imul(text.charCodeAt(end - 2), 0x2c1b3c6d) +
    Math.imul(text.charCodeAt(end - 3), 0x297a2d39) +
    Math.imul(text.charCodeAt(end - 4), 0x1b56c4e9)) |
  0;
const longSum = (short: number, text: string, end: number): number =>
  (short + Math.imul(text.charCodeAt(end - shortGram), 0x632be5ab) + 0x3c6ef372) | 0;

/** The sums of the pieces that every folded text with the folded word has; none for a word that is too short. */
export const gramsOf = (word: string): readonly number[] => {
  if (word.length < shortGram) return [];
  if (word.length < longGram) return [shortSum(word, shortGram - 1)];
  const sums = new Set<number>();
  for (let end = longGram - 1; end < word.length && sums.size < mostAsked; end++) {
    sums.add(longSum(shortSum(word, end), word, end));
  }
  return [...sums];
};

const firstBit = (sum: number, seed: number): number => spread(sum ^ seed);
/** Of the bits that the first does not use: the lower ones of the product are above all those of its factors. */
const secondBit = (first: number): number => Math.imul(first, 0x9e3779b1) >>> 9;

/**
 * Whether the bits of all pieces are set in a bitmap of so many bytes, which `byteAt` reads. The first bits of all are
 * asked before the second ones: of a word's pieces most are common, and one bit tells which is not there.
 */
export const hasGrams = (
  sums: readonly number[],
  seed: number,
  bytes: number,
  byteAt: (at: number) => number,
): boolean => {
  const isSet = (hash: number): boolean => (byteAt((hash & (bytes * 8 - 1)) >>> 3) & (1 << (hash & 7))) !== 0;
  return sums.every((sum) => isSet(firstBit(sum, seed))) && sums.every((sum) => isSet(secondBit(firstBit(sum, seed))));
};

const bitCount = (word: number): number => {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Collects the pieces of a segment's texts. */
export const createGramCollector = () => {
  const bits = new Uint32Array(mostBits / 32);
  const set = (hash: number): void => {
    const bit = hash & (mostBits - 1);
    bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
  };
  const setBoth = (first: number): void => {
    set(first);
    set(secondBit(first));
  };
  return {
    /** `seed`: the same for all texts of a segment. */
    add: (folded: string, seed: number): void => {
      for (let end = shortGram - 1; end < folded.length; end++) {
        const short = shortSum(folded, end);
        setBoth(firstBit(short, seed));
        if (end >= shortGram) setBoth(firstBit(longSum(short, folded, end), seed));
      }
    },
    /** The bitmap, made as small as its bits allow. Valid until something is added. */
    bytes: (): Uint8Array => {
      let used = bits.slice();
      for (;;) {
        const half = used.length / 2;
        if (half * 32 < leastBits) break;
        const folded = new Uint32Array(half);
        let count = 0;
        for (let w = 0; w < half; w++) {
          const word = (used[w] as number) | (used[half + w] as number);
          folded[w] = word;
          count += bitCount(word);
        }
        if (count * sparse > half * 32) break;
        used = folded;
      }
      return new Uint8Array(used.buffer);
    },
    clear: (): void => {
      bits.fill(0);
    },
  };
};

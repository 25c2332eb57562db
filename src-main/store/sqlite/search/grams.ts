/**
 * Which longer pieces a segment's texts have: runs of five and of six characters (UTF-16 units) of folded text, hashed
 * into a bitmap of a power of two bits. A word of five characters or more is in a segment only where the bits of all its
 * pieces are set, which spares most segments the look at the terms of three characters: these are in nearly every
 * segment each, also where the word is in none.
 */
const shortGram = 5;
const longGram = 6;

/** Bits of the bitmap, at most and at least. It is made so small that about an eighth of its bits are set. */
const mostBits = 2 ** 22;
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

/** The hashes whose bits are set wherever a folded text has the folded word; none for a word that is too short. */
export const gramsOf = (word: string): readonly number[] => {
  if (word.length < shortGram) return [];
  if (word.length < longGram) return [spread(shortSum(word, shortGram - 1))];
  const hashes = new Set<number>();
  for (let end = longGram - 1; end < word.length && hashes.size < mostAsked; end++) {
    hashes.add(spread(longSum(shortSum(word, end), word, end)));
  }
  return [...hashes];
};

/** Where a hash has its bit in a bitmap of so many bytes. */
export const gramByte = (hash: number, bytes: number): number => (hash & (bytes * 8 - 1)) >>> 3;
export const gramMask = (hash: number): number => 1 << (hash & 7);

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
  return {
    add: (folded: string): void => {
      for (let end = shortGram - 1; end < folded.length; end++) {
        const short = shortSum(folded, end);
        set(spread(short));
        if (end >= shortGram) set(spread(longSum(short, folded, end)));
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

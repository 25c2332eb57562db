/** How many bits are set. */
export const bitsOf = (words: Uint32Array): number => {
  let bits = 0;
  for (let i = 0; i < words.length; i++) {
    for (let word = words[i] as number; word !== 0; word &= word - 1) bits += 1;
  }
  return bits;
};

/** Sets the bits `from … to - 1`. */
export const setRange = (words: Uint32Array, from: number, to: number): void => {
  for (let row = from; row < to; ) {
    if ((row & 31) === 0 && row + 32 <= to) {
      words[row >>> 5] = 0xffffffff;
      row += 32;
    } else {
      words[row >>> 5] = (words[row >>> 5] as number) | (1 << (row & 31));
      row += 1;
    }
  }
};

/** The bits of the rows below `limit` in word `w`. */
export const maskBelow = (w: number, limit: number): number => {
  const rest = limit - w * 32;
  return rest >= 32 ? 0xffffffff : rest <= 0 ? 0 : 2 ** rest - 1;
};

/** A small repeatable source of chance (sfc32, Chris Doty-Humphrey’s PractRand): the same seed gives the same numbers everywhere. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number;
  /** 32 random bits as a whole number. */
  bits(): number;
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** `seed`, `second` and `third` together decide the numbers; only their lower 32 bits count. */
export const createRandom = (seed: number, second = 0, third = 0): Random => {
  let a = 0x9e3779b9 ^ second;
  let b = 0x243f6a88 ^ seed;
  let c = 0xb7e15162 ^ third;
  let counter = 1;
  const bits = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) bits();
  const next = (): number => bits() / 0x1_0000_0000;
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, bits, below, pick: (list) => list[below(list.length)] ?? list[0] };
};

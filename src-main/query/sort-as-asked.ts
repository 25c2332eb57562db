/** Numbers that are looked at first: most of whoever looks at the beginning looks no further. */
const firstPart = 2048;
const buckets = 1024;

/** A list of which the beginning can be read sooner than the rest. */
export interface SortedList {
  readonly length: number;
  at(place: number): number | undefined;
}

/** All numbers that are in the first buckets which together hold `firstPart` of them, if that spares anything. */
const firstOf = (keys: Float64Array, bound: number): Float64Array => {
  const counts = new Uint32Array(buckets);
  const width = bound / buckets;
  for (let i = 0; i < keys.length; i++) {
    const bucket = Math.min(buckets - 1, Math.floor((keys[i] as number) / width));
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  let count = 0;
  let bucket = 0;
  while (count < Math.min(firstPart, keys.length)) count += counts[bucket++] as number;
  const end = bucket === buckets ? Number.POSITIVE_INFINITY : bucket * width;
  return keys.filter((key) => key < end);
};

/**
 * Puts different numbers below `bound` in ascending order, the first of them at once and all when somebody looks further;
 * `use` says what a number stands for. The numbers are moved about.
 */
export const sortAsAsked = (keys: Float64Array, bound: number, use: (key: number) => number): SortedList => {
  let beginning: Float64Array | null = null;
  let all: Float64Array | null = null;
  return {
    length: keys.length,
    at: (place) => {
      if (all === null && place < firstPart && keys.length > firstPart) {
        beginning ??= firstOf(keys, bound).sort();
        return use(beginning[place] as number);
      }
      all ??= keys.sort();
      return use(all[place] as number);
    },
  };
};

/** How much came within the last while, to the width of a bucket. */
export interface RateWindow {
  /** `at` in milliseconds; never earlier than the last one. */
  add(count: number, at: number): void;
  sum(at: number): number;
}

/** A window `length` milliseconds long, kept in `buckets` sums: what leaves it leaves a whole bucket at once. */
export const createRateWindow = (length: number, buckets: number): RateWindow => {
  const width = length / buckets;
  const counts = new Float64Array(buckets);
  let newest = 0;

  const moveTo = (at: number): void => {
    const bucket = Math.floor(at / width);
    if (bucket <= newest) return;
    if (bucket - newest >= buckets) counts.fill(0);
    else for (let one = newest + 1; one <= bucket; one += 1) counts[one % buckets] = 0;
    newest = bucket;
  };

  return {
    add: (count, at) => {
      moveTo(at);
      const place = newest % buckets;
      counts[place] = (counts[place] ?? 0) + count;
    },
    sum: (at) => {
      moveTo(at);
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
};

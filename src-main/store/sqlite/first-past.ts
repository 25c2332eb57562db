/**
 * The first of the numbers `start` … `end` − 1 for which `isPast`, or `end` when there is none. Of ascending numbers, those
 * for which `isPast` come last.
 */
export const firstPast = (start: number, end: number, isPast: (at: number) => boolean): number => {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

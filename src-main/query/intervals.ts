import type { NumberTest } from '#shared/contract/query.ts';

/** Whole numbers `from … to`, both included. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

const intervalOf = (test: NumberTest): Interval => {
  switch (test.op) {
    case '=':
      return { from: test.value, to: test.value };
    case '>=':
      return { from: test.value, to: Number.POSITIVE_INFINITY };
    case '>':
      return { from: test.value + 1, to: Number.POSITIVE_INFINITY };
    case '<=':
      return { from: Number.NEGATIVE_INFINITY, to: test.value };
    case '<':
      return { from: Number.NEGATIVE_INFINITY, to: test.value - 1 };
    case '..':
      return { from: test.from, to: test.to };
    default:
      return test satisfies never;
  }
};

/** What passes at least one test, as intervals that are ascending and don't touch. Tests are of whole numbers. */
export const intervalsOf = (tests: readonly NumberTest[]): readonly Interval[] => {
  const sorted = tests
    .map(intervalOf)
    .filter(({ from, to }) => from <= to)
    .sort((a, b) => a.from - b.from);
  const joined: Interval[] = [];
  for (const next of sorted) {
    const last = joined.at(-1);
    if (last && next.from <= last.to + 1)
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else joined.push(next);
  }
  return joined;
};

/** What passes none of them. */
export const outsideOf = (intervals: readonly Interval[]): readonly Interval[] => {
  const outside: Interval[] = [];
  let next = Number.NEGATIVE_INFINITY;
  for (const { from, to } of intervals) {
    if (next < from) outside.push({ from: next, to: from - 1 });
    next = to + 1;
  }
  if (next < Number.POSITIVE_INFINITY) outside.push({ from: next, to: Number.POSITIVE_INFINITY });
  return outside;
};

/** Both lists at once. */
export const intersect = (a: readonly Interval[], b: readonly Interval[]): readonly Interval[] =>
  a.flatMap((one) =>
    b
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from <= to),
  );

/** True when a number lies in one of them. */
export const isInside = (intervals: readonly Interval[], value: number): boolean =>
  intervals.some(({ from, to }) => value >= from && value <= to);

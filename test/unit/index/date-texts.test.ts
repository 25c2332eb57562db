import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateNeedle, dateTest, mayBeInRange, type TimeRange } from '#main/store/sqlite/search/date-texts.ts';
import { isoText } from '#main/store/sqlite/search/searched-texts.ts';

const micros = (text: string): number => Date.parse(text) * 1000;

/** Near each other or far apart, with and without decimals beyond milliseconds, before 1970 and after 9999. */
const time = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: 0, max: 90_000_000 }).map((ms) => micros('2026-03-01T10:00:00Z') + ms * 1000),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: 400 }).map((days) => micros('1999-06-01T23:59:59.999Z') + days * 864e8),
  },
  { weight: 1, arbitrary: fc.integer({ min: -5_000_000, max: 5_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -8e15, max: 8e15 }) },
  { weight: 1, arbitrary: fc.constantFrom(micros('0000-01-01T00:00:00Z') - 1, micros('+010000-01-01T00:00:00Z')) },
);
const word = fc.oneof(
  fc.constantFrom(
    ...['2026', '03', '-03-', '10:0', 't10', ' 10', '1 1', '00', '.0', 'z', '000z', '+0', '-0', '199', ':5'],
  ),
  fc.constantFrom(...['2026-03-01', '2026-03-01 10', '999', '1234', '12345', '2233.9', '20260', 't 1', '7', '-']),
  fc.stringMatching(/^[-+0-9:.tz ]{1,6}$/),
);

const rangeOf = (times: readonly number[]): TimeRange => ({
  min: Math.min(...times),
  max: Math.max(...times),
  micros: times.some((one) => one % 1000 !== 0),
});

const spellings = (one: number): readonly string[] => {
  const iso = isoText(one).toLowerCase();
  return [iso, iso.replace('t', ' ')];
};

test('exactly the dates that contain a word in one of their spellings are found', () => {
  fc.assert(
    fc.property(
      fc.array(time, { minLength: 1, maxLength: 40 }),
      fc.array(word, { minLength: 1, maxLength: 6 }),
      (times, words) => {
        const cuts = [...words, ...times.slice(0, 3).map((one) => spellings(one)[one & 1]?.slice(one & 3, 19) ?? '')];
        for (const folded of cuts) {
          const wanted = times.map((one) => spellings(one).some((text) => text.includes(folded)));
          const needle = dateNeedle(folded);
          if (needle === null) {
            expect(wanted).not.toContain(true);
            continue;
          }
          const range = rangeOf(times);
          if (!mayBeInRange(needle, range)) expect(wanted).not.toContain(true);
          const has = dateTest(needle, range);
          expect(
            times.map((one) => has(one)),
            folded,
          ).toEqual(wanted);
        }
      },
    ),
    { numRuns: 400, seed: 11 },
  );
});

test('numbers that no date of the range has need no look at its times', () => {
  const march = { min: micros('2026-03-01T10:00:00Z'), max: micros('2026-03-20T10:00:00Z'), micros: false };
  for (const needle of ['2233.9', '1234', '12345', '2026-02-17', '2026-04', '1999', '-02-', '20260']) {
    expect(mayBeInRange(needle, march), needle).toBe(false);
  }
  for (const needle of ['2026', '2026-03-17', '-03-', '123', '59', '17t10', '6-03', '.999z']) {
    expect(mayBeInRange(needle, march), needle).toBe(true);
  }
  expect(mayBeInRange('1234', { ...march, micros: true })).toBe(true);
  expect(mayBeInRange('2233.9', { ...march, micros: true })).toBe(false);
});

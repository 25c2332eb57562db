import { expect, test } from 'vitest';
import { createSettledMatches, openSettledMatches } from '#main/store/sqlite/settled-matches.ts';

const bitsOf = (seed: number) => (chunk: number) =>
  Uint32Array.from({ length: 2048 }, (_, word) => seed + chunk + word);

test('what one thread has settled, the others have', () => {
  const shared = createSettledMatches();
  const one = openSettledMatches(shared);
  const other = openSettledMatches(shared);
  expect(other('a question').chunk(0)).toBeNull();
  one('a question').publish(3, bitsOf(1));
  for (const chunk of [0, 1, 2]) expect(other('a question').chunk(chunk)).toEqual(bitsOf(1)(chunk));
  expect(other('another').chunk(0)).toBeNull();

  // The next answer is longer, and many more push the first one out.
  one('another').publish(9, bitsOf(2));
  expect(other('another').chunk(8)).toEqual(bitsOf(2)(8));
  expect(other('a question').chunk(8)).toBeNull();
  for (let number = 3; number <= 24; number++) one(`question ${number}`).publish(1, bitsOf(number));
  for (let number = 3; number <= 24; number++) {
    expect(other(`question ${number}`).chunk(0)).toEqual(bitsOf(number)(0));
  }
  expect(other('a question').chunk(0)).toEqual(bitsOf(1)(0));
  one('question 25').publish(1, bitsOf(25));
  expect(other('a question').chunk(0)).toBeNull();
});

test('of long answers fewer are kept', () => {
  const settled = openSettledMatches(createSettledMatches());
  // 8 MB each.
  const long = 1000;
  for (let number = 0; number < 5; number++) settled(`question ${number}`).publish(long, bitsOf(number));
  expect(settled('question 0').chunk(0)).toBeNull();
  for (let number = 1; number < 5; number++) {
    expect(settled(`question ${number}`).chunk(long - 1)).toEqual(bitsOf(number)(long - 1));
  }
});

test('what a reader got is its own', () => {
  const settled = openSettledMatches(createSettledMatches());
  settled('q').publish(1, bitsOf(0));
  settled('q').chunk(0)?.fill(7);
  expect(settled('q').chunk(0)).toEqual(bitsOf(0)(0));
});

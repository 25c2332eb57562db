import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstAt, thumbOf } from '#renderer/grid/bar-thumb.ts';
import { baseAround, baseFor, rowsFrom } from '#renderer/grid/row-window.ts';

const block = 200;
const size = fc.integer({ min: 5, max: 5000 }).map((blocks) => ({ rows: blocks * block, block }));
/** A window’s size, a view longer than it, and what is in sight of it. */
const looks = size.chain((window) =>
  fc.record({
    window: fc.constant(window),
    total: fc.integer({ min: window.rows + 1, max: 100_000_000 }),
    count: fc.double({ min: 1, max: 70, noNaN: true }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    base: fc.integer({ min: 0, max: 100_000_000 / block }).map((at) => at * block),
  }),
);
const firstOf = ({ total, count, place }: { total: number; count: number; place: number }): number =>
  (total - count) * place;

describe('the window of a long view', () => {
  it('holds what is in sight, begins with a block, and stays within the view', () => {
    fc.assert(
      fc.property(looks, ({ window, ...look }) => {
        const sight = { first: firstOf(look), count: look.count };
        const base = baseFor(look.base, sight, look.total, window);
        const rows = rowsFrom(base, look.total, window);
        expect(base % block).toBe(0);
        expect(base).toBeLessThanOrEqual(sight.first);
        expect(base + rows).toBeGreaterThanOrEqual(sight.first + sight.count - 1e-6);
        expect(rows).toBeLessThanOrEqual(window.rows);
        expect(base + rows).toBeLessThanOrEqual(look.total);
      }),
    );
  });

  it('stays where it was moved to', () => {
    fc.assert(
      fc.property(looks, ({ window, ...look }) => {
        const sight = { first: firstOf(look), count: look.count };
        const base = baseFor(look.base, sight, look.total, window);
        expect(baseFor(base, sight, look.total, window)).toBe(base);
      }),
    );
  });

  it('is never left by scrolling less than a fifth of it at a time', () => {
    const walks = fc.record({
      window: size,
      steps: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
    });
    fc.assert(
      fc.property(walks, ({ window, steps }) => {
        const total = 50_000_000;
        const count = 25.5;
        let base = 0;
        let first = 0;
        for (const step of steps) {
          first = Math.min(total - count, Math.max(0, first + (step * window.rows) / 5));
          expect(first).toBeGreaterThanOrEqual(base);
          expect(first + count).toBeLessThanOrEqual(base + rowsFrom(base, total, window));
          base = baseFor(base, { first, count }, total, window);
        }
      }),
    );
  });

  it('goes on when nobody knows yet where the view ends, and does not move in a short one', () => {
    const window = { rows: 1000, block };
    expect(baseFor(0, { first: 900, count: 25 }, null, window)).toBe(400);
    expect(baseAround({ first: 1_000_000, count: 25 }, null, window)).toBe(999_400);
    expect(baseFor(0, { first: 975, count: 25 }, 1000, window)).toBe(0);
    expect(baseFor(0, { first: 0, count: 0 }, 0, window)).toBe(0);
    expect(rowsFrom(0, 0, window)).toBe(0);
  });
});

describe('the bar of a long view', () => {
  const bars = fc.record({
    track: fc.double({ min: 60, max: 2000, noNaN: true }),
    total: fc.integer({ min: 100, max: 100_000_000 }),
    count: fc.double({ min: 1, max: 70, noNaN: true }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('puts its thumb within the track, and reads the same place from it', () => {
    fc.assert(
      fc.property(bars, ({ track, ...look }) => {
        const sight = { first: firstOf(look), count: look.count };
        const { top, length } = thumbOf(track, sight, look.total);
        expect(length).toBeGreaterThanOrEqual(24);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top + length).toBeLessThanOrEqual(track + 1e-6);
        expect(firstAt(track, top, look.count, look.total) / look.total).toBeCloseTo(sight.first / look.total, 6);
      }),
    );
  });

  it('stops at both ends', () => {
    expect(firstAt(500, -40, 25, 10_000_000)).toBe(0);
    expect(firstAt(500, 900, 25, 10_000_000)).toBe(9_999_975);
    expect(thumbOf(500, { first: 9_999_975, count: 25 }, 10_000_000)).toEqual({ top: 476, length: 24 });
    expect(thumbOf(500, { first: 0, count: 25 }, 10)).toEqual({ top: 0, length: 500 });
  });
});

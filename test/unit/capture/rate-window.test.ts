import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateWindow } from '#main/capture/rate-window.ts';

test('what came within the window is counted, to the width of a bucket', () => {
  const steps = fc.array(fc.record({ after: fc.nat(90_000), count: fc.nat(1000) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.nat(200_000), (given, rest) => {
      const window = createRateWindow(60_000, 60);
      const added: { readonly at: number; readonly count: number }[] = [];
      let at = 1_700_000_000_000;
      for (const { after, count } of given) {
        at += after;
        window.add(count, at);
        added.push({ at, count });
      }
      const now = at + rest;
      const sumSince = (start: number): number =>
        added.filter((one) => one.at >= start).reduce((sum, { count }) => sum + count, 0);
      const sum = window.sum(now);
      expect(sum).toBeLessThanOrEqual(sumSince(now - 60_000));
      expect(sum).toBeGreaterThanOrEqual(sumSince(now - 59_000 + 1));
      expect(window.sum(now + 60_000)).toBe(0);
    }),
  );
});

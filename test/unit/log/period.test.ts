import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barAt, barPeriod, periodOf, spanOf, ticksOf, writePeriod } from '#renderer/log/period.ts';
import { readPlace } from '#renderer/log/place.ts';
import type { Timeline } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';

const zone = 'America/Mexico_City';
const day = 86_400_000;
const start = Date.parse('2013-01-01T06:00:00Z');
const timeline: Timeline = {
  starts: Array.from({ length: 100 }, (_, bar) => new Date(start + bar * 10 * day).toISOString()),
  end: new Date(start + 1000 * day).toISOString(),
  counts: Array.from({ length: 100 }, () => 1),
  exact: true,
};
const span = { start, end: start + 1000 * day };
const now = '2015-01-01T00:00:00Z';

describe('the period of a view', () => {
  it('is what its time conditions leave of the whole', () => {
    expect(spanOf(timeline)).toEqual(span);
    expect(periodOf(parseQuery('event:UPDATE'), zone, now, span)).toBeNull();
    expect(periodOf(parseQuery('from:2013-03-01'), zone, now, span)).toEqual({
      start: Date.parse('2013-03-01T06:00:00Z'),
      end: span.end,
    });
    expect(periodOf(parseQuery('from:2013-03-01 to:2013-03-01 -date:2014'), zone, now, span)).toEqual({
      start: Date.parse('2013-03-01T06:00:00Z'),
      end: Date.parse('2013-03-02T06:00:00Z'),
    });
  });

  it('is written as it was chosen: read again, it is the same days', () => {
    fc.assert(
      fc.property(fc.nat(900), fc.integer({ min: 2, max: 99 }), (from, days) => {
        const chosen = { start: start + from * day, end: start + (from + days) * day };
        const written = writePeriod(chosen, 'UTC');
        const query = parseQuery(`date:${written.start}..${written.end}`);
        const read = periodOf(query, 'UTC', now, { start: 0, end: Date.parse('2030-01-01') });
        // Bars begin at six in the morning here; the days that they touch are taken whole.
        expect(read).toEqual({ start: chosen.start - 6 * 3_600_000, end: chosen.end + 18 * 3_600_000 });
      }),
    );
  });

  it('is written by the minute when it is short', () => {
    const chosen = { start: Date.parse('2013-03-01T10:30:00Z'), end: Date.parse('2013-03-01T12:00:00Z') };
    expect(writePeriod(chosen, 'UTC')).toEqual({ start: '2013-03-01T10:30', end: '2013-03-01T11:59' });
  });
});

describe('bars and labels', () => {
  it('finds the bar of any moment', () => {
    fc.assert(
      fc.property(fc.nat(1000 * day - 1), (offset) => {
        const bar = barAt(timeline, start + offset);
        const period = barPeriod(timeline, bar);
        expect(period.start <= start + offset && start + offset < period.end).toBe(true);
      }),
    );
    expect(barAt(timeline, 0)).toBe(0);
    expect(barAt(timeline, Number.MAX_SAFE_INTEGER)).toBe(99);
  });

  it('puts few labels at round dates of the zone', () => {
    expect(ticksOf(span, 9, zone, 'en').map((tick) => [tick.label, new Date(tick.time).toISOString()])).toEqual([
      ['2013', '2013-01-01T06:00:00.000Z'],
      ['2014', '2014-01-01T06:00:00.000Z'],
      ['2015', '2015-01-01T06:00:00.000Z'],
    ]);
    const hours = ticksOf({ start, end: start + 6 * 3_600_000 }, 9, zone, 'es');
    expect(hours.map((tick) => tick.label)).toEqual(['00:00', '01:00', '02:00', '03:00', '04:00', '05:00', '06:00']);
  });
});

describe('going to a place', () => {
  it('reads ids, grouped or not, and dates on the zone’s clock', () => {
    expect(readPlace(' 214 907 ', zone)).toEqual({ id: 214_907 });
    expect(readPlace('#214,907', zone)).toEqual({ id: 214_907 });
    expect(readPlace('2021-02-11', zone)).toEqual({ instant: '2021-02-11T06:00:00Z' });
    expect(readPlace('2021-02-11 18:04', zone)).toEqual({ instant: '2021-02-12T00:04:00Z' });
  });

  it('says when it is neither', () => {
    for (const text of ['', '0', 'ana', '2021-02-30', '99999999999999999999']) expect(readPlace(text, zone)).toBeNull();
  });
});

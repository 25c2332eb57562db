import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBitacoraError } from '#shared/contract/errors.ts';
import { timeBounds } from '#shared/query/time-bounds.ts';
import { isoOf, microsOf } from '#shared/text/zoned-time.ts';
import { writtenTime } from './arbitraries.ts';

const boundsOf = (start: string | null, end: string | null, zone: string, now = '2026-03-31T18:00:00.000001Z') => {
  const bounds = timeBounds({ kind: 'time', key: 'date', exclude: false, start, end }, zone, microsOf(now));
  return [bounds.start === null ? null : isoOf(bounds.start), bounds.end === null ? null : isoOf(bounds.end)];
};

describe('timeBounds', () => {
  it.each([
    ['2026', 'UTC', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2026-12', 'UTC', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2024-02', 'UTC', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2026-03-31', 'America/Mexico_City', '2026-03-31T06:00:00Z', '2026-04-01T06:00:00Z'],
    ['2026-03-01T10:30', 'America/Mexico_City', '2026-03-01T16:30:00Z', '2026-03-01T16:31:00Z'],
    ['2026-03-01 10:30:59', 'UTC', '2026-03-01T10:30:59Z', '2026-03-01T10:31:00Z'],
    ['2026-03-01T10:30:59.9', 'UTC', '2026-03-01T10:30:59.900Z', '2026-03-01T10:31:00Z'],
    ['2026-03-01T10:30:59.123456', 'UTC', '2026-03-01T10:30:59.123456Z', '2026-03-01T10:30:59.123457Z'],
    ['2026-03-01T10:30Z', 'America/Mexico_City', '2026-03-01T10:30:00Z', '2026-03-01T10:31:00Z'],
    ['2026-03-01 10:30 −06:00', 'UTC', '2026-03-01T16:30:00Z', '2026-03-01T16:31:00Z'],
    // The day begins at one o'clock; the day has 23 hours.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'],
    // Its last hour passes twice; the day has 25.
    ['2018-02-17', 'America/Sao_Paulo', '2018-02-17T02:00:00Z', '2018-02-18T03:00:00Z'],
    // Its first hour passes twice.
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['2026-10-31', 'America/Havana', '2026-10-31T04:00:00Z', '2026-11-01T04:00:00Z'],
    // A minute that passes twice takes in both; one that is jumped over is empty, at the jump.
    ['2026-10-25T02:30', 'Europe/Madrid', '2026-10-25T00:30:00Z', '2026-10-25T01:31:00Z'],
    ['2026-03-29T02:30', 'Europe/Madrid', '2026-03-29T01:00:00Z', '2026-03-29T01:00:00Z'],
    // A day that an island left out.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
    // The clock went from 00:01 back to 23:01 of the day before.
    ['2006-10-29', 'America/St_Johns', '2006-10-29T02:30:00Z', '2006-10-30T03:30:00Z'],
    ['2006-10-28', 'America/St_Johns', '2006-10-28T02:30:00Z', '2006-10-29T03:30:00Z'],
  ])('takes in all of %s in %s', (written, zone, start, end) => {
    expect(boundsOf(written, written, zone)).toEqual([start, end]);
  });

  it.each([
    ['-0d', '2026-03-31T18:00:00.000001Z'],
    ['-90min', '2026-03-31T16:30:00.000001Z'],
    ['-24h', '2026-03-30T18:00:00.000001Z'],
    ['-7d', '2026-03-24T18:00:00.000001Z'],
    ['-1w', '2026-03-24T18:00:00.000001Z'],
    ['-1sem', '2026-03-24T18:00:00.000001Z'],
    ['-1m', '2026-02-28T18:00:00.000001Z'],
    ['-3m', '2025-12-31T18:00:00.000001Z'],
    ['-25m', '2024-02-29T18:00:00.000001Z'],
    ['-1y', '2025-03-31T18:00:00.000001Z'],
    ['-1A', '2025-03-31T18:00:00.000001Z'],
  ])('counts %s back from now', (written, start) => {
    expect(boundsOf(written, null, 'America/Mexico_City')).toEqual([start, null]);
  });

  it('keeps the time of the wall clock over a change of offset for days, and the hours for hours', () => {
    const now = '2026-03-29T10:00:00Z';
    expect(boundsOf('-1d', null, 'Europe/Madrid', now)).toEqual(['2026-03-28T11:00:00Z', null]);
    expect(boundsOf('-24h', null, 'Europe/Madrid', now)).toEqual(['2026-03-28T10:00:00Z', null]);
  });

  it('includes the very moment at a relative end', () => {
    expect(boundsOf(null, '-1d', 'UTC')).toEqual([null, '2026-03-30T18:00:00.000002Z']);
  });

  it('takes in exactly the minutes that the wall clock shows in a day, near changes of offset and elsewhere', () => {
    const zones = [
      'America/Mexico_City',
      'America/Sao_Paulo',
      'America/Havana',
      'Europe/Madrid',
      'Australia/Lord_Howe',
      'Asia/Tehran',
      'Africa/Casablanca',
      'Pacific/Apia',
    ];
    const changes = [
      '2018-02-17',
      '2018-11-04',
      '2026-11-01',
      '2026-03-29',
      '2026-10-25',
      '2019-04-07',
      '2019-10-06',
      '2021-03-22',
      '2021-09-21',
      '2026-03-22',
      '2011-12-30',
    ];
    const day = fc.oneof(
      fc.constantFrom(...changes),
      fc.integer({ min: 0, max: 20_000 }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...zones), day, fc.integer({ min: -1, max: 1 }), (zone, near, shift) => {
        const noon = Date.parse(`${near}T12:00:00Z`) + shift * 86_400_000;
        const asked = new Date(noon).toISOString().slice(0, 10);
        const clock = new Intl.DateTimeFormat('en-CA', {
          timeZone: zone,
          year: 'numeric',
          month: '2-digit',
          day: '2-digit',
        });
        let first: number | null = null;
        let last: number | null = null;
        // Five minutes are the finest step of any change since 1970 in these zones.
        for (let at = noon - 30 * 3_600_000; at < noon + 30 * 3_600_000; at += 300_000) {
          if (clock.format(at) !== asked) continue;
          first ??= at;
          last = at + 300_000;
        }
        const { start, end } = timeBounds(
          { kind: 'time', key: 'date', exclude: false, start: asked, end: asked },
          zone,
          0,
        );
        if (first === null || last === null) expect(start).toBe(end);
        else expect([start, end]).toEqual([first * 1000, last * 1000]);
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('gives safe whole microseconds, never backwards, for every time that can be written', () => {
    fc.assert(
      fc.property(writtenTime, fc.constantFrom('UTC', 'America/Mexico_City', 'Europe/Madrid'), (written, zone) => {
        const { start, end } = timeBounds(
          { kind: 'time', key: 'date', exclude: false, start: written, end: written },
          zone,
          microsOf('2026-03-31T18:00:00Z'),
        );
        expect(Number.isSafeInteger(start)).toBe(true);
        expect(Number.isSafeInteger(end)).toBe(true);
        expect((end ?? 0) - (start ?? 0)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses what is no time, and a zone that does not exist', () => {
    expect(() => boundsOf('soon', null, 'UTC')).toThrow(
      expect.toSatisfy((error) => isBitacoraError(error, 'query_unreadable')),
    );
    expect(() => boundsOf('2026', null, 'Mars/Base')).toThrow(
      expect.toSatisfy((error) => isBitacoraError(error, 'invalid')),
    );
  });
});

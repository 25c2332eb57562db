import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDateReader, readPlainInstant } from '#main/capture/parse-date.ts';

const iso = (value: unknown, order: 'dmy' | 'mdy' = 'dmy', zone = 'UTC'): string => {
  const micros = createDateReader(order, zone)(value);
  if (typeof micros !== 'number') return micros.reason;
  const below = ((micros % 1000) + 1000) % 1000;
  return new Date((micros - below) / 1000)
    .toISOString()
    .replace('Z', `${below === 0 ? '' : String(below).padStart(3, '0')}Z`);
};

describe('reading dates', () => {
  it.each([
    ['2026-03-09T14:30:00.000Z', '2026-03-09T14:30:00.000Z'],
    ['2026-03-09T14:30:00Z', '2026-03-09T14:30:00.000Z'],
    ['2026-03-09 14:30:00', '2026-03-09T14:30:00.000Z'],
    ['2026-03-09T14:30', '2026-03-09T14:30:00.000Z'],
    ['2026-03-09', '2026-03-09T00:00:00.000Z'],
    ['2026/3/9 4:05', '2026-03-09T04:05:00.000Z'],
    ['2026-03-09 14:30:00,123', '2026-03-09T14:30:00.123Z'],
    ['2026-03-09T14:30:00.123456+02:00', '2026-03-09T12:30:00.123456Z'],
    ['2026-03-09 14:30:00.123456789-0530', '2026-03-09T20:00:00.123456Z'],
    ['2026-03-09T14:30:00+00', '2026-03-09T14:30:00.000Z'],
    ['20260309T143000Z', '2026-03-09T14:30:00.000Z'],
    ['20260309', '2026-03-09T00:00:00.000Z'],
    ['09/03/2026 14:30', '2026-03-09T14:30:00.000Z'],
    ['9.3.2026 14:30:05', '2026-03-09T14:30:05.000Z'],
    ['3/9/2026 2:30 PM', '2026-09-03T14:30:00.000Z'],
    ['09/03/2026, 2:30 p. m.', '2026-03-09T14:30:00.000Z'],
    ['09/03/2026 12:05 a.m.', '2026-03-09T00:05:00.000Z'],
    ['09/03/26', '2026-03-09T00:00:00.000Z'],
    ['9 de marzo de 2026, 14:30', '2026-03-09T14:30:00.000Z'],
    ['lunes, 9 de marzo de 2026 a las 14:30', '2026-03-09T14:30:00.000Z'],
    ['miércoles, 11 de marzo del 2026', '2026-03-11T00:00:00.000Z'],
    ['9-mar-2026', '2026-03-09T00:00:00.000Z'],
    ['9-ene.-2026 8:00', '2026-01-09T08:00:00.000Z'],
    ['Mon, 09 Mar 2026 14:30:00 +0100', '2026-03-09T13:30:00.000Z'],
    ['09 Mar 2026 14:30:00 GMT', '2026-03-09T14:30:00.000Z'],
    ['March 9, 2026 2:30 PM', '2026-03-09T14:30:00.000Z'],
    ['09/Mar/2026:14:30:00 -0600', '2026-03-09T20:30:00.000Z'],
    ['1773066600', '2026-03-09T14:30:00.000Z'],
    ['1773066600.25', '2026-03-09T14:30:00.250Z'],
    [1773066600, '2026-03-09T14:30:00.000Z'],
    [1773066600123, '2026-03-09T14:30:00.123Z'],
    ['1773066600123456', '2026-03-09T14:30:00.123456Z'],
    ['1773066600123456789', '2026-03-09T14:30:00.123456Z'],
    ['  2026-03-09 14:30:00 ', '2026-03-09T14:30:00.000Z'],
    ['1960-02-29 00:00:00.5', '1960-02-29T00:00:00.500Z'],
  ])('%s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it('reads the month first when told so', () => {
    expect(iso('3/9/2026 2:30 PM', 'mdy')).toBe('2026-03-09T14:30:00.000Z');
    expect(iso('25/03/2026', 'mdy')).toBe('date_impossible');
  });

  it.each([
    '2026-02-30',
    '2026-02-30T10:00:00.000Z',
    '2026-02-29 10:00',
    '2026-13-01',
    '2026-00-10',
    '31/04/2026',
    '30 de febrero de 2026',
    '2026-03-09 25:61',
    '2026-03-09 24:00:00',
    '2026-03-09T14:60:00.000Z',
    '2026-03-09 13:00 PM',
    '2026-03-09 10:00:00+19:00',
  ])('never rolls %s over', (text) => {
    expect(iso(text)).toBe('date_impossible');
  });

  it.each(['ayer', '14:30', '2026', '0', 'Marte 9, 2026', '2026-03-09 noon', '12-34', '{}', '9 de marzzo de 2026'])(
    'does not guess at %s',
    (text) => {
      expect(iso(text)).toBe('date_unreadable');
    },
  );

  it('says when a date can’t be stored exactly', () => {
    expect(iso('9999-12-31')).toBe('date_out_of_range');
    expect(iso('0001-01-01')).toBe('date_out_of_range');
    expect(iso('9999-12-31T00:00:00.000Z')).toBe('date_out_of_range');
  });
});

describe('times without an offset', () => {
  it('are in the zone, summer time included', () => {
    expect(iso('2026-03-09 14:30:00', 'dmy', 'America/Mexico_City')).toBe('2026-03-09T20:30:00.000Z');
    expect(iso('2020-07-09 14:30:00', 'dmy', 'America/Mexico_City')).toBe('2020-07-09T19:30:00.000Z');
    expect(iso('2026-07-09 14:30:00.25', 'dmy', 'Europe/Madrid')).toBe('2026-07-09T12:30:00.250Z');
    expect(iso('2026-07-09 14:30:00', 'dmy', 'Asia/Kathmandu')).toBe('2026-07-09T08:45:00.000Z');
    expect(iso('2026-07-09T14:30:00Z', 'dmy', 'Europe/Madrid')).toBe('2026-07-09T14:30:00.000Z');
  });

  it('that the clocks skipped are rejected; that came twice are the first', () => {
    expect(iso('2026-03-29 02:30:00', 'dmy', 'Europe/Madrid')).toBe('date_skipped');
    expect(iso('2026-03-29 03:00:00', 'dmy', 'Europe/Madrid')).toBe('2026-03-29T01:00:00.000Z');
    expect(iso('2026-10-25 02:30:00', 'dmy', 'Europe/Madrid')).toBe('2026-10-25T00:30:00.000Z');
    expect(iso('2026-10-25 03:00:00', 'dmy', 'Europe/Madrid')).toBe('2026-10-25T02:00:00.000Z');
  });
});

describe('the fast way', () => {
  it('agrees with the platform on every instant', () => {
    const range = { min: new Date('1700-01-01T00:00:00Z'), max: new Date('2254-01-01T00:00:00Z'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(readPlainInstant(date.toISOString())).toBe(date.getTime() * 1000);
        expect(iso(date.toISOString().replace('T', ' '))).toBe(date.toISOString());
      }),
    );
  });

  it('leaves everything else to the slow way', () => {
    for (const text of [
      '2026-02-30T00:00:00.000Z',
      '2026-03-09 14:30:00.000Z',
      '2026-03-09T14:30:0x.000Z',
      '2026-03-09T14:30:00.000+',
    ]) {
      expect(readPlainInstant(text)).toBeNaN();
    }
  });
});

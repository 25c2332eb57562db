import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBitacoraError } from '#shared/contract/errors.ts';
import { isZone, offsetMsAt } from '#shared/text/zone-offset.ts';
import { formatInstant, formatMicros, isoOf, microsOf, readInstant } from '#shared/text/zoned-time.ts';

const micros = fc.oneof(
  fc.integer({ min: -9_000_000_000_000_000, max: 9_000_000_000_000_000 }),
  fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }).map((ms) => ms * 1000),
  fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }).map((seconds) => seconds * 1_000_000),
);
const zone = fc.constantFrom(
  'America/Mexico_City',
  'UTC',
  'Asia/Kathmandu',
  'Europe/Madrid',
  'Australia/Lord_Howe',
  'Africa/Monrovia',
);

describe('instants as text', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2018-08-26T23:57:53.137Z', 1_535_327_873_137_000],
    ['2018-08-26T17:57:53.137001-06:00', 1_535_327_873_137_001],
    ['2018-08-26 17:57:53,137 −06:00', 1_535_327_873_137_000],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2018-08-26T23:57:53.1370019Z', 1_535_327_873_137_001],
    ['2018-08-26t23:57z', 1_535_327_820_000_000],
  ])('reads %s', (iso, expected) => {
    expect(readInstant(iso)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '2018-08-26',
    '2018-08-26T23:57:53',
    '2018-02-30T00:00:00Z',
    '2018-13-01T00:00:00Z',
    '2018-00-01T00:00:00Z',
    '2018-01-00T00:00:00Z',
    '2018-01-01T24:00:00Z',
    '2018-01-01T00:60:00Z',
    '2018-06-30T23:59:60Z',
    '2018-01-01T00:00:00+24:00',
    '9999-12-31T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '0099-01-01T00:00:00Z',
    '2018-08-26T23:57:53Zx',
    '\ud83d',
  ])('does not take %j for an instant', (text) => {
    expect(readInstant(text)).toBeNull();
    expect(() => microsOf(text)).toThrow(expect.toSatisfy((error) => isBitacoraError(error, 'invalid')));
  });

  it('writes and reads every microsecond without loss', () => {
    fc.assert(
      fc.property(micros, (given) => {
        expect(microsOf(isoOf(given))).toBe(given);
        expect(isoOf(given)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z$/);
      }),
    );
  });

  it('reads what the window shows', () => {
    fc.assert(
      fc.property(micros, zone, (given, name) => {
        // Offsets with seconds, of the time before zones, can't be told from a clock that went back.
        expect(readInstant(formatMicros(given, name, true))).toBe(given);
      }),
    );
  });
});

describe('formatInstant', () => {
  it.each([
    ['2021-02-12T00:04:27Z', 'America/Mexico_City', '2021-02-11 18:04:27 −06:00'],
    ['2021-07-12T00:04:27Z', 'America/Mexico_City', '2021-07-11 19:04:27 −05:00'],
    ['2021-07-12T00:04:27Z', 'Asia/Kathmandu', '2021-07-12 05:49:27 +05:45'],
    ['2021-07-12T00:04:27Z', 'UTC', '2021-07-12 00:04:27 +00:00'],
    ['1900-01-01T00:00:00Z', 'America/Mexico_City', '1899-12-31 17:23:24 −06:36:36'],
  ])('shows %s in %s as %s', (iso, name, shown) => {
    expect(formatInstant(iso, name)).toBe(shown);
  });

  it('shows decimals when asked, as many as there are', () => {
    expect(formatInstant('2021-02-12T00:04:27.120Z', 'UTC', true)).toBe('2021-02-12 00:04:27.120 +00:00');
    expect(formatInstant('2021-02-12T00:04:27.000001Z', 'UTC', true)).toBe('2021-02-12 00:04:27.000001 +00:00');
    expect(formatInstant('2021-02-12T00:04:27Z', 'UTC', true)).toBe('2021-02-12 00:04:27 +00:00');
    expect(formatInstant('2021-02-12T00:04:27.9Z', 'UTC')).toBe('2021-02-12 00:04:27 +00:00');
  });

  it('is right on both sides of a change within one day, whichever is asked first', () => {
    const shown = ['2021-10-31T00:59:59Z', '2021-10-31T01:00:00Z', '2021-10-31T00:59:59Z'].map((iso) =>
      formatInstant(iso, 'Europe/Madrid'),
    );
    expect(shown).toEqual(['2021-10-31 02:59:59 +02:00', '2021-10-31 02:00:00 +01:00', '2021-10-31 02:59:59 +02:00']);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => offsetMsAt('America/Atlantis', 0)).toThrow(
      expect.toSatisfy((error) => isBitacoraError(error, 'invalid')),
    );
    expect(isZone('America/Atlantis')).toBe(false);
    expect(isZone('America/Mexico_City')).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes, formatNumber } from '#renderer/i18n/format-number.ts';
import { createTranslate } from '#renderer/i18n/translate.ts';
import { formatInstant, formatInstantWithOffset, isZone, zoneOffset } from '#renderer/i18n/zoned-time.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  test.each([
    [333549, '333 549', '333,549'],
    [4812, '4 812', '4,812'],
    [0.4, '0,4', '0.4'],
    [-1234.567, '-1 234,57', '-1,234.57'],
  ])('%d', (value, es, en) => {
    expect(plain(formatNumber(value, 'es'))).toBe(es);
    expect(formatNumber(value, 'en')).toBe(en);
  });

  test.each([
    [0, '0 B', '0 B'],
    [999, '999 B', '999 B'],
    [6880, '6,9 kB', '6.9 kB'],
    [412_300_000, '412 MB', '412 MB'],
    [999_600, '1 MB', '1 MB'],
    [9_960_000_000, '10 GB', '10 GB'],
  ])('%d bytes', (value, es, en) => {
    expect(plain(formatBytes(value, 'es'))).toBe(es);
    expect(plain(formatBytes(value, 'en'))).toBe(en);
  });
});

describe('times', () => {
  test.each([
    ['2021-02-12T00:04:27Z', 'America/Mexico_City', '2021-02-11 18:04:27 \u221206:00'],
    ['2021-07-01T12:00:00.123456Z', 'Europe/Madrid', '2021-07-01 14:00:00 +02:00'],
    ['2021-07-01T00:00:00Z', 'UTC', '2021-07-01 00:00:00 +00:00'],
    ['2021-07-01T00:00:00Z', 'Asia/Kolkata', '2021-07-01 05:30:00 +05:30'],
    ['not a time', 'UTC', 'not a time'],
  ])('%s in %s', (instant, zone, shown) => {
    expect(formatInstantWithOffset(instant, zone)).toBe(shown);
  });

  test('what is shown with its offset is the same instant', () => {
    const zones = fc.constantFrom('UTC', 'America/Mexico_City', 'Europe/Madrid', 'Asia/Kolkata', 'Australia/Lord_Howe');
    const times = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(times, zones, (time, zone) => {
        const second = Math.floor(time.getTime() / 1000) * 1000;
        const shown = `${formatInstant(new Date(second).toISOString(), zone)}${zoneOffset(zone, second)}`;
        expect(Date.parse(shown.replace(' ', 'T').replace('\u2212', '-'))).toBe(second);
      }),
    );
  });

  test('zones are told from other texts', () => {
    expect(isZone('America/Mexico_City')).toBe(true);
    expect(isZone('Mexico/Nowhere')).toBe(false);
    expect(isZone(7)).toBe(false);
  });
});

describe('texts', () => {
  test('parameters are filled in as the language writes them', () => {
    expect(plain(createTranslate('es')('palette.entry', { id: '7' }))).toBe('Abrir el registro 7');
    expect(plain(createTranslate('es')('app.status.indexing', { indexed: 1000, entries: 2000 }))).toBe(
      'Indexando: 1 000 de 2 000',
    );
    expect(createTranslate('en')('app.status.indexing', { indexed: 1000, entries: 2000 })).toBe(
      'Indexing: 1,000 of 2,000',
    );
  });

  test('plurals follow the count', () => {
    const t = createTranslate('es');
    expect(t('first-run.password.missing', { count: 1 })).toBe('Falta 1 carácter');
    expect(t('first-run.password.missing', { count: 3 })).toBe('Faltan 3 caracteres');
  });
});

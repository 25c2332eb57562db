import { describe, expect, test } from 'vitest';
import { cellReader, columnKind } from '#main/export/column-values.ts';
import { completenessLines } from '#main/export/completeness.ts';
import { exportColumns } from '#shared/contract/export.ts';
import { isoInZone, readInstant } from '#shared/text/zoned-time.ts';
import { exportedEntry, exportFacts, someInstant } from './exported-entry.ts';

const cellsOf = (columns: Parameters<typeof cellReader>[0], given: Parameters<typeof exportedEntry>[0]) =>
  cellReader(columns)(exportedEntry(given));

describe('the cells of an entry', () => {
  test('are read in the order that is asked', () => {
    expect(cellsOf(['event', 'id'], { event: 'UPDATE', id: 7 })).toEqual(['UPDATE', 7]);
  });

  test('what is not there is null in every column but those that always are', () => {
    const cells = cellsOf(exportColumns, {});
    const filled = exportColumns.filter((_column, place) => cells[place] !== null);
    expect(filled).toEqual(['id', 'eventId', 'occurredAt', 'occurredText', 'receivedAt']);
  });

  test('a person is the name, else the login, else what there is', () => {
    const actor = { id: '7', login: 'ana', name: null, email: null };
    expect(cellsOf(['actor', 'actorLogin', 'actorName'], { actor })).toEqual(['ana', 'ana', null]);
    expect(cellsOf(['module'], { module: { number: 4, name: null } })).toEqual(['4']);
  });

  test('a body keeps the digits of its long numbers', () => {
    const request = '{"method":"POST","body":{"id":12345678901234567890,"n":1}}';
    expect(cellsOf(['requestMethod', 'requestBody', 'responseBody'], { request })).toEqual([
      'POST',
      '{"id":12345678901234567890,"n":1}',
      null,
    ]);
  });

  test('instants are told from numbers', () => {
    expect([columnKind('occurredAt'), columnKind('status'), columnKind('recordId')]).toEqual([
      'instant',
      'number',
      'text',
    ]);
  });
});

test('an instant is written with the offset of its zone and reads back as itself', () => {
  expect(isoInZone(someInstant, 'America/Mexico_City')).toBe('2026-03-01T10:30:00.123456-06:00');
  expect(isoInZone(someInstant, 'Asia/Kolkata')).toBe('2026-03-01T22:00:00.123456+05:30');
  for (const zone of ['UTC', 'America/Mexico_City', 'Asia/Kolkata', 'America/St_Johns']) {
    for (const micros of [someInstant, -someInstant, 0]) expect(readInstant(isoInZone(micros, zone))).toBe(micros);
  }
});

describe('the completeness sheet', () => {
  const lineOf = (label: string, given: Parameters<typeof exportFacts>[0]): string | number | undefined =>
    completenessLines(exportFacts({ language: 'en', ...given })).find((line) => line.label === label)?.value;

  test('has the same lines in both languages, in other words', () => {
    const es = completenessLines(exportFacts());
    const en = completenessLines(exportFacts({ language: 'en' }));
    expect(es.length).toBe(en.length);
    expect(es.every(({ label }) => label !== '')).toBe(true);
    expect(es.filter(({ label }, place) => label === en[place]?.label)).toEqual([]);
  });

  test('names the ids that are missing', () => {
    const missing = {
      count: 3,
      ranges: [
        { from: 4, to: 5 },
        { from: 8, to: 8 },
      ],
    };
    expect(lineOf('IDs missing from the ledger', { missing })).toBe('3: 4–5, 8');
    expect(lineOf('IDs missing from the ledger', {})).toBe('none');
  });

  test('says so when there is nothing in the document, or no filter', () => {
    expect(lineOf('First ID', { rows: 0, firstId: null, lastId: null, period: null })).toBe('none');
    expect(lineOf('Query', { query: '' })).toBe('(the whole log)');
    expect(lineOf('Sort', {})).toBe('Date, descending');
  });
});

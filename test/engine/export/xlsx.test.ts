import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '#shared/contract/entry.ts';
import { microsOf } from '#shared/text/zoned-time.ts';
import { wholeLog } from '../engine/engine-kit.ts';
import { type ExportDesk, hardValues, openExportDesk } from './export-kit.ts';
import { type ReadSheet, readXlsx } from './read-xlsx.ts';

let desk: ExportDesk;
let metadata: ReadSheet;
let sheet: ReadSheet;
const columns = ['id', 'occurredAt', 'event', 'actor', 'oldValue', 'moduleNumber'] as const;

const read = async (name: string): Promise<readonly ReadSheet[]> =>
  readXlsx(await readFile(path.join(desk.folder, name)));
const metadataOf = (of: ReadSheet, label: string): string | undefined => {
  const [reference] = [...of.cells].find(([, cell]) => cell.value === label) ?? [];
  return of.cells.get(reference?.replace('A', 'B') ?? '')?.value;
};

beforeAll(async () => {
  desk = await openExportDesk();
  const result = await desk.run('hard.xlsx', { format: 'xlsx', columns: [...columns] });
  expect(result).toMatchObject({ rows: hardValues.length, sideFile: null });
  [metadata, sheet] = (await read('hard.xlsx')) as [ReadSheet, ReadSheet];
});

describe('an Excel workbook', () => {
  it('has a sheet of metadata first, then the entries under a frozen, filtered heading', () => {
    expect([metadata.name, sheet.name]).toEqual(['Metadatos', 'Registros']);
    expect(sheet.rows).toBe(hardValues.length + 1);
    expect(sheet.frozen).toBe(true);
    expect(sheet.filter).toBe(`A1:G${hardValues.length + 1}`);
    const head = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((letter) => sheet.cells.get(`${letter}1`)?.value);
    expect(head).toEqual([
      'ID',
      'Fecha',
      'Fecha (ISO 8601)',
      'Evento',
      'Usuario',
      'Valor anterior',
      'Número de módulo',
    ]);
  });

  it('holds every entry as the ledger has it, with real numbers and dates', () => {
    for (let row = 2; row <= sheet.rows; row++) {
      const cell = (letter: string) => sheet.cells.get(`${letter}${row}`);
      const entry = desk.entries.get(Number(cell('A')?.value)) as Entry;
      expect([cell('A')?.type, cell('B')?.type, cell('G')?.type]).toEqual(['n', 'n', 'n']);
      const wall = (Number(cell('B')?.value) - 25_569) * 86_400_000 + 6 * 3_600_000;
      expect(Math.round(wall)).toBe(Math.round(microsOf(entry.occurredAt) / 1000));
      expect(cell('C')?.value).toMatch(/-06:00$/);
      expect(microsOf(cell('C')?.value ?? '')).toBe(microsOf(entry.occurredAt));
      expect(cell('G')?.value).toBe(String(entry.module?.number));
      const value = entry.oldValue;
      if (value === null) expect(cell('F')).toBeUndefined();
      else if (value.length <= 32_767) expect(cell('F')).toEqual({ type: 'inlineStr', value });
    }
  });

  it('marks and lists what is longer than a cell, and leaves what just fits', () => {
    const lengths = [...sheet.cells].filter(([reference]) => reference.startsWith('F')).map(([, cell]) => cell.value);
    expect(Math.max(...lengths.map((value) => value.length))).toBe(32_767);
    const cut = lengths.filter((value) => value.endsWith('… [cortado aquí: el valor tiene 32768 caracteres]'));
    const long = hardValues.filter((value) => value.length > 32_767);
    expect(cut.length).toBe(long.length);
    expect(metadataOf(metadata, 'Valores acortados por el formato')).toBe(String(long.length));
    const listed = [...metadata.cells].filter(([, cell]) => cell.value === '32768').length;
    expect(listed).toBe(long.length);
    for (const value of cut) expect(value.isWellFormed()).toBe(true);
  });

  it('says what its NDJSON twin’s hash is', async () => {
    const { files } = await desk.run('twin.ndjson', { format: 'ndjson' });
    expect(metadataOf(metadata, 'SHA-256 del contenido (como NDJSON)')).toBe(files[0]?.sha256);
    expect(metadataOf(metadata, 'Registros en el documento')).toBe(String(hardValues.length));
    expect(metadataOf(metadata, 'Consulta')).toBe('-evento:EXPORT');
  });

  it('of nothing has its heading', async () => {
    const view = wholeLog([{ kind: 'word', exclude: false, value: { text: 'no hay tal cosa', prefix: false } }]);
    expect(await desk.run('none.xlsx', { format: 'xlsx', view, language: 'en' })).toMatchObject({ rows: 0 });
    const [facts, entries] = (await read('none.xlsx')) as [ReadSheet, ReadSheet];
    expect([facts.name, entries.name, entries.rows]).toEqual(['Metadata', 'Entries', 1]);
  });

  it('takes a query and an operator that are full of markup', async () => {
    const text = '<&>"]]> \u0001 _x0041_';
    const view = wholeLog([{ kind: 'word', exclude: true, value: { text, prefix: false } }]);
    await desk.run('markup.xlsx', { format: 'xlsx', view, columns: ['id'] });
    const [facts] = (await read('markup.xlsx')) as [ReadSheet];
    expect(metadataOf(facts, 'Consulta')).toBe('-"<&>\\"]]> \u0001 _x0041_"');
  });
});

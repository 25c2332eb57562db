import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentTask, ExportedEntry } from '#main/export/document.ts';
import { cutForCell, excelTextLimit, excelXml } from '#main/export/xlsx/excel-text.ts';
import { columnLetters } from '#main/export/xlsx/sheet-columns.ts';
import { createXlsxFormat } from '#main/export/xlsx.ts';
import { readXlsx } from '../../engine/export/read-xlsx.ts';
import { exportedEntry, exportFacts } from './exported-entry.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bitacora-xlsx-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options: DocumentTask['options'] = {
  csv: { delimiter: ',', bom: true, guard: true },
  pdf: { paper: 'a4', orientation: 'landscape', layout: 'table' },
};
const { signal } = new AbortController();

/** Writes entries in batches of `batchRows`, and reads them back in both ways. */
const written = async (
  entries: readonly ExportedEntry[],
  limits: Parameters<typeof createXlsxFormat>[0],
  batchRows: number,
) => {
  const format = createXlsxFormat(limits);
  const columns = ['id', 'newValue'] as const;
  const chunks: Uint8Array[] = [];
  const batches = async function* (): AsyncGenerator<readonly ExportedEntry[]> {
    for (let start = 0; start < entries.length; start += batchRows) yield entries.slice(start, start + batchRows);
  };
  const facts = exportFacts({ columns, rows: entries.length });
  const task = { batches: batches(), columns, facts, options, signal, contentHash: () => '0'.repeat(64) };
  const figures = await format.write(task, async () => ({
    name: 'a.xlsx',
    write: async (bytes) => void chunks.push(Uint8Array.from(bytes)),
  }));
  const bytes = Buffer.concat(chunks);
  const file = path.join(folder, 'a.xlsx');
  writeFileSync(file, bytes);
  return {
    figures,
    readBack: await format.readBack([file], { columns, options, signal }),
    sheets: await readXlsx(bytes),
  };
};

const some = (count: number): ExportedEntry[] =>
  Array.from({ length: count }, (_, place) => exportedEntry({ id: count - place, newValue: `v${place}` }));

describe('sheets', { timeout: 60_000 }, () => {
  const limits = { sheetRows: 10, sheetBytes: 1e9, listedCuts: 2 };

  test.each([
    [0, [1]],
    [1, [2]],
    [9, [10]],
    [10, [11]],
    [11, [11, 2]],
    [20, [11, 11]],
    [25, [11, 11, 6]],
  ])('%i entries, ten a sheet', async (count, rows) => {
    for (const batchRows of [1, 7, 10, 100]) {
      const { figures, readBack, sheets } = await written(some(count), limits, batchRows);
      expect(sheets.slice(1).map((sheet) => sheet.rows)).toEqual(rows);
      expect(sheets.slice(1).map((sheet) => sheet.filter)).toEqual(rows.map((row) => `A1:B${row}`));
      const ids = sheets
        .slice(1)
        .flatMap((sheet) =>
          [...sheet.cells].filter(([at]) => /^A(?!1$)/.test(at)).map(([, cell]) => Number(cell.value)),
        );
      expect(ids).toEqual(some(count).map(({ id }) => id));
      const expected = { rows: count, firstRow: count === 0 ? null : count, lastRow: count === 0 ? null : 1 };
      expect(readBack).toEqual(expected);
      expect(figures).toEqual({ ...expected, shortened: 0 });
    }
  });

  test('that grow too large are followed by the next', async () => {
    const { sheets, readBack } = await written(some(6), { ...limits, sheetBytes: 1 }, 2);
    expect(sheets.slice(1).map((sheet) => sheet.rows)).toEqual([3, 3, 3]);
    expect(readBack).toEqual({ rows: 6, firstRow: 6, lastRow: 1 });
  });

  test('list so many cut values, and say how many more there are', async () => {
    const entries = some(5).map((entry) => ({ ...entry, newValue: 'x'.repeat(40_000) }));
    const { figures, sheets } = await written(entries, { ...limits, sheetRows: 2 }, 5);
    expect(figures.shortened).toBe(5);
    const values = [...(sheets[0]?.cells.values() ?? [])].map((cell) => cell.value);
    expect(values.filter((value) => value === '40000').length).toBe(2);
    expect(values).toContain('y otros 3');
  });

  test('hold any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 20 }),
        async (texts) => {
          const entries = texts.map((newValue, place) => exportedEntry({ id: place + 1, newValue }));
          const { sheets } = await written(entries, { ...limits, sheetRows: 100 }, 6);
          const cells = entries.map((_entry, place) => sheets[1]?.cells.get(`B${place + 2}`)?.value);
          expect(cells).toEqual(texts);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('texts', () => {
  test('with half a surrogate pair become well-formed XML that says which half', () => {
    expect(excelXml('a\ud800b')).toBe('a_xD800_b');
    expect(excelXml('\udfff😀')).toBe('_xDFFF_😀');
    expect(excelXml('_x0041_')).toBe('_x005F_x0041_');
  });

  test('are cut to what a cell holds, between characters', () => {
    for (const text of ['x'.repeat(40_000), '😀'.repeat(20_000), `x${'😀'.repeat(20_000)}`]) {
      const cut = cutForCell(text, 'en');
      expect(cut.length).toBeLessThanOrEqual(excelTextLimit);
      expect(cut.length).toBeGreaterThan(excelTextLimit - 2);
      expect(cut.isWellFormed()).toBe(true);
    }
  });

  test('columns are counted in letters', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  });
});

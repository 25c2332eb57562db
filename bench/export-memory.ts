import { rm } from 'node:fs/promises';
import path from 'node:path';
import { walkZipFile } from '#main/export/xlsx/read-zip.ts';
import { isEngineBuilt, memoryOf, startEngineChild } from './engine-child.ts';
import { exportOnce } from './export.ts';
import { spreadOf } from './measures.ts';
import { type BenchReport, tellStep } from './report.ts';
import type { Trail } from './trail.ts';

const growthGoal = 1.3;
const fewRows = 100_000;
const sheetRows = 1_000_000;

/** Sheets of entries that a workbook has. */
const sheetsOf = async (file: string): Promise<number> => {
  let sheets = -1;
  await walkZipFile(file, (name) => {
    if (/^xl\/worksheets\/sheet\d+\.xml$/.test(name)) sheets += 1;
    return () => undefined;
  });
  return sheets;
};

/** A workbook of so many rows, and the most memory that the engine's process ever had, bytes; null where nobody tells. */
const workbookOf = async (
  dataFolder: string,
  rows: number,
  target: string,
  differences: string[],
): Promise<number | null> => {
  tellStep(`export: a workbook of ${rows.toLocaleString('en-US')} rows in an engine of its own`);
  const engine = await startEngineChild(dataFolder);
  try {
    const { result } = await exportOnce(engine.call, rows, target);
    const peak = memoryOf(engine.pid)?.peak ?? null;
    const sheets = await sheetsOf(target);
    if (result.rows !== rows || sheets !== Math.ceil(rows / sheetRows)) {
      differences.push(`a workbook of ${result.rows} rows for ${rows}, in ${sheets} sheets`);
    }
    return peak;
  } finally {
    await engine.close();
    await rm(target, { force: true });
  }
};

/** `export-memory`: the memory of a workbook of several sheets against that of one of 100,000 rows. */
export const measureExportMemory = async (trail: Trail): Promise<BenchReport> => {
  const bench = 'export-memory';
  if (!isEngineBuilt()) {
    return { bench, did: {}, figures: [], differences: [], notes: [], skipped: 'the engine is not built' };
  }
  const { dataFolder, entries: rows } = await trail.dataFolder();
  const target = path.join(await trail.folder(), 'memory.xlsx');
  const differences: string[] = [];
  const fewer = Math.min(fewRows, rows);
  const few = await workbookOf(dataFolder, fewer, target, differences);
  const many = await workbookOf(dataFolder, rows, target, differences);
  const told = few !== null && many !== null;
  return {
    bench,
    did: { trail: trail.name, rows, sheets: Math.ceil(rows / sheetRows) },
    figures: told
      ? [
          {
            what: `peak memory of the engine, Excel of ${rows.toLocaleString('en-US')} rows against ${fewer.toLocaleString('en-US')}`,
            unit: 'MB',
            ours: spreadOf([many / 1e6]),
            bare: spreadOf([few / 1e6]),
            ratio: many / few,
            required: `≤ ${growthGoal} ×`,
            reached: many / few <= growthGoal,
          },
        ]
      : [],
    differences,
    notes: ['each workbook by an engine of its own, all columns; what else runs does not matter to it'],
    skipped: null,
  };
};

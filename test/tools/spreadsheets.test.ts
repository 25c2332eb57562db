import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { createXlsxFormat } from '#main/export/xlsx.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { wholeLog } from '../engine/engine/engine-kit.ts';
import { type ExportDesk, openExportDesk } from '../engine/export/export-kit.ts';
import { exportedEntry, exportFacts } from '../unit/export/exported-entry.ts';

/**
 * What programs that are not ours read out of our tables, against the ledger, entry by entry. Where one of them is not
 * installed, its tests are skipped, and vitest says so. Debian's own Python: others may have no openpyxl.
 */
const python = '/usr/bin/python3';
const succeeds = (command: string, ...words: readonly string[]): boolean => spawnSync(command, words).status === 0;
// Older ones refuse NUL in CSV.
const hasPython = succeeds(python, '-c', 'import sys; sys.exit(sys.version_info < (3, 11))');
const hasOpenpyxl = succeeds(python, '-c', 'import openpyxl');
const hasLibreOffice = succeeds('soffice', '--version');

const readBack = (...words: readonly string[]): unknown => {
  const program = fileURLToPath(new URL('read_back.py', import.meta.url));
  return JSON.parse(execFileSync(python, [program, ...words], { encoding: 'utf8', maxBuffer: 2 ** 28 }));
};

/** Converts a document with LibreOffice, and gives back the names of what it made, in the folder `converted`. */
const convert = async (file: string, to: string, readAs?: string): Promise<readonly string[]> => {
  const folder = path.join(path.dirname(file), 'converted');
  await mkdir(folder, { recursive: true });
  const before = new Set(await readdir(folder));
  // A profile of its own: another LibreOffice that runs here would take the work over and answer nothing.
  const profile = `-env:UserInstallation=file://${path.join(path.dirname(file), 'profile')}`;
  const words = ['--headless', ...(readAs === undefined ? [] : [`--infilter=${readAs}`]), '--convert-to', to];
  execFileSync('soffice', [profile, ...words, '--outdir', folder, file], { stdio: 'pipe' });
  return (await readdir(folder)).filter((name) => !before.has(name)).map((name) => path.join(folder, name));
};

interface ReadSheet {
  readonly name: string;
  readonly frozen: string | null;
  readonly filter: string | null;
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Rows by the names in their heading. */
const named = (rows: readonly (readonly unknown[])[]): readonly Record<string, unknown>[] => {
  const [head = [], ...rest] = rows;
  return rest.map((row) => Object.fromEntries(head.map((name, place) => [String(name), row[place] ?? ''])));
};

let desk: ExportDesk;
const at = (name: string): string => path.join(desk.folder, name);
const entryOf = (id: unknown): Entry => {
  const entry = desk.entries.get(Number(id));
  if (!entry) throw new Error(`no entry ${String(id)}`);
  return entry;
};
const columns = ['id', 'eventId', 'occurredAt', 'event', 'recordId', 'moduleNumber', 'oldValue', 'newValue', 'detail'];
const nothing = wholeLog([{ kind: 'word', exclude: false, value: { text: 'no hay tal cosa', prefix: false } }]);

beforeAll(async () => {
  desk = await openExportDesk();
  const csv = (delimiter: ',' | ';', guard: boolean) => ({ csv: { delimiter, bom: guard, guard } });
  await desk.run('raw.csv', { options: csv(',', false) });
  await desk.run('guarded.csv', { options: csv(';', true) });
  await desk.run('all.ndjson', { format: 'ndjson' });
  await desk.run('book.xlsx', { format: 'xlsx', columns: columns as never });
  await desk.run('none.csv', { view: nothing, options: csv(',', false) });
  await desk.run('none.ndjson', { view: nothing, format: 'ndjson' });
  await desk.run('none.xlsx', { view: nothing, format: 'xlsx' });
});

describe.skipIf(!hasPython)('Python', () => {
  it('reads from a CSV what the ledger has, entry by entry', () => {
    const rows = named(readBack('csv', at('raw.csv'), ',') as string[][]);
    expect(rows.map((row) => Number(row.id))).toEqual([...desk.entries.keys()].reverse());
    for (const row of rows) {
      const entry = entryOf(row.id);
      const { eventId, recordId, event, oldValue, newValue, detail, module, actor } = entry;
      expect(row).toMatchObject({
        ...{ eventId, recordId, event, oldValue: oldValue ?? '', newValue: newValue ?? '', detail },
        ...{ moduleNumber: String(module?.number ?? ''), actorName: actor?.name ?? '' },
      });
      expect(Date.parse(String(row.occurredAt))).toBe(Date.parse(entry.occurredAt));
    }
    expect(readBack('csv', at('none.csv'), ',')).toEqual([expect.arrayContaining(['id', 'extra'])]);
  });

  it('reads from a guarded CSV no cell that a spreadsheet would run, and the same texts behind the guard', () => {
    const cells = readBack('csv', at('guarded.csv'), ';') as string[][];
    expect(cells.flat().filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([]);
    for (const row of named(cells)) {
      const value = entryOf(row.id).oldValue ?? '';
      expect(row.oldValue).toBe(/^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value);
    }
  });

  it('reads from NDJSON what the API answers', () => {
    expect(readBack('ndjson', at('all.ndjson'))).toEqual([...desk.entries.values()].reverse());
    expect(readBack('ndjson', at('none.ndjson'))).toEqual([]);
  });
});

/** What a cell of Excel holds of a value: longer ones are cut and say so. */
const inCell = (value: string): string | RegExp => {
  if (value.length <= 32_767) return value;
  const mark = `… [cortado aquí: el valor tiene ${value.length} caracteres]`;
  const kept = value.slice(0, 32_767 - mark.length);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}${mark}`;
};

describe.skipIf(!hasOpenpyxl)('openpyxl', () => {
  it('reads from a workbook what the ledger has, entry by entry, and no formula', () => {
    const [metadata, sheet] = readBack('xlsx', at('book.xlsx')) as [ReadSheet, ReadSheet];
    expect([metadata.name, sheet.name, sheet.frozen]).toEqual(['Metadatos', 'Registros', 'A2']);
    expect(sheet.filter).toBe(`A1:J${desk.entries.size + 1}`);
    // Dates, numbers, texts; `f` would be a formula.
    expect([...sheet.types, ...metadata.types].every((type) => 'dns'.includes(type) || type === 'inlineStr')).toBe(
      true,
    );
    const rows = named(sheet.rows);
    expect(rows.map((row) => row.ID)).toEqual([...desk.entries.keys()].reverse());
    for (const row of rows) {
      const entry = entryOf(row.ID);
      expect(row['Valor anterior'], `entry ${entry.id}`).toBe(inCell(entry.oldValue ?? ''));
      expect(row['Valor actual']).toBe(inCell(entry.newValue ?? ''));
      expect([row.Detalle, row['ID de registro'], row.Evento]).toEqual([entry.detail, entry.recordId, entry.event]);
      expect(row['Número de módulo']).toBe(entry.module?.number);
      const { date } = row.Fecha as { date: string };
      // On the zone's clock, six hours behind.
      expect(Date.parse(`${date}Z`) + 6 * 3_600_000).toBe(Date.parse(entry.occurredAt));
      expect(Date.parse(String(row['Fecha (ISO 8601)']))).toBe(Date.parse(entry.occurredAt));
    }
    const [, empty] = readBack('xlsx', at('none.xlsx')) as [ReadSheet, ReadSheet];
    expect(empty.rows.length).toBe(1);
  });

  it('streams every row of a workbook, whatever its beginning says of its size', () => {
    const [, ids] = readBack('xlsx-stream', at('book.xlsx')) as number[][];
    expect(ids).toEqual(['ID', ...[...desk.entries.keys()].reverse()]);
  });

  it('reads every entry once from a workbook of several sheets, also at the borders of a sheet', async () => {
    for (const count of [9, 10, 11, 25]) {
      const entries = Array.from({ length: count }, (_none, place) => exportedEntry({ id: count - place }));
      const facts = exportFacts({ columns: ['id'], rows: count });
      const chunks: Uint8Array[] = [];
      const { signal } = new AbortController();
      const options = {
        csv: { delimiter: ',', bom: true, guard: true },
        pdf: { paper: 'a4', orientation: 'landscape', layout: 'table' },
      } as const;
      const batches = (async function* () {
        yield entries;
      })();
      const task = { batches, columns: facts.columns, facts, options, signal, contentHash: () => '0'.repeat(64) };
      await createXlsxFormat({ sheetRows: 10, sheetBytes: 1e9, listedCuts: 2 }).write(task, async () => ({
        name: 'sheets.xlsx',
        write: async (bytes) => void chunks.push(Uint8Array.from(bytes)),
      }));
      await writeFile(at('sheets.xlsx'), Buffer.concat(chunks));
      const [, ...sheets] = readBack('xlsx', at('sheets.xlsx')) as ReadSheet[];
      expect(sheets.length).toBe(Math.ceil(count / 10));
      expect(sheets.flatMap(({ rows }) => rows.slice(1).map(([id]) => id))).toEqual(entries.map(({ id }) => id));
    }
  });
});

/** Characters that LibreOffice keeps in no cell: C0 controls but tab and line end, and what is no character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unkept = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g;

describe.skipIf(!hasLibreOffice)('LibreOffice', { timeout: 180_000 }, () => {
  it('opens a workbook and keeps what the ledger has, entry by entry', async () => {
    // Separated by commas, every text quoted, UTF-8, values as they are, every sheet in a file of its own.
    const files = await convert(
      at('book.xlsx'),
      'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1',
    );
    expect(files.map((file) => path.basename(file)).sort()).toEqual(['book-Metadatos.csv', 'book-Registros.csv']);
    const text = await readFile(files.find((file) => file.endsWith('Registros.csv')) ?? '');
    const rows = parse(text, { columns: true, relax_quotes: false }) as Record<string, string>[];
    expect(rows.map((row) => Number(row.ID))).toEqual([...desk.entries.keys()].reverse());
    const shown = (value: string): string => String(inCell(value)).replaceAll('\r\n', '\n').replace(unkept, '');
    for (const row of rows) {
      const { oldValue, detail, recordId, id } = entryOf(row.ID);
      expect((row['Valor anterior'] ?? '').replace(unkept, ''), `entry ${id}`).toBe(shown(oldValue ?? ''));
      expect([row.Detalle, row['ID de registro']]).toEqual([detail, recordId]);
    }
  });

  it('finds no formula in a workbook, nor in a guarded CSV', async () => {
    // Separated by semicolons, quoted, UTF-8.
    const given = { 'book.xlsx': undefined, 'guarded.csv': 'Text - txt - csv (StarCalc):59,34,76' };
    for (const [name, readAs] of Object.entries(given)) {
      const [file = ''] = await convert(at(name), 'fods', readAs);
      const xml = await readFile(file, 'utf8');
      expect(xml).toContain('caso 0');
      expect(xml).not.toContain('table:formula');
    }
  });
});

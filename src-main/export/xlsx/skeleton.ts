import type { Worksheet } from 'exceljs';
import { completenessLabel, completenessLines } from '../completeness.ts';
import type { ExportFacts } from '../document.ts';
import { columnTitle } from '../export-words.ts';
import { readZipParts } from './read-zip.ts';
import { columnLetters, type SheetColumn } from './sheet-columns.ts';
import { type CutValue, lineHeight, linesOf } from './sheet-rows.ts';

const words = {
  metadata: { es: 'Metadatos', en: 'Metadata' },
  entries: { es: 'Registros', en: 'Entries' },
  sheets: { es: 'Hojas de registros', en: 'Sheets of entries' },
  cutTitle: {
    es: 'Valores que no caben enteros en una celda de Excel (32.767 caracteres); enteros están en CSV y NDJSON',
    en: 'Values that do not fit whole into a cell of Excel (32,767 characters); CSV and NDJSON have them whole',
  },
  cutSheet: { es: 'Hoja', en: 'Sheet' },
  cutCell: { es: 'Celda', en: 'Cell' },
  cutLength: { es: 'Caracteres', en: 'Characters' },
  cutMore: { es: 'y otros {count}', en: 'and {count} more' },
  note: {
    es: 'Las fechas de las hojas van en la hora local de la zona; la columna ISO 8601 lleva además su diferencia con UTC.',
    en: 'Dates in the sheets are on the local clock of the zone; the ISO 8601 column also has their offset from UTC.',
  },
} as const;

/**
 * In so many rows long texts are wrapped, so that a printed page shows them whole within its columns. Beyond, whoever
 * opens the file would wait for the height of every row.
 */
const wrappedRows = 50_000;

export const wrapsTexts = (facts: ExportFacts): boolean => facts.rows <= wrappedRows;

const accent = 'FF1F4E79';
const headFill = 'FFEAF0F6';
const hairline = 'FFB8C4D0';
/** Characters of the widest fonts that the column of values has room for. */
const valueWidth = 80;
/** Characters side by side that a printed page shows large enough to be read. */
const pageCharacters = 320;
const font = { name: 'Calibri', size: 11 } as const;

/** What is only known when the rows are written. */
export interface Ending {
  /** The last row of each sheet of entries, its heading being row 1. */
  readonly sheets: readonly number[];
  readonly contentHash: string;
  readonly cuts: readonly CutValue[];
  /** All that were cut, listed or not. */
  readonly cutCount: number;
}

/** The parts of a workbook by name, and what the rows need to know of it. */
export interface Skeleton {
  readonly parts: ReadonlyMap<string, string>;
  /** Names of the parts that hold sheets of entries. */
  readonly sheetParts: readonly string[];
  readonly headStyle: number;
  readonly styles: readonly number[];
}

const formatOf = (kind: SheetColumn['kind']): string => {
  switch (kind) {
    case 'number':
      return '0';
    case 'date':
      return 'yyyy-mm-dd hh:mm:ss.000';
    case 'iso':
    case 'text':
      return '@';
    default:
      return kind satisfies never;
  }
};

const fillMetadata = (sheet: Worksheet, facts: ExportFacts, ending: Ending, safe: (text: string) => string): void => {
  const { language } = facts;
  sheet.columns = [{ width: 44 }, { width: 96 }, { width: 16 }, { width: 16 }, { width: 16 }];
  const title = sheet.addRow([completenessLabel('title', language)]);
  title.font = { ...font, size: 16, bold: true, color: { argb: accent } };
  title.height = 26;
  sheet.addRow([]);
  const line = (label: string, value: string | number): void => {
    const row = sheet.addRow([label, typeof value === 'string' ? safe(value) : value]);
    row.font = font;
    row.getCell(1).font = { ...font, bold: true };
    row.getCell(1).alignment = { vertical: 'top' };
    row.getCell(2).alignment = { vertical: 'top', horizontal: 'left', wrapText: true };
    // Not every program makes rows as high as their texts need.
    const lines = linesOf(String(value), valueWidth);
    if (lines > 1) row.height = lines * lineHeight;
    if (typeof value === 'number') row.getCell(2).numFmt = '#,##0';
    for (const place of [1, 2]) row.getCell(place).border = { bottom: { style: 'hair', color: { argb: hairline } } };
  };
  for (const { label, value } of completenessLines(facts)) line(label, value);
  line(words.sheets[language], ending.sheets.length);
  line(completenessLabel('contentHash', language), ending.contentHash);
  line(completenessLabel('shortened', language), ending.cutCount);
  sheet.addRow([]);
  sheet.addRow([words.note[language]]).font = { ...font, italic: true };
  sheet.addRow([]);
  sheet.addRow([words.cutTitle[language]]).font = { ...font, bold: true, color: { argb: accent } };
  const head = ['ID', columnTitle('field', language), words.cutSheet[language], words.cutCell[language]];
  sheet.addRow([...head, words.cutLength[language]]).font = { ...font, bold: true };
  // The same formats whether there are any or not: those of the entries' cells are numbered after them.
  const none = [[completenessLabel('none', language)]];
  const listed = ending.cuts.map((cut) => [cut.id, columnTitle(cut.column, language), cut.sheet, cut.cell, cut.length]);
  for (const cells of listed.length > 0 ? listed : none) sheet.addRow(cells).alignment = { horizontal: 'left' };
  const more = ending.cutCount - ending.cuts.length;
  if (more > 0) sheet.addRow([words.cutMore[language].replace('{count}', String(more))]);
};

/** The name of a sheet of entries; 1 the first. */
const sheetName = (facts: ExportFacts, number: number): string =>
  `${words.entries[facts.language]}${number === 1 ? '' : ` ${number}`}`;

/**
 * Everything of a workbook but its rows, made by exceljs: sheets, styles, the metadata sheet, properties. Made twice,
 * before the rows for their formats and after them for what is only known then; both times it is the same but for that.
 */
export const makeSkeleton = async (
  facts: ExportFacts,
  columns: readonly SheetColumn[],
  ending: Ending,
  safe: (text: string) => string,
): Promise<Skeleton> => {
  const { default: excel } = await import('exceljs');
  const workbook = new excel.Workbook();
  const made = new Date(facts.exportedAt / 1000);
  workbook.creator = safe(facts.operator);
  workbook.lastModifiedBy = workbook.creator;
  workbook.created = made;
  workbook.modified = made;
  workbook.title = `Bitácora: ${sheetName(facts, 1)}`;
  workbook.company = '';
  const metadata = workbook.addWorksheet(words.metadata[facts.language], {
    views: [{ showGridLines: false }],
    pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  const pagesWide = Math.ceil(columns.reduce((sum, { width }) => sum + width, 0) / pageCharacters);
  for (const [place, lastRow] of ending.sheets.entries()) {
    const sheet = workbook.addWorksheet(sheetName(facts, place + 1), {
      views: [{ state: 'frozen', ySplit: 1, activeCell: 'A2' }],
      pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: pagesWide, fitToHeight: 0 },
    });
    sheet.columns = columns.map(({ width }) => ({ width }));
    sheet.pageSetup.printTitlesRow = '1:1';
    if (pagesWide > 1) sheet.pageSetup.printTitlesColumn = 'A:A';
    // Else a long text that shows beyond the last column would make the page as wide as itself.
    sheet.pageSetup.printArea = `A1:${columnLetters(columns.length - 1)}${lastRow}`;
    // Numbers, so that no text of these cells goes among the shared ones: they only stand for their formats.
    for (const place of columns.keys()) {
      const head = sheet.getCell(1, place + 1);
      head.value = 0;
      head.font = { ...font, bold: true, color: { argb: accent } };
      head.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: headFill } };
      head.border = { bottom: { style: 'thin', color: { argb: hairline } } };
      head.alignment = { vertical: 'middle' };
    }
    for (const [place, { kind }] of columns.entries()) {
      const cell = sheet.getCell(2, place + 1);
      cell.value = 0;
      cell.numFmt = formatOf(kind);
      cell.alignment = {
        vertical: 'top',
        wrapText: kind === 'text' && wrapsTexts(facts),
        // A date at the right would stand against its own text in the next column, a number against any other.
        ...(kind === 'date' ? { horizontal: 'left' as const } : {}),
        ...(kind === 'number' ? { horizontal: 'right' as const, indent: 1 } : {}),
      };
    }
  }
  fillMetadata(metadata, facts, ending, safe);
  const parts = await readZipParts(Buffer.from(await workbook.xlsx.writeBuffer()));
  const sheetParts = ending.sheets.map((_lastRow, place) => `xl/worksheets/sheet${place + 2}.xml`);
  const first = parts.get(sheetParts[0] ?? '') ?? '';
  const stylesOf = (row: number): number[] =>
    columns.map((_column, place) => {
      const found = new RegExp(`<c r="[A-Z]+${row}" s="(\\d+)"`, 'g');
      return Number([...first.matchAll(found)][place]?.[1]);
    });
  return { parts, sheetParts, headStyle: stylesOf(1)[0] ?? 0, styles: stylesOf(2) };
};

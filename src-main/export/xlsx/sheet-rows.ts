import { rememberLast } from '#main/store/remember-last.ts';
import { rememberNames } from '#main/store/remember-names.ts';
import type { Language } from '#shared/contract/errors.ts';
import type { ExportColumn } from '#shared/contract/export.ts';
import { offsetMsAt } from '#shared/text/zone-offset.ts';
import { isoInZone } from '#shared/text/zoned-time.ts';
import { cellReader } from '../column-values.ts';
import type { ExportedEntry } from '../document.ts';
import { cutForCell, excelTextLimit, excelXml } from './excel-text.ts';
import { columnLetters, type SheetColumn } from './sheet-columns.ts';

const msPerDay = 86_400_000;
/** Days from 1899-12-30, where Excel's count begins, to 1970-01-01. */
const daysTo1970 = 25_569;
/** Before 1900-03-01 Excel counts a day that never was. */
const firstSerial = 61;

/** A value that a cell could not hold whole. */
export interface CutValue {
  readonly id: number;
  readonly column: ExportColumn;
  readonly sheet: number;
  readonly cell: string;
  readonly length: number;
}

export interface RowsSetup {
  readonly columns: readonly SheetColumn[];
  /** Index of the cell format of each column. */
  readonly styles: readonly number[];
  readonly zone: string;
  readonly language: Language;
  /** Long texts are wrapped: the row is as high as the longest needs. */
  readonly wraps: boolean;
  readonly onCut: (cut: Omit<CutValue, 'sheet'>) => void;
}

/** Up to here are spaces and controls; 160 does not break, and is trimmed as they are. */
const space = 32;
const noBreakSpace = 160;
const isSpace = (code: number): boolean => code <= space || code === noBreakSpace;

/** What stands at its ends is trimmed unless told otherwise. */
const textXml = (text: string): string => {
  const kept = isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1));
  return `<t${kept ? ' xml:space="preserve"' : ''}>${excelXml(text)}</t>`;
};

const inlineText = (reference: string, style: number, text: string, xml = textXml(text)): string =>
  `<c r="${reference}" s="${style}" t="inlineStr"><is>${xml}</is></c>`;

/** Columns of names, of which there are few: what was written for one is kept. */
const ofNames = new Set<ExportColumn>([
  'actor',
  'actorId',
  'actorLogin',
  'actorName',
  'actorEmail',
  'event',
  'module',
  'moduleName',
  'target',
  'field',
  'requestMethod',
  'source',
  'originFile',
]);

/** Points of a line, and of the highest row that Excel has. */
export const lineHeight = 15;
const mostHeight = 409;

/** Lines that a text takes in a column so many characters wide, about. */
export const linesOf = (text: string, width: number): number => {
  if (text.length <= width && !text.includes('\n')) return 1;
  let lines = 0;
  for (const line of text.split('\n')) lines += Math.max(1, Math.ceil(line.length / width));
  return lines;
};

/** The heading of a sheet, in row 1. */
export const headRow = (columns: readonly SheetColumn[], style: number): string =>
  `<row r="1">${columns.map(({ title }, place) => inlineText(`${columnLetters(place)}1`, style, title)).join('')}</row>`;

/** Writes entries as rows of a sheet: numbers as numbers, dates as dates on the zone's clock, everything else as text. */
export const createSheetRows = ({ columns, styles, zone, language, wraps, onCut }: RowsSetup) => {
  const distinct = [...new Set(columns.map(({ column }) => column))];
  const cellsOf = cellReader(distinct);
  const places = columns.map(({ column }) => distinct.indexOf(column));
  const nameXml = rememberNames(textXml);
  const xmlOf = columns.map(({ column }) => (ofNames.has(column) ? nameXml : textXml));
  const letters = columns.map((_column, place) => columnLetters(place));

  const textCell = (place: number, reference: string, text: string, id: number): string => {
    const style = styles[place] as number;
    if (text.length <= excelTextLimit)
      return inlineText(reference, style, text, (xmlOf[place] as typeof textXml)(text));
    const { column } = columns[place] as SheetColumn;
    onCut({ id, column, cell: reference, length: text.length });
    return inlineText(reference, style, cutForCell(text, language));
  };
  const iso = columns.map(() => rememberLast((micros) => isoInZone(micros, zone)));
  // Null for a date that Excel does not know: it stays a text.
  const serials = columns.map(() =>
    rememberLast((micros): string | null => {
      const ms = micros / 1000;
      const serial = (ms + offsetMsAt(zone, Math.floor(ms))) / msPerDay + daysTo1970;
      return serial < firstSerial ? null : String(serial);
    }),
  );
  const isoOf = (place: number, micros: number): string => (iso[place] as (micros: number) => string)(micros);
  const dateCell = (place: number, reference: string, micros: number, id: number): string => {
    const serial = (serials[place] as (micros: number) => string | null)(micros);
    if (serial === null) return textCell(place, reference, isoOf(place, micros), id);
    return `<c r="${reference}" s="${styles[place]}"><v>${serial}</v></c>`;
  };

  /** The XML of an entry in the sheet's row `row`, 1 the first. */
  return (entry: ExportedEntry, row: number): string => {
    const cells = cellsOf(entry);
    let xml = '';
    let lines = 1;
    for (let place = 0; place < columns.length; place++) {
      const value = cells[places[place] as number];
      if (value === null || value === undefined) continue;
      const reference = `${letters[place]}${row}`;
      const { kind } = columns[place] as SheetColumn;
      if (typeof value === 'string') {
        xml += textCell(place, reference, value, entry.id);
        if (wraps) lines = Math.max(lines, linesOf(value, (columns[place] as SheetColumn).width));
      } else if (kind === 'date') xml += dateCell(place, reference, value, entry.id);
      else if (kind === 'iso') xml += textCell(place, reference, isoOf(place, value), entry.id);
      else xml += `<c r="${reference}" s="${styles[place]}"><v>${value}</v></c>`;
    }
    const height = lines === 1 ? '' : ` ht="${Math.min(mostHeight, lines * lineHeight)}" customHeight="1"`;
    return `<row r="${row}"${height}>${xml}</row>`;
  };
};

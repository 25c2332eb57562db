import iconv from 'iconv-lite';
import { BitacoraError } from '#shared/contract/errors.ts';
import { csvDelimiters, type ImportOptions } from '#shared/contract/import.ts';
import { ColumnNames, isNesting, slotTarget } from './column-names.ts';
import type { FileSource } from './file-source.ts';
import { findEncoding, isBinary } from './find-encoding.ts';
import { type DateOrder, doubtfulDate } from './parse-date.ts';
import { contentStart, maxRowBytes, type RawRow, type RowPosition, type RowReader } from './raw-row.ts';
import { CsvReader } from './read-csv.ts';
import { JsonArrayReader } from './read-json-array.ts';
import { NdjsonReader } from './read-ndjson.ts';
import { type Encoding, iconvNames } from './to-utf8.ts';

/** How much of the unpacked content decides how the file is read. */
const sampleBytes = 256 * 1024;
type Delimiter = NonNullable<ImportOptions['delimiter']>;

export type Shape = 'ndjson' | 'json-array' | 'csv';

/** How a file is read, all of it decided from its beginning and the options. */
export interface FilePlan {
  readonly shape: Shape;
  readonly encoding: Encoding;
  /** Bytes of the byte order mark before the content. */
  readonly markBytes: number;
  /** Null when the file is not CSV. */
  readonly delimiter: Delimiter | null;
  readonly dateOrder: DateOrder;
  /** Names of the CSV columns, made distinct; empty for JSON. */
  readonly header: readonly string[];
  readonly columnNames: readonly string[];
  readonly columns: ColumnNames;
  /** The rows of the sample, the CSV header aside. */
  readonly rows: readonly RawRow[];
}

/** A reader for the file's content as UTF-8. With CSV its first row is the header, unless it begins further on. */
export const createReader = (
  plan: Pick<FilePlan, 'shape' | 'delimiter'>,
  from: RowPosition = contentStart,
): RowReader => {
  switch (plan.shape) {
    case 'ndjson':
      return new NdjsonReader(from);
    case 'json-array':
      return new JsonArrayReader(from);
    case 'csv':
      return new CsvReader(plan.delimiter ?? ',', from, maxRowBytes);
    default:
      return plan.shape satisfies never;
  }
};

/** Reads the beginning of the file. Throws `import_empty`, `import_binary`, `import_unknown_format`. */
export const planFile = async (source: FileSource, options: ImportOptions): Promise<FilePlan> => {
  const { sample, whole } = await readSample(source);
  const file = source.name;
  const { encoding, markBytes } = findEncoding(sample, options.encoding, whole);
  const text = iconv.decode(sample.subarray(markBytes), iconvNames[encoding]);
  if (isBinary(text)) throw new BitacoraError('import_binary', { file });
  if (text.trim() === '') throw new BitacoraError(whole ? 'import_empty' : 'import_unknown_format', { file });
  const content = encoding === 'utf-8' ? sample.subarray(markBytes) : Buffer.from(text);
  const shape = options.format === 'csv' ? 'csv' : findJsonShape(text, options.format === 'ndjson');
  const read = (delimiter: Delimiter | null): RawRow[] =>
    readRows(createReader({ shape: shape ?? 'csv', delimiter }), content, whole);

  if (shape === 'ndjson' || shape === 'json-array') {
    const rows = read(null);
    const values = rows.map(rowValues);
    const columnNames = [...new Set(values.flatMap((row) => [...row.keys()]))];
    const columns = new ColumnNames(columnNames, options.map);
    const dateOrder = options.dateOrder ?? guessOrder(columns, columnNames, values);
    return { shape, encoding, markBytes, delimiter: null, dateOrder, header: [], columnNames, columns, rows };
  }
  const delimiter = options.delimiter ?? guessDelimiter(read);
  if (delimiter === null && options.format === null && !/\.(csv|tsv|txt)(\.gz)?$/i.test(file)) {
    throw new BitacoraError('import_unknown_format', { file });
  }
  const [first, ...rows] = read(delimiter ?? ',');
  const header = distinctNames(first?.cells ?? []);
  const columns = new ColumnNames(header, options.map);
  const known = header.some((name) => columns.slotOf(name) !== 'extra');
  const named = /\.(csv|tsv)(\.gz)?$/i.test(file) || options.format === 'csv';
  if (!known && !named) throw new BitacoraError('import_unknown_format', { file });
  const values = rows.map((row) => cellValues(header, row));
  const dateOrder = options.dateOrder ?? guessOrder(columns, header, values);
  return {
    shape: 'csv',
    encoding,
    markBytes,
    delimiter: delimiter ?? ',',
    dateOrder,
    header,
    columnNames: header,
    columns,
    rows,
  };
};

const readSample = async (source: FileSource): Promise<{ sample: Buffer; whole: boolean }> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source.chunks()) {
    pieces.push(chunk);
    bytes += chunk.length;
    if (bytes > sampleBytes) break;
  }
  return { sample: Buffer.concat(pieces).subarray(0, sampleBytes), whole: bytes <= sampleBytes };
};

/** `forced`: the person said that it is JSON, so lines that are none are rejects and not a reason to think of CSV. */
const findJsonShape = (text: string, forced: boolean): 'ndjson' | 'json-array' | null => {
  const trimmed = text.trimStart();
  if (/^\[\s*(?:[{\]]|$)/.test(trimmed)) return 'json-array';
  if (forced) return 'ndjson';
  const lines = trimmed.split('\n').filter((line) => line.trim() !== '');
  const objects = lines.filter((line) => line.trimStart().startsWith('{'));
  if (!trimmed.startsWith('{') && objects.length === 0) return null;
  return objects.length * 2 >= lines.length ? 'ndjson' : null;
};

const readRows = (reader: RowReader, content: Buffer, whole: boolean): RawRow[] => {
  const rows: RawRow[] = [];
  reader.push(content);
  for (let row = reader.next(); row !== null; row = reader.next()) rows.push(row);
  if (!whole) return rows;
  reader.finish();
  for (let row = reader.next(); row !== null; row = reader.next()) rows.push(row);
  return rows;
};

/** The delimiter under which the header has the most names that are known, and the rows the most often its width. */
const guessDelimiter = (read: (delimiter: Delimiter) => RawRow[]): Delimiter | null => {
  let best: { readonly delimiter: Delimiter; readonly score: number } | null = null;
  for (const delimiter of csvDelimiters) {
    const [header, ...rows] = read(delimiter);
    const width = header?.cells?.length ?? 0;
    if (header?.cells == null || width < 2) continue;
    const columns = new ColumnNames(header.cells, {});
    const known = header.cells.filter((name) => columns.slotOf(name) !== 'extra').length;
    const even = rows.length === 0 ? 1 : rows.filter((row) => row.cells?.length === width).length / rows.length;
    const score = known * 1000 + even * width;
    if (best === null || score > best.score) best = { delimiter, score };
  }
  return best?.delimiter ?? null;
};

/** Empty names and names that come twice are told apart by their place, so that no column hides another. */
const distinctNames = (cells: readonly string[]): string[] => {
  const names: string[] = [];
  for (const [index, cell] of cells.entries()) {
    const trimmed = cell.trim();
    const base = trimmed === '' ? `column ${index + 1}` : trimmed;
    let name = base;
    for (let copy = 2; names.includes(name); copy += 1) name = `${base} (${copy})`;
    names.push(name);
  }
  return names;
};

/** A JSON row's values by column, as a preview shows them; empty when the row can't be read. */
export const rowValues = (row: RawRow): Map<string, string> => {
  const values = new Map<string, string>();
  if (row.fault !== null) return values;
  for (const [name, value] of Object.entries(parseObject(row.text))) {
    if (value === null) continue;
    if (isNesting(name) && typeof value === 'object' && !Array.isArray(value)) {
      for (const [inner, part] of Object.entries(value))
        if (part !== null) values.set(`${name}.${inner}`, textOf(part));
    } else values.set(name, textOf(value));
  }
  return values;
};

export const cellValues = (header: readonly string[], row: RawRow): Map<string, string> => {
  const values = new Map<string, string>();
  for (const [index, cell] of (row.cells ?? []).entries()) {
    if (cell !== '') values.set(header[index] ?? `column ${index + 1}`, cell);
  }
  return values;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const parseObject = (text: string): object => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    // The row will be rejected with its reason when it is mapped; it just tells nothing about columns.
    return {};
  }
};

/** Day first, unless a date of the sample can only be read month first and none only day first. */
const guessOrder = (
  columns: ColumnNames,
  names: readonly string[],
  rows: readonly ReadonlyMap<string, string>[],
): DateOrder => {
  let monthFirst = false;
  for (const name of names.filter((candidate) => slotTarget(columns.slotOf(candidate)) === 'occurredAt')) {
    for (const row of rows) {
      const doubtful = doubtfulDate(row.get(name) ?? '');
      if (doubtful === null) continue;
      if (doubtful.first > 12) return 'dmy';
      if (doubtful.second > 12) monthFirst = true;
    }
  }
  return monthFirst ? 'mdy' : 'dmy';
};

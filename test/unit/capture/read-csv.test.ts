import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawRow, RowReader } from '#main/capture/raw-row.ts';
import { CsvReader } from '#main/capture/read-csv.ts';
import { JsonArrayReader } from '#main/capture/read-json-array.ts';
import { NdjsonReader } from '#main/capture/read-ndjson.ts';

/** Reads a content that comes in pieces of the given size. */
const readAll = (reader: RowReader, content: string, piece = 7): RawRow[] => {
  const bytes = Buffer.from(content);
  const rows: RawRow[] = [];
  const drain = () => {
    for (let row = reader.next(); row !== null; row = reader.next()) rows.push(row);
  };
  for (let at = 0; at < bytes.length; at += piece) {
    reader.push(bytes.subarray(at, at + piece));
    drain();
  }
  reader.finish();
  drain();
  return rows;
};
const cells = (content: string, delimiter = ',') => readAll(new CsvReader(delimiter), content).map((row) => row.cells);

describe('CSV', () => {
  it('reads quotes, doubled quotes, delimiters and line ends inside of quotes', () => {
    expect(cells('a,"b ""c"", d","line 1\r\nline 2",e\r\n1,,"",4\n')).toEqual([
      ['a', 'b "c", d', 'line 1\r\nline 2', 'e'],
      ['1', '', '', '4'],
    ]);
  });

  it('takes a quote inside a cell as it is', () => {
    expect(cells('tubo de 5" c-80;2\n', ';')).toEqual([['tubo de 5" c-80', '2']]);
    expect(cells('"abc"def,2\n')).toEqual([['abcdef', '2']]);
  });

  it('gives the first line of a row, its whole text, and where it ends', () => {
    const [first, second] = readAll(new CsvReader(','), 'a,"x\ny"\n\nb,2');
    expect(first).toMatchObject({ line: 1, text: 'a,"x\ny"', end: 8, nextLine: 3 });
    expect(second).toMatchObject({ line: 4, text: 'b,2', end: 12 });
  });

  it('loses one line and no more to a quote that is never closed', () => {
    const rows = readAll(new CsvReader(','), 'a,1\n"b,2\nc,3\nd,"4\n5"\n');
    expect(rows.map((row) => row.fault?.reason ?? row.cells)).toEqual([
      ['a', '1'],
      'quote_not_closed',
      ['c', '3'],
      ['d', '4\n5'],
    ]);
    expect(rows[1]).toMatchObject({ line: 2, text: '"b,2' });
  });

  it('gives up on a quoted cell that is over the limit', () => {
    const reader = new CsvReader(',', undefined, 40);
    const rows = readAll(reader, `a,1\n"b,2\n${'long line\n'.repeat(6)}c,3\n`);
    expect(rows[1]?.fault?.reason).toBe('quote_not_closed');
    expect(rows.at(-1)?.cells).toEqual(['c', '3']);
    expect(rows).toHaveLength(9);
  });

  it('reads what csv-parse reads, in pieces of any size', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'ñ', '😀', '"', ',', ';', '\n', '\r\n', ' ', '5'),
      maxLength: 8,
    });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';', '\t'), fc.integer({ min: 1, max: 9 }), (rows, delimiter, piece) => {
        const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter));
        const content = `${quoted.join('\n')}\n`;
        const expected = parse(content, { delimiter, relax_column_count: true, record_delimiter: '\n' }) as string[][];
        const read = readAll(new CsvReader(delimiter), content, piece);
        expect(read.map((row) => row.cells)).toEqual(expected);
      }),
    );
  });
});

describe('JSON', () => {
  const value = fc.dictionary(fc.string({ maxLength: 6 }), fc.oneof(fc.string(), fc.integer(), fc.jsonValue()), {
    noNullPrototype: true,
  });

  it('one object a line comes back as it was written, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 50 }), (values, piece) => {
        const texts = values.map((each) => JSON.stringify(each));
        expect(readAll(new NdjsonReader(), texts.join('\n'), piece).map((row) => row.text)).toEqual(texts);
      }),
    );
  });

  it('a list comes back element by element, printed in any way', () => {
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 50 }), fc.nat(3), (values, piece, indent) => {
        const read = readAll(new JsonArrayReader(), JSON.stringify(values, null, indent), piece);
        expect(read.map((row) => JSON.parse(row.text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('tells the line on which an element begins, and goes on after any of them', () => {
    const content = '[\n  {"a": 1},\n  {"a":\n 2}, 7\n]\n';
    const rows = readAll(new JsonArrayReader(), content);
    expect(rows.map(({ line, text }) => [line, text])).toEqual([
      [2, '{"a": 1}'],
      [3, '{"a":\n 2}'],
      [4, '7'],
    ]);
    const first = rows[0];
    const rest = new JsonArrayReader({ offset: first?.end ?? 0, line: first?.nextLine ?? 0 });
    expect(readAll(rest, content.slice(first?.end))).toEqual(rows.slice(1));
  });

  it('holds only the beginning of an element or a line over the limit', () => {
    const long = JSON.stringify({ a: 'x'.repeat(200_000) });
    const list = readAll(new JsonArrayReader(undefined, 100_000), `[${long},{"a":1}]`, 10_000);
    expect(list.map((row) => [row.fault?.reason, row.text.length])).toEqual([
      ['row_too_long', 65_536],
      [undefined, 7],
    ]);
    const lines = readAll(new NdjsonReader(undefined, 100_000), `${long}\n{"a":1}\n`, 10_000);
    expect(lines.map((row) => [row.fault?.details, row.text.length])).toEqual([
      [{ bytes: long.length, limit: 100_000 }, 65_536],
      [undefined, 7],
    ]);
  });
});

import { rememberLast } from '#main/store/remember-last.ts';
import { isoInZone } from '#shared/text/zoned-time.ts';
import { cellReader, columnKind } from './column-values.ts';
import type { DocumentFormat, DocumentTask, ExportedEntry } from './document.ts';
import { lineFigures } from './read-lines.ts';
import { rowTally } from './row-tally.ts';
import { createTextBytes } from './text-bytes.ts';

const byteOrderMark = '\uFEFF';

/** What a spreadsheet takes for the beginning of a formula or a command, whatever script it is written in. */
const formula = new Set(Array.from('=+-@\t\r\n＝＋－＠', (character) => character.charCodeAt(0)));

/** Quoted also for the other delimiter: a spreadsheet of another country then still finds the same cells. */
const special = /[",;\t\r\n]/;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** RFC 4180. A text that is empty is `""`, one that is not there is nothing at all. */
const textCell = (text: string, guard: boolean): string => {
  if (text === '') return '""';
  const safe = guard && formula.has(text.charCodeAt(0)) ? `'${text}` : text;
  return special.test(safe) ? quoted(safe) : safe;
};

/** Writes entries as lines of CSV, times as ISO 8601 with the offset of the zone. */
const csvLines = ({ columns, facts, options }: Pick<DocumentTask, 'columns' | 'facts' | 'options'>) => {
  const { delimiter, guard } = options.csv;
  const { zone } = facts;
  const cellsOf = cellReader(columns);
  const instants = columns.map((column) =>
    columnKind(column) === 'instant' ? rememberLast((micros) => isoInZone(micros, zone)) : String,
  );
  return (entry: ExportedEntry): string => {
    const cells = cellsOf(entry);
    let line = '';
    for (let place = 0; place < cells.length; place++) {
      const cell = cells[place];
      if (place > 0) line += delimiter;
      if (typeof cell === 'string') line += textCell(cell, guard);
      else if (typeof cell === 'number') line += (instants[place] as (value: number) => string)(cell);
    }
    return `${line}\r\n`;
  };
};

/** The cells of one line of CSV. */
const readCells = (line: string, delimiter: string): readonly string[] => {
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      let end = at + 1;
      while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1;
      cells.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 2;
    } else {
      const next = line.indexOf(delimiter, at);
      const end = next < 0 ? line.length : next;
      cells.push(line.slice(at, end));
      at = end + 1;
    }
  }
  return cells;
};

/** RFC 4180 in UTF-8, lines ended by CR LF, columns named as an import names them. */
export const csvFormat: DocumentFormat = {
  extension: '.csv',
  carriesFacts: false,
  needsContentHash: false,
  volumes: () => 1,
  write: async (task, nextFile) => {
    const { columns, options, batches } = task;
    const file = await nextFile();
    const line = csvLines(task);
    const tally = rowTally();
    const bytes = createTextBytes();
    await file.write(Buffer.from(`${options.csv.bom ? byteOrderMark : ''}${columns.join(options.csv.delimiter)}\r\n`));
    for await (const batch of batches) {
      for (const entry of batch) bytes.add(line(entry));
      tally.count(batch);
      await file.write(bytes.take());
    }
    return { ...tally.figures(), shortened: 0 };
  },
  readBack: (files, { columns, options, signal }) => {
    const place = columns.indexOf('id');
    const idOf = (line: string): number => Number(readCells(line.slice(0, -2), options.csv.delimiter)[place]);
    return lineFigures(files, { quoted: true, head: 1, signal, idOf });
  },
};

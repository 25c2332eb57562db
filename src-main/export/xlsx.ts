import { throwIfCancelled } from '#shared/contract/errors.ts';
import type { DocumentFormat, DocumentTask, ExportedEntry } from './document.ts';
import { rowTally } from './row-tally.ts';
import { createTextBytes } from './text-bytes.ts';
import { createRowCounter } from './xlsx/count-rows.ts';
import { excelSafe } from './xlsx/excel-text.ts';
import { walkZipFile } from './xlsx/read-zip.ts';
import { columnLetters, sheetColumns } from './xlsx/sheet-columns.ts';
import { type CutValue, createSheetRows, headRow } from './xlsx/sheet-rows.ts';
import { makeSkeleton, wrapsTexts } from './xlsx/skeleton.ts';
import { createZipWriter } from './zip-writer.ts';

interface XlsxLimits {
  /** Entries of a sheet; Excel has room for 1,048,575 below the heading. */
  readonly sheetRows: number;
  /** Bytes of a sheet's XML, beyond which the next sheet begins: its size has 32 bits. */
  readonly sheetBytes: number;
  /** Cut values that are listed one by one. */
  readonly listedCuts: number;
}

const limits: XlsxLimits = { sheetRows: 1_000_000, sheetBytes: 3_000_000_000, listedCuts: 50_000 };

/** Takes rows from the batches as sheets have room for them. */
const createSource = (batches: DocumentTask['batches']) => {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly ExportedEntry[] = [];
  let place = 0;
  return {
    /** The next rows, `most` of them at most; none at the end. */
    next: async (most: number): Promise<readonly ExportedEntry[]> => {
      while (place >= batch.length) {
        const { value, done } = await iterator.next();
        if (done) return [];
        batch = value;
        place = 0;
      }
      const rows = batch.slice(place, place + most);
      place += rows.length;
      return rows;
    },
    close: async (): Promise<void> => {
      await iterator.return?.();
    },
  };
};

/** What stands in a sheet before its rows and after them. */
const cutSheet = (xml: string): readonly [string, string] => {
  const [before, after] = xml.split(/<sheetData>.*<\/sheetData>/s);
  if (before === undefined || after === undefined) throw new Error('a sheet without rows');
  // It tells of the skeleton's two rows, and readers that believe it read no further. It may be left out.
  return [before.replace(/<dimension [^>]*>/, ''), after];
};

/** Excel (ECMA-376): a sheet of metadata and as many of entries as it takes. */
export const createXlsxFormat = ({ sheetRows, sheetBytes, listedCuts }: XlsxLimits): DocumentFormat => ({
  extension: '.xlsx',
  carriesFacts: true,
  needsContentHash: true,
  volumes: () => 1,
  write: async (task, nextFile) => {
    const { facts } = task;
    const columns = sheetColumns(task.columns, facts.language);
    const file = await nextFile();
    const first = await makeSkeleton(
      facts,
      columns,
      { sheets: [1], contentHash: '', cuts: [], cutCount: 0 },
      excelSafe,
    );
    const [before, after] = cutSheet(first.parts.get(first.sheetParts[0] ?? '') ?? '');
    const zip = createZipWriter((bytes) => file.write(bytes), facts.exportedAt / 1000);
    const cuts: CutValue[] = [];
    let cutCount = 0;
    const sheets: number[] = [];
    const rowXml = createSheetRows({
      columns,
      styles: first.styles,
      zone: facts.zone,
      language: facts.language,
      wraps: wrapsTexts(facts),
      onCut: (cut) => {
        cutCount += 1;
        if (cuts.length < listedCuts) cuts.push({ ...cut, sheet: sheets.length + 1 });
      },
    });
    const tally = rowTally();
    const source = createSource(task.batches);
    let rows = await source.next(sheetRows);
    // Two, because a chunk is still being compressed when the next one is made.
    const texts = [createTextBytes(), createTextBytes()];
    let turn = 0;

    const sheet = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from(`${before}<sheetData>${headRow(columns, first.headStyle)}`);
      let row = 1;
      let bytes = 0;
      while (rows.length > 0) {
        const text = texts[turn % texts.length] as (typeof texts)[number];
        turn += 1;
        for (const entry of rows) {
          row += 1;
          text.add(rowXml(entry, row));
        }
        tally.count(rows);
        const chunk = text.take();
        bytes += chunk.length;
        yield chunk;
        const room = bytes < sheetBytes ? sheetRows - (row - 1) : 0;
        if (room === 0) {
          rows = await source.next(sheetRows);
          break;
        }
        rows = await source.next(room);
      }
      const filter = `<autoFilter ref="A1:${columnLetters(columns.length - 1)}${row}"/>`;
      yield Buffer.from(`</sheetData>${filter}${after}`);
      sheets.push(row);
    };

    try {
      // First, so that a glance at the beginning tells what kind of file it is.
      await zip.add('_rels/.rels', [Buffer.from(first.parts.get('_rels/.rels') ?? '')]);
      do {
        await zip.add(`xl/worksheets/sheet${sheets.length + 2}.xml`, sheet());
      } while (rows.length > 0);
    } finally {
      await source.close();
    }
    const ending = { sheets, contentHash: task.contentHash(), cuts, cutCount };
    const last = await makeSkeleton(facts, columns, ending, excelSafe);
    if (last.parts.get('xl/styles.xml') !== first.parts.get('xl/styles.xml')) {
      throw new Error('the formats of the cells have changed while they were written');
    }
    for (const [name, xml] of last.parts) {
      if (name !== '_rels/.rels' && !last.sheetParts.includes(name)) await zip.add(name, [Buffer.from(xml)]);
    }
    await zip.end();
    return { ...tally.figures(), shortened: cutCount };
  },
  readBack: async (files, { columns, signal }) => {
    const idLetters = columnLetters(sheetColumns(columns, 'en').findIndex(({ column }) => column === 'id'));
    const sheets = new Map<number, ReturnType<typeof createRowCounter>>();
    for (const file of files) {
      await walkZipFile(file, (name) => {
        const number = Number(/^xl\/worksheets\/sheet(\d+)\.xml$/.exec(name)?.[1] ?? 1);
        if (number === 1) return () => undefined;
        const counter = createRowCounter(idLetters);
        sheets.set(number, counter);
        return (chunk) => {
          throwIfCancelled(signal);
          counter.take(chunk);
        };
      });
    }
    const figures = [...sheets].sort(([a], [b]) => a - b).map(([, counter]) => counter.figures());
    return {
      rows: figures.reduce((sum, { rows }) => sum + rows, 0),
      firstRow: figures[0]?.firstRow ?? null,
      lastRow: figures.at(-1)?.lastRow ?? null,
    };
  },
});

export const xlsxFormat = createXlsxFormat(limits);

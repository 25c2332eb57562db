import { createHash } from 'node:crypto';
import { formatMicros } from '#shared/text/zoned-time.ts';
import type { DocumentFile, DocumentTask, ExportedEntry, WrittenDocument } from '../document.ts';
import { drawEndMark, drawSignatures } from './closing.ts';
import { drawCover, labelledLines } from './cover.ts';
import { startSheets } from './entry-sheets.ts';
import { type EntryPages, startTable } from './entry-table.ts';
import { looks, type PageFlow, sharedDrawingsOf, startPages } from './page-flow.ts';
import { type Bookmark, type PdfFile, paperPoints, startPdf } from './pdf-file.ts';
import { countText, type Say, sayIn } from './pdf-words.ts';
import type { Typeface } from './typeface.ts';

const bookmarkRows = 1000;
/** Entries that a page of a table has room for, about: upright ones have more lines, and rows of more lines. */
const usualRows = 17;
/** So many of the first entries say how wide the columns are. */
const sampleRows = 300;

interface VolumeSummary {
  readonly name: string;
  readonly rows: number;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly pages: number;
  readonly sha256: string;
}

/** How documents are cut. */
export interface VolumeLimits {
  /** From so many entries on there are volumes. */
  readonly volumesFrom: number;
  readonly volumeRows: number;
  /** No file is much larger than this, however few entries it has: jsPDF puts it together as one text in memory. */
  readonly volumeBytes: number;
}
const usualLimits: VolumeLimits = { volumesFrom: 100_000, volumeRows: 50_000, volumeBytes: 48_000_000 };

/** Files that a document takes at least: its volumes and their index, or one. */
export const fewestFiles = (rows: number, { volumesFrom, volumeRows } = usualLimits): number =>
  rows < volumesFrom ? 1 : Math.ceil(rows / volumeRows) + 1;

const inSheets = ({ options }: DocumentTask): boolean => options.pdf.layout === 'sheets';

const titleOf = (task: DocumentTask, say: Say): string =>
  say(!inSheets(task) ? 'title' : task.facts.rows === 1 ? 'sheetTitle' : 'sheetsTitle');

interface OpenPages {
  readonly file: PdfFile;
  readonly flow: PageFlow;
}

const openPages = (face: Typeface, task: DocumentTask, say: Say, title: string): OpenPages => {
  const { facts, options } = task;
  const [short, long] = paperPoints[options.pdf.paper];
  const [width, height] = options.pdf.orientation === 'portrait' ? [short, long] : [long, short];
  face.startDocument();
  const file = startPdf(width, height, {
    title: `${title} · ${facts.ledgerFile}`,
    subject: facts.query === '' ? say('everything') : facts.query,
    author: facts.operator,
    keywords: say('keywords'),
    creator: `Bitácora ${facts.version}`,
    language: facts.language,
    createdAt: new Date(Math.floor(facts.exportedAt / 1000)),
    fileId: createHash('sha256')
      .update(JSON.stringify([facts, title]))
      .digest('hex')
      .slice(0, 32),
  });
  const footLine = say('checkpoint', { fingerprint: facts.fingerprint });
  const rows = Math.min(facts.rows, usualLimits.volumeRows);
  const expectedPages = 2 + Math.ceil(inSheets(task) ? rows : rows / usualRows);
  return { file, flow: startPages(file, face, { width, height, runningTitle: title, say, footLine, expectedPages }) };
};

const finish = ({ file, flow }: OpenPages, say: Say, hash: string | null, bookmarks: readonly Bookmark[]): Buffer => {
  flow.end();
  // Drawings use glyphs too, so they are set before the fonts are cut to what is used.
  const drawings = sharedDrawingsOf(flow.face, say, file.pages, hash, flow.width);
  return file.finish(bookmarks, drawings, flow.face.used());
};

interface EntryBookmarks {
  add(entry: ExportedEntry, row: number, page: number): void;
  list(): readonly Bookmark[];
}

/** Bookmarks of a volume's entries: by day where the order is one of time, else every thousand entries. */
const createEntryBookmarks = (task: DocumentTask, say: Say): EntryBookmarks => {
  const { facts } = task;
  const single = inSheets(task) && facts.rows <= bookmarkRows;
  const byTime = !single && /^-?occurredAt$/.test(facts.sort);
  const found: { title: string; page: number }[] = [];
  let last = '';
  return {
    add: (entry: ExportedEntry, row: number, page: number): void => {
      const part = Math.floor((row - 1) / bookmarkRows) * bookmarkRows;
      const title = single
        ? say('entry', { id: entry.id })
        : byTime
          ? formatMicros(entry.occurredAt, facts.zone).slice(0, 10)
          : say('rowsOf', { from: part + 1, to: Math.min(facts.rows, part + bookmarkRows) });
      if (title === last) return;
      last = title;
      found.push({ title, page });
    },
    /** Days stand below their months when there are many. */
    list: (): readonly Bookmark[] => {
      if (!byTime || found.length <= 40) return found.map((mark) => ({ ...mark, children: [] }));
      const months: { title: string; page: number; children: Bookmark[] }[] = [];
      for (const mark of found) {
        const month = mark.title.slice(0, 7);
        if (months.at(-1)?.title !== month) months.push({ title: month, page: mark.page, children: [] });
        months.at(-1)?.children.push({ ...mark, children: [] });
      }
      return months;
    },
  };
};

/** The last file of a series: what each volume holds, and the signatures for all of them. */
const writeIndex = async (
  face: Typeface,
  task: DocumentTask,
  say: Say,
  volumes: readonly VolumeSummary[],
  file: DocumentFile,
): Promise<void> => {
  const { facts } = task;
  const title = `${titleOf(task, say)} · ${say('indexTitle')}`;
  const pages = openPages(face, task, say, title);
  const { flow } = pages;
  drawCover(flow, facts, say, title, []);
  const bookmarks: Bookmark[] = [{ title: say('title'), page: 1, children: [] }];
  for (const [index, volume] of volumes.entries()) {
    if (flow.room() < 110) flow.nextPage();
    flow.advance(14);
    const name = say('volume', { volume: index + 1 });
    bookmarks.push({ title: name, page: flow.page, children: [] });
    flow.paragraph(name, looks.heading);
    flow.advance(3);
    labelledLines(
      flow,
      [
        { label: say('file'), value: volume.name },
        { label: say('totals'), value: countText(volume.rows, facts.language) },
        { label: say('ids'), value: say('idsFromTo', { from: volume.firstRow, to: volume.lastRow }) },
        { label: say('pages'), value: countText(volume.pages, facts.language) },
        { label: say('fileHash'), value: volume.sha256 },
      ],
      150,
    );
  }
  const all = volumes.reduce((sum, volume) => sum + volume.pages, 0);
  drawSignatures(flow, say, (own) =>
    say('signatureNote', { rows: countText(facts.rows, facts.language), pages: countText(all + own, facts.language) }),
  );
  bookmarks.push({ title: say('signatures'), page: flow.page, children: [] });
  drawEndMark(flow, say('end'));
  await file.write(finish(pages, say, task.contentHash(), bookmarks));
};

interface Volume extends OpenPages {
  readonly entries: EntryPages;
  readonly marks: EntryBookmarks;
  readonly tablePage: number;
  readonly firstRow: number;
  lastRow: number;
  rows: number;
}

const beginVolume = (
  face: Typeface,
  task: DocumentTask,
  say: Say,
  sample: readonly ExportedEntry[],
  volume: number | null,
): Volume => {
  const { facts } = task;
  const title = volume === null ? titleOf(task, say) : `${titleOf(task, say)} · ${say('volume', { volume })}`;
  const pages = openPages(face, task, say, title);
  const { flow } = pages;
  drawCover(flow, facts, say, title, volume === null ? [] : [say('volumeNote')]);
  const sheets = inSheets(task);
  flow.advance(14);
  // A sheet is handed on by itself: the cover stands before it, not on it.
  if (sheets ? sample.length > 0 : flow.room() < 120) flow.nextPage();
  if (!sheets) flow.paragraph(say('entries'), looks.heading);
  flow.advance(4);
  const tablePage = flow.page;
  const entries = sheets ? startSheets(flow, facts, say) : startTable(flow, facts, say, sample);
  if (sample.length === 0) flow.paragraph(say('empty'), looks.text);
  const firstRow = sample[0]?.id ?? 0;
  return { ...pages, entries, marks: createEntryBookmarks(task, say), tablePage, firstRow, lastRow: firstRow, rows: 0 };
};

const bookmarksOf = ({ marks, tablePage }: Volume, say: Say, signed: number | null): readonly Bookmark[] => [
  { title: say('title'), page: 1, children: [] },
  { title: say('entries'), page: tablePage, children: marks.list() },
  ...(signed === null ? [] : [{ title: say('signatures'), page: signed, children: [] }]),
];

/** Writes the entries, in one file or in volumes with an index behind them. */
export const writeEntryDocument = async (
  face: Typeface,
  task: DocumentTask,
  nextFile: () => Promise<DocumentFile>,
  limits: VolumeLimits = usualLimits,
): Promise<WrittenDocument> => {
  const { facts } = task;
  const say = sayIn(facts.language);
  let inVolumes = facts.rows >= limits.volumesFrom;
  const volumes: VolumeSummary[] = [];
  let file = await nextFile();
  let volume: Volume | null = null;
  let rows = 0;
  let firstRow: number | null = null;
  let lastRow: number | null = null;

  const closeVolume = async (open: Volume, isLast: boolean): Promise<void> => {
    const number = volumes.length + 1;
    open.flow.onNextPage = null;
    drawEndMark(open.flow, say(isLast ? 'volumeLast' : 'volumeEnd', { volume: number, next: number + 1 }));
    const bytes = finish(open, say, null, bookmarksOf(open, say, null));
    await file.write(bytes);
    volumes.push({
      name: file.name,
      rows: open.rows,
      firstRow: open.firstRow,
      lastRow: open.lastRow,
      pages: open.file.pages,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    file = await nextFile();
  };

  for await (const batch of task.batches) {
    for (const [index, entry] of batch.entries()) {
      if (volume !== null && (volume.rows >= limits.volumeRows || volume.file.bytes >= limits.volumeBytes)) {
        if (inVolumes || volume.file.bytes >= limits.volumeBytes) {
          inVolumes = true;
          await closeVolume(volume, false);
          volume = null;
        }
      }
      volume ??= beginVolume(
        face,
        task,
        say,
        batch.slice(index, index + sampleRows),
        inVolumes ? volumes.length + 1 : null,
      );
      rows += 1;
      firstRow ??= entry.id;
      lastRow = entry.id;
      volume.rows += 1;
      volume.lastRow = entry.id;
      volume.entries.add(entry);
      volume.marks.add(entry, rows, volume.flow.page);
    }
  }
  volume ??= beginVolume(face, task, say, [], null);
  if (inVolumes) {
    await closeVolume(volume, true);
    await writeIndex(face, task, say, volumes, file);
  } else {
    const { flow } = volume;
    drawSignatures(flow, say, (pages) =>
      say('signatureNote', { rows: countText(facts.rows, facts.language), pages: countText(pages, facts.language) }),
    );
    drawEndMark(flow, say('end'));
    await file.write(finish(volume, say, task.contentHash(), bookmarksOf(volume, say, flow.page)));
  }
  return { rows, firstRow, lastRow, shortened: 0 };
};

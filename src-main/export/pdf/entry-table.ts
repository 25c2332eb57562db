import type { ExportColumn } from '#shared/contract/export.ts';
import { formatMicros } from '#shared/text/zoned-time.ts';
import { type ColumnKind, cellReader, columnKind } from '../column-values.ts';
import type { ExportedEntry, ExportFacts } from '../document.ts';
import { columnTitle } from '../export-words.ts';
import { allLines, breakLines, measureText, type TextLine } from './break-lines.ts';
import { type ColumnWish, fitColumns } from './fit-columns.ts';
import { lineHeight, looks, type PageFlow, point } from './page-flow.ts';
import { countText, type Say } from './pdf-words.ts';

/** Which columns come first to a place side by side; the others stand below, with their titles. */
const sideBySide: readonly ExportColumn[] = [
  'id',
  'occurredAt',
  'actor',
  'actorName',
  'event',
  'module',
  'moduleName',
  'target',
  'recordId',
  'field',
  'oldValue',
  'newValue',
  'action',
  'status',
  'detail',
  'requestPath',
];

/** More lines than this in a cell, and the value stands below the row, over the whole width. */
const maxCellLines = 9;
/** Up to so many columns are all shown, even those that are empty. */
const fewColumns = 12;
const gap = 6;
const padding = 3;
/** Values up to this length are set once and then known. */
const knownLength = 48;
const maxKnown = 4000;

interface Cell {
  readonly lines: readonly TextLine[];
  readonly aligned: 'left' | 'right';
}

interface PlacedColumn {
  readonly column: ExportColumn;
  readonly index: number;
  readonly x: number;
  readonly width: number;
  readonly known: Map<string, Cell>;
}

/** A value that stands below its row. */
interface BelowValue {
  readonly title: string;
  readonly text: string;
  /** It was too long for its cell, which refers to it. */
  readonly long: boolean;
}

/** Where entries go, one after the other. */
export interface EntryPages {
  /** Draws an entry, on the present page or the next. */
  add(entry: ExportedEntry): void;
}

/** Texts of an entry's cells, in the order of the columns; null is nothing. */
export const cellTexts = (facts: ExportFacts): ((entry: ExportedEntry) => readonly (string | null)[]) => {
  const read = cellReader(facts.columns);
  const kinds = facts.columns.map(columnKind);
  return (entry) =>
    read(entry).map((value, index) => {
      if (value === null || value === '') return null;
      if (typeof value === 'string') return value;
      return kinds[index] === 'instant' ? formatMicros(value, facts.zone, true) : String(value);
    });
};

/** How wide most of the sample's values are on one line. */
const wishOf = (flow: PageFlow, title: string, texts: readonly string[], kind: ColumnKind): ColumnWish => {
  const widths = texts
    .map((text) => measureText(flow.face, text.slice(0, 120), looks.cell))
    .sort((one, other) => one - other);
  const most = widths[Math.floor(widths.length * (kind === 'text' ? 0.92 : 0.999))] ?? 0;
  const titleWords = title.split(' ').map((word) => measureText(flow.face, word, looks.columnTitle));
  // A long name may be broken inside, a date only between its words.
  const longest = kind === 'instant' ? Number.POSITIVE_INFINITY : 50;
  const words = texts
    .flatMap((text) => text.slice(0, 120).split(/\s+/))
    .map((word) => Math.min(longest, measureText(flow.face, word, looks.cell)))
    .sort((one, other) => one - other);
  const word = words[Math.floor(words.length * 0.99)] ?? 0;
  const least = Math.max(...titleWords, kind === 'number' ? most : Math.min(word, most), 14) + 0.5;
  return { least: least + gap, whole: Math.max(least, Math.min(most, 240)) + gap };
};

/** Places the columns by what a sample of the entries holds. */
const placeColumns = (
  flow: PageFlow,
  facts: ExportFacts,
  sample: readonly (readonly (string | null)[])[],
): readonly PlacedColumn[] => {
  // Where many columns want a place, one that the sample never fills has to stand below, where nothing takes no room.
  const isNeeded = (column: ExportColumn): boolean => {
    const index = facts.columns.indexOf(column);
    return index >= 0 && (facts.columns.length <= fewColumns || sample.some((row) => row[index] !== null));
  };
  const wanted = sideBySide.filter(isNeeded);
  const wishes = wanted.map((column) => {
    const index = facts.columns.indexOf(column);
    const texts = sample.flatMap((row) => row[index] ?? []);
    return wishOf(flow, columnTitle(column, facts.language), texts, columnKind(column));
  });
  let x = flow.left;
  return fitColumns(wishes, flow.width + gap).flatMap((width, place) => {
    const column = wanted[place];
    if (width === null || column === undefined) return [];
    const placed = {
      column,
      index: facts.columns.indexOf(column),
      x,
      width: width - gap,
      known: new Map<string, Cell>(),
    };
    x += width;
    return [placed];
  });
};

/**
 * Starts a table on the present page. Its columns are fitted to `sample`, the first entries; the title row comes again on
 * every page. A value that is too long for its cell, and columns for which the page is too narrow, stand below the row
 * over the whole width: nothing is cut.
 */
export const startTable = (
  flow: PageFlow,
  facts: ExportFacts,
  say: Say,
  sample: readonly ExportedEntry[],
): EntryPages => {
  const textsOf = cellTexts(facts);
  const placed = placeColumns(flow, facts, sample.map(textsOf));
  const below = facts.columns
    .map((column, index) => ({ title: columnTitle(column, facts.language), index, column }))
    .filter(({ column }) => !placed.some((one) => one.column === column));
  const cellLine = lineHeight(looks.cell);
  const isRight = (column: ExportColumn): boolean => columnKind(column) === 'number';

  const titles = placed.map(({ column, width }) =>
    allLines(flow.face, columnTitle(column, facts.language), looks.columnTitle, width),
  );
  const titleLines = Math.max(1, ...titles.map((lines) => lines.length));
  const headHeight = titleLines * lineHeight(looks.columnTitle) + 2 * padding;
  const drawHead = (): void => {
    const down = flow.advance(headHeight);
    flow.draw(
      `0.94 g ${point(flow.left)} ${point(flow.upOf(down + headHeight))} ${point(flow.width)} ${point(headHeight)} re f\n`,
    );
    for (const [index, lines] of titles.entries()) {
      const { x = 0, width = 0, column = 'id' } = placed[index] ?? {};
      for (const [row, line] of lines.entries()) {
        const at = isRight(column) ? x + width - line.width : x;
        flow.line(line, at, down + padding + row * lineHeight(looks.columnTitle), looks.columnTitle.size);
      }
    }
    flow.advance(padding);
  };

  const setCell = ({ column, width }: PlacedColumn, text: string): Cell | null => {
    const next = breakLines(flow.face, text, looks.cell, width);
    const lines: TextLine[] = [];
    for (let line = next(); line !== null; line = next()) {
      if (lines.length === maxCellLines) return null;
      lines.push(line);
    }
    return { lines, aligned: isRight(column) ? 'right' : 'left' };
  };
  const cellOf = (place: PlacedColumn, text: string): Cell | null => {
    if (text.length > knownLength) return setCell(place, text);
    const known = place.known.get(text);
    if (known !== undefined) return known;
    const cell = setCell(place, text);
    if (cell === null) return null;
    if (place.known.size >= maxKnown) place.known.clear();
    place.known.set(text, cell);
    return cell;
  };
  const referenceTo = (place: PlacedColumn, text: string): Cell => ({
    lines: allLines(
      flow.face,
      say('below', { length: countText(text.length, facts.language) }),
      looks.note,
      place.width,
    ),
    aligned: 'left',
  });

  const drawCells = (cells: readonly (Cell | null)[], down: number): void => {
    let operators = `BT\n${point(cellLine)} TL\n`;
    const y = point(flow.upOf(down + looks.cell.size * 1.02));
    for (const [index, cell] of cells.entries()) {
      const place = placed[index];
      if (!cell || !place) continue;
      if (cell.aligned === 'left') {
        operators += `1 0 0 1 ${point(place.x)} ${y} Tm\n`;
        for (const [row, line] of cell.lines.entries())
          operators += row === 0 ? line.operators : `T*\n${line.operators}`;
      } else {
        for (const [row, line] of cell.lines.entries()) {
          const up = flow.upOf(down + looks.cell.size * 1.02 + row * cellLine);
          operators += `1 0 0 1 ${point(place.x + place.width - line.width)} ${point(up)} Tm\n${line.operators}`;
        }
      }
    }
    flow.draw(`${operators}ET\n`);
  };

  /** Short values beside each other, each with its title; a line that is full goes on below. */
  const drawBelow = (id: number, values: readonly BelowValue[]): void => {
    const indent = flow.left + 10;
    const right = flow.left + flow.width;
    let x = indent;
    let down = -1;
    const nextLine = (): void => {
      if (flow.room() < cellLine) flow.nextPage();
      down = flow.advance(cellLine);
      x = indent;
    };
    for (const { title, text } of values.filter(({ long }) => !long)) {
      const label = allLines(flow.face, `${title}: `, looks.note, right - indent)[0];
      const labelWidth = label?.width ?? 0;
      const whole = labelWidth + Math.min(measureText(flow.face, text.slice(0, 400), looks.cell), flow.width);
      if (down < 0 || x + whole > right) nextLine();
      if (label) flow.line(label, x, down, looks.note.size);
      const next = breakLines(flow.face, text, looks.cell, right - x - labelWidth);
      const valueX = x + labelWidth;
      let line = next();
      while (line !== null) {
        flow.line(line, valueX, down, looks.cell.size);
        const further = next();
        if (further !== null) {
          if (flow.room() < cellLine) flow.nextPage();
          down = flow.advance(cellLine);
          x = right;
        } else if (x < right) x = valueX + line.width + 12;
        line = further;
      }
    }
    for (const { title, text } of values.filter(({ long }) => long)) {
      flow.advance(2);
      const length = countText(text.length, facts.language);
      const heading = say('blockTitle', { column: title, id, length });
      if (flow.room() < 3 * cellLine) flow.nextPage();
      flow.paragraph(heading, looks.columnTitle, { x: indent });
      const next = breakLines(flow.face, text, looks.cell, right - indent);
      for (let line = next(); line !== null; line = next()) {
        if (flow.room() < cellLine) {
          flow.nextPage();
          flow.paragraph(`${heading} ${say('continued')}`, looks.columnTitle, { x: indent });
        }
        const at = flow.advance(cellLine);
        flow.draw(
          `0.75 G 0.8 w ${point(indent - 5)} ${point(flow.upOf(at))} m ${point(indent - 5)} ${point(flow.upOf(at + cellLine))} l S\n`,
        );
        flow.line(line, indent, at, looks.cell.size);
      }
    }
  };

  if (flow.room() < headHeight + 4 * cellLine) flow.nextPage();
  drawHead();
  let onPage: { readonly from: number; to: number } | null = null;
  flow.headNote = () => (onPage === null ? '' : say('idsOnPage', { from: onPage.from, to: onPage.to }));
  flow.onNextPage = () => {
    onPage = null;
    drawHead();
  };
  return {
    add: (entry) => {
      const texts = textsOf(entry);
      const values: BelowValue[] = [];
      const cells = placed.map((place) => {
        const text = texts[place.index];
        if (text === null || text === undefined) return null;
        const cell = cellOf(place, text);
        if (cell !== null) return cell;
        values.push({ title: columnTitle(place.column, facts.language), text, long: true });
        return referenceTo(place, text);
      });
      for (const { title, index } of below) {
        const text = texts[index];
        if (text !== null && text !== undefined) values.push({ title, text, long: text.length > 1200 });
      }
      const height = Math.max(1, ...cells.map((cell) => cell?.lines.length ?? 0)) * cellLine;
      // The first line of what stands below stays with its row.
      if (flow.room() < height + padding + (values.length > 0 ? cellLine : 0)) flow.nextPage();
      onPage ??= { from: entry.id, to: entry.id };
      onPage.to = entry.id;
      flow.draw(`/BitacoraEntry <</Id ${entry.id}>> BDC\n`);
      drawCells(cells, flow.advance(height));
      flow.draw('EMC\n');
      if (values.length > 0) drawBelow(entry.id, values);
      flow.advance(padding);
      flow.rule(0.88);
      flow.advance(padding);
    },
  };
};

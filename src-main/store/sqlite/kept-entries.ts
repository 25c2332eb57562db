import type { EntryCells } from './entry-cells.ts';
import { textsOf } from './search/searched-texts.ts';
import { putTogether, type TextsTogether } from './search/texts-together.ts';

/** So many entries are read, and kept, together. */
const blockRows = 128;
/** The newest entries are read before somebody asks: a word that one in a hundred has fills a page from them. */
const aheadBlocks = 128;
/**
 * What is kept: the newest, of which every frequent word's first page is made, all that the search index does not cover
 * yet, and a few more, so that looking through the newest from end to end never drops those that come next; fewer where
 * texts (UTF-16 units) are long.
 */
const keptBlocks = aheadBlocks + 16;
const keptTexts = 8 * 1024 * 1024;

interface KeptBlock {
  readonly cells: readonly EntryCells[];
  readonly size: number;
}

/** Entries as they were read, those that were used last. Rows are entries − 1. */
export interface KeptEntries {
  /** Undefined when it is not kept, or came after its neighbours were read. */
  find(row: number): EntryCells | undefined;
  /** Reads an entry with its neighbours; undefined when there is none. */
  read(row: number): EntryCells | undefined;
  /** Reads the newest before somebody asks, piece by piece. */
  readAhead(newestId: number): Generator<void>;
}

/** `cellsBetween`: the entries from one id to another. */
export const createKeptEntries = (cellsBetween: (first: number, last: number) => EntryCells[]): KeptEntries => {
  /** What was used last comes last. */
  const blocks = new Map<number, KeptBlock>();
  let keptSize = 0;
  let latest = -1;
  /** Its cells. */
  let latestCells: readonly EntryCells[] = [];
  const drop = (number: number): void => {
    keptSize -= blocks.get(number)?.size ?? 0;
    blocks.delete(number);
  };
  const readBlock = (number: number): TextsTogether => {
    const start = number * blockRows;
    const cells = cellsBetween(start + 1, start + blockRows);
    const together = putTogether(cells);
    let size = 0;
    for (const [place, some] of cells.entries()) {
      some.together = together;
      some.place = place;
      for (const text of textsOf(some)) size += text?.length ?? 0;
    }
    drop(number);
    for (const oldest of blocks.keys()) {
      if (blocks.size < keptBlocks && keptSize + size <= keptTexts) break;
      drop(oldest);
    }
    blocks.set(number, { cells, size });
    keptSize += size;
    latest = number;
    latestCells = cells;
    return together;
  };
  const find = (row: number): EntryCells | undefined => {
    const number = Math.floor(row / blockRows);
    if (latest !== number) {
      const block = blocks.get(number);
      if (!block) return undefined;
      blocks.delete(number);
      blocks.set(number, block);
      latest = number;
      latestCells = block.cells;
    }
    return latestCells[row - number * blockRows];
  };
  return {
    find,
    read: (row) => {
      readBlock(Math.floor(row / blockRows));
      return find(row);
    },
    readAhead: function* (newestId) {
      const newest = Math.floor((newestId - 1) / blockRows);
      for (let number = newest; number >= 0 && number > newest - aheadBlocks; number--) {
        // Long texts: more would only push out what was read before.
        if (keptSize >= keptTexts / 2) return;
        if (!blocks.has(number)) readBlock(number).prepare();
        yield;
      }
    },
  };
};

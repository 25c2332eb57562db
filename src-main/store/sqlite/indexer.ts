import { foldAccents, foldCase } from '#shared/text/fold.ts';
import type { Columns } from './columns.ts';
import { chunkRows } from './columns.ts';
import type { SqliteDatabase } from './database.ts';
import { coveringFiles, eventIdAt, indexFilePath, removeIndexFile, writeIndexFile } from './index-folder.ts';
import {
  keptOrderLength,
  loadOrder,
  orderByText,
  removeOrder,
  saveOrder,
  type TextColumn,
  textColumns,
} from './orders.ts';
import { listSegments, partEnding, searchFolder, segmentEnding } from './search/search-index.ts';
import { type SearchedTuple, someSearchedText } from './search/searched-texts.ts';
import { createSegmentBuilder, segmentRows, segmentStep } from './search/segment-builder.ts';
import { openSegment } from './search/segment-file.ts';
import { throwIfStopped } from './stop.ts';

/** Entries in a short segment: what is newer than the last one is scanned by each search. */
export const partRows = segmentStep;

/**
 * `quiet`: nothing has been written for a moment, so short segments and orders pay. `steady`: entries keep coming.
 * `yielding`: an import wants the machine; only a backlog that would slow searches down is worked off.
 */
export type IndexPace = 'quiet' | 'steady' | 'yielding';
const yieldingRows = 4 * segmentRows;

/** A kept order is made again when this part of the entries is newer than it. */
const staleOrderPart = 0.05;
const staleOrderRows = 4096;

export interface IndexerStep {
  /** What was done; `idle` when there is nothing to do now. */
  readonly did: 'segment' | 'part' | 'chunk' | 'order' | 'check' | 'idle';
  /** Entries that the search index covers. */
  readonly indexed: number;
}

/** An entry's id, and what a search looks into of it. */
type SearchRow = [number, ...SearchedTuple];

const ascii = /^[\0-\x7f]*$/;

/** A text as it is indexed: without accents, and with them where it has any, for searches to which they matter. */
const indexedForms = (text: string): readonly string[] =>
  ascii.test(text) ? [text.toLowerCase()] : [foldAccents(text), foldCase(text)];

/**
 * Brings the side indexes after the ledger in bounded steps. It reads the ledger and writes only files of its own, so
 * that it never stands in the way of the writer.
 */
export const createIndexer = (options: {
  readonly db: SqliteDatabase;
  readonly folder: string;
  readonly columns: Columns;
  readonly searchState: SharedArrayBuffer;
  readonly shouldStop: () => boolean;
}) => {
  const { db, folder, columns, shouldStop } = options;
  const state = new Int32Array(options.searchState);
  const builder = createSegmentBuilder();
  const searched = db
    .prepare(
      `SELECT id, occurred_at, occurred_text, record_id, old_value, new_value, detail, action, request
       FROM entry WHERE id >= ? AND id <= ? ORDER BY id`,
    )
    .raw();
  const maxId = db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck();
  let indexed = 0;

  const announce = (): void => {
    const covering = coveringFiles(listSegments(folder));
    indexed = covering.at(-1)?.last ?? 0;
    Atomics.store(state, 0, indexed);
    Atomics.add(state, 1, 1);
  };

  /** Drops what is damaged, foreign, or from after the newest entry. */
  const clean = (): void => {
    columns.dropForeignChunks(Number(maxId.get()));
    for (const file of listSegments(folder)) {
      const segment = openSegment(file, false);
      segment?.close();
      if (!segment || !eventIdAt(db, file.last)?.equals(segment.mark)) removeIndexFile(file.path);
    }
    announce();
  };
  clean();
  const savedChunks = new Set(columns.savedChunks());

  /**
   * Checks of the files that were there at the opening, still to be made: reading them whole takes a while, so that it is
   * done one a step, when nothing else is to be done.
   */
  const checks: (() => void)[] = [
    ...listSegments(folder).map((file) => () => {
      const segment = openSegment(file, true);
      segment?.close();
      if (segment) return;
      removeIndexFile(file.path);
      announce();
    }),
    ...[...savedChunks].map((first) => () => {
      if (!columns.dropDamagedChunk(first)) return;
      savedChunks.delete(first);
    }),
    ...(Object.keys(textColumns) as TextColumn[]).map((column) => () => {
      if (loadOrder(db, folder, column) === null) removeOrder(folder, column);
    }),
  ];

  const buildSegment = (first: number, last: number, short: boolean): void => {
    builder.clear();
    let lastBuilt = first - 1;
    let previousDetail: string | null = null;
    let foldedDetail: readonly string[] = [];
    const visit = (text: string): boolean => {
      for (const folded of text === previousDetail ? foldedDetail : indexedForms(text)) builder.addText(folded);
      return false;
    };
    for (const row of searched.iterate(first, last) as IterableIterator<SearchRow>) {
      const [id, occurredAt, occurredText, recordId, oldValue, newValue, detail, action, request] = row;
      if (detail !== null && detail !== previousDetail) {
        previousDetail = detail;
        foldedDetail = indexedForms(detail);
      }
      someSearchedText({ occurredAt, occurredText, recordId, oldValue, newValue, detail, action, request }, visit);
      builder.endRow();
      lastBuilt = id;
      if (id % segmentStep === 0) {
        throwIfStopped(shouldStop);
        if (builder.full()) break;
      }
    }
    const mark = eventIdAt(db, lastBuilt);
    if (mark === null) throw new Error(`entry ${lastBuilt} is gone`);
    const directory = searchFolder(folder);
    const ending = short ? partEnding : segmentEnding;
    const before = listSegments(folder);
    writeIndexFile(indexFilePath(directory, first, lastBuilt, ending), builder.finish(first, mark));
    announce();
    if (!short) {
      // The short segments that this one replaces: threads that still read them keep their open handles.
      for (const file of before) if (file.first >= first && file.last <= lastBuilt) removeIndexFile(file.path);
      announce();
    }
  };

  /** First entry after the full segments. */
  const firstUnsettled = (): number => {
    const full = coveringFiles(listSegments(folder)).filter((file) => file.path.endsWith(segmentEnding));
    let next = 1;
    for (const file of full) if (file.first === next) next = file.last + 1;
    return next;
  };

  const searchStep = (newest: number, pace: IndexPace): 'segment' | 'part' | null => {
    const unsettled = firstUnsettled();
    if (newest - unsettled + 1 >= (pace === 'yielding' ? yieldingRows : segmentRows)) {
      buildSegment(unsettled, unsettled + segmentRows - 1, false);
      return 'segment';
    }
    if (pace === 'quiet' && newest - indexed >= partRows) {
      buildSegment(indexed + 1, indexed + partRows, true);
      return 'part';
    }
    return null;
  };

  const chunkStep = (newest: number): boolean => {
    for (let first = 1; first + chunkRows - 1 <= newest; first += chunkRows) {
      if (savedChunks.has(first)) continue;
      columns.upTo(first + chunkRows - 1);
      columns.saveChunk(first);
      savedChunks.add(first);
      return true;
    }
    return false;
  };

  const orderStep = (newest: number): boolean => {
    for (const column of Object.keys(textColumns) as TextColumn[]) {
      const kept = keptOrderLength(folder, column);
      if (newest - kept <= Math.max(staleOrderRows, newest * staleOrderPart)) continue;
      saveOrder(db, folder, column, orderByText(db, column, newest, shouldStop));
      return true;
    }
    return false;
  };

  return {
    indexed: (): number => indexed,
    newest: (): number => Number(maxId.get()),
    /** Does one bounded piece of work. */
    step: (pace: IndexPace): IndexerStep => {
      const newest = Number(maxId.get());
      const search = searchStep(newest, pace);
      if (search) return { did: search, indexed };
      if (pace !== 'yielding' && chunkStep(newest)) return { did: 'chunk', indexed };
      if (pace === 'quiet' && orderStep(newest)) return { did: 'order', indexed };
      const check = pace === 'quiet' ? checks.shift() : undefined;
      if (!check) return { did: 'idle', indexed };
      check();
      return { did: 'check', indexed };
    },
  };
};

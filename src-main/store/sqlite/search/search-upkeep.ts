import { foldAccents, foldCase } from '#shared/text/fold.ts';
import type { SqliteDatabase } from '../database.ts';
import { coveringFiles, eventIdAt, indexFilePath, removeIndexFile, writeIndexFile } from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import type { IndexPace, Upkeep } from '../upkeep.ts';
import { listSegments, partEnding, searchFolder, segmentEnding } from './search-index.ts';
import { type SearchedTuple, someSearchedText } from './searched-texts.ts';
import { createSegmentBuilder, segmentRows, segmentStep } from './segment-builder.ts';
import { openSegment } from './segment-file.ts';

/** Entries in a short segment: what is newer than the last one is scanned by each search. */
export const partRows = segmentStep;

/** The backlog that is worked off even while an import wants the machine. */
const yieldingRows = 4 * segmentRows;

/** An entry's id, and what a search looks into of it. */
type SearchRow = [number, ...SearchedTuple];

const ascii = /^[\0-\x7f]*$/;

/** A text as it is indexed: without accents, and with them where it has any, for searches to which they matter. */
const indexedForms = (text: string): readonly string[] =>
  ascii.test(text) ? [text.toLowerCase()] : [foldAccents(text), foldCase(text)];

export interface SearchUpkeep extends Upkeep {
  /** Entries that the search index covers. */
  indexed(): number;
}

/** Keeps the search segments; drops what is damaged, foreign, or from after the newest entry. */
export const createSearchUpkeep = (
  db: SqliteDatabase,
  folder: string,
  searchState: SharedArrayBuffer,
  shouldStop: () => boolean,
): SearchUpkeep => {
  const state = new Int32Array(searchState);
  const builder = createSegmentBuilder();
  const searched = db
    .prepare(
      `SELECT id, occurred_at, occurred_text, record_id, old_value, new_value, detail, action, request
       FROM entry WHERE id >= ? AND id <= ? ORDER BY id`,
    )
    .raw();
  let indexed = 0;

  const announce = (): void => {
    const covering = coveringFiles(listSegments(folder));
    indexed = covering.at(-1)?.last ?? 0;
    Atomics.store(state, 0, indexed);
    Atomics.add(state, 1, 1);
  };

  for (const file of listSegments(folder)) {
    const segment = openSegment(file, false);
    segment?.close();
    if (!segment || !eventIdAt(db, file.last)?.equals(segment.mark)) removeIndexFile(file.path);
  }
  announce();

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

  const step = (newest: number, pace: IndexPace): 'segment' | 'part' | null => {
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

  return {
    indexed: () => indexed,
    step,
    checks: listSegments(folder).map((file) => () => {
      const segment = openSegment(file, true);
      segment?.close();
      if (segment) return;
      removeIndexFile(file.path);
      announce();
    }),
  };
};

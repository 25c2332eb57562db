import type { SqliteDatabase } from '../database.ts';
import {
  coveringFiles,
  eventIdAt,
  type IndexFile,
  indexFilePath,
  removeIndexFile,
  sortIndexFiles,
  writeIndexFile,
} from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import type { IndexPace, Upkeep, UpkeepWork } from '../upkeep.ts';
import { emptyFrequencies, frequencyEnding, listFrequencies, readFrequencies } from './frequency-table.ts';
import { chunkOf, listSegmentNames, listSegments, partEnding, searchFolder, segmentEnding } from './search-files.ts';
import { type SearchedTuple, someSearchedText } from './searched-texts.ts';
import { createSegmentBuilder, segmentRows, segmentStep } from './segment-builder.ts';
import { createPositionReader, openSegment } from './segment-file.ts';

/** Entries that are left without a short segment when nothing else comes: each search scans them. */
export const partRows = 1024;
/** The same while entries keep coming. */
const steadyRows = 8192;
/** The backlog that is worked off even while an import wants the machine. */
const yieldingRows = 2 * segmentRows;
/** Segments that the frequencies leave uncounted while more are being made. */
const uncountedSegments = 4;
const countedAtOnce = 32;
/** Entries that are read at once; whether the builder is full is looked at between. Fewer where texts are long. */
const batchRows = 256;
const longAverage = 1000;

export interface SearchUpkeep extends Upkeep {
  /** Entries that the search index covers. */
  indexed(): number;
}

/** Keeps the search segments and their frequencies; drops what is damaged, foreign, or from after the newest entry. */
export const createSearchUpkeep = (
  db: SqliteDatabase,
  folder: string,
  searchState: SharedArrayBuffer,
  shouldStop: () => boolean,
): SearchUpkeep => {
  const state = new Int32Array(searchState);
  const builder = createSegmentBuilder();
  const reader = createPositionReader();
  const directory = searchFolder(folder);
  const searched = db
    .prepare(
      `SELECT occurred_at, occurred_text, record_id, old_value, new_value, detail, action, request
       FROM entry WHERE id >= ? AND id <= ? ORDER BY id`,
    )
    .raw();
  let files: readonly IndexFile[] = [];
  let indexed = 0;

  /** Looks at the folder again, and tells all threads to. */
  const announce = (): void => {
    files = listSegments(folder);
    indexed = coveringFiles(files).at(-1)?.last ?? 0;
    Atomics.store(state, 0, indexed);
    Atomics.add(state, 1, 1);
  };

  const isSound = (file: IndexFile, verify: boolean): boolean => {
    const segment = openSegment(file, verify, reader);
    segment?.close();
    return segment !== null && eventIdAt(db, file.last)?.equals(segment.mark) === true;
  };
  const eventIdOf = (id: number): Buffer | null => eventIdAt(db, id);

  const wellNamed = new Set(listSegments(folder).map((file) => file.path));
  for (const file of listSegmentNames(folder)) {
    if (!wellNamed.has(file.path) || !isSound(file, false)) removeIndexFile(file.path);
  }
  let frequencies = emptyFrequencies();
  for (const file of listFrequencies(directory)) {
    const found = frequencies.through === 0 ? readFrequencies(file, eventIdOf, reader) : null;
    if (found) frequencies = found;
    else removeIndexFile(file.path);
  }
  announce();

  /** Makes a segment of the entries from `first` on, up to `last` or to where the builder is full. */
  const buildSegment = (first: number, last: number, ending: string): void => {
    builder.begin(first);
    let lastBuilt = first - 1;
    const visit = (text: string): boolean => {
      builder.addText(text);
      return false;
    };
    while (lastBuilt < last && !(builder.rows() % segmentStep === 0 && builder.full())) {
      throwIfStopped(shouldStop);
      const batch = builder.characters() > longAverage * builder.rows() ? segmentStep : batchRows;
      const rows = searched.all(lastBuilt + 1, Math.min(last, lastBuilt + batch)) as SearchedTuple[];
      for (const [occurredAt, occurredText, recordId, oldValue, newValue, detail, action, request] of rows) {
        someSearchedText(
          { occurredAt, occurredText, recordId, oldValue, newValue, detail, action, request },
          visit,
          false,
        );
        builder.endRow(occurredAt);
      }
      if (rows.length === 0) throw new Error(`entry ${lastBuilt + 1} is gone`);
      lastBuilt += rows.length;
    }
    const mark = eventIdAt(db, lastBuilt);
    if (mark === null) throw new Error(`entry ${lastBuilt} is gone`);
    const file = indexFilePath(directory, first, lastBuilt, ending);
    writeIndexFile(file, builder.finish(mark));
    builder.clear();
    const before = files;
    announce();
    if (ending === partEnding) return;
    // The short segments that this one replaces: threads that still read them keep their open handles.
    const replaced = before.filter((other) => other.path !== file && other.first <= lastBuilt && other.last >= first);
    for (const other of replaced) removeIndexFile(other.path);
    if (replaced.length > 0) announce();
  };

  const drop = (file: string): void => {
    removeIndexFile(file);
    announce();
  };

  const fullSegments = (): readonly IndexFile[] =>
    coveringFiles(sortIndexFiles(files.filter((file) => file.path.endsWith(segmentEnding))));

  const countFrequencies = (uncounted: readonly IndexFile[]): void => {
    let counted: IndexFile | null = null;
    for (const file of uncounted) {
      const segment = openSegment(file, false, reader);
      // Gone or damaged since: the next step makes it again.
      if (!segment) {
        drop(file.path);
        break;
      }
      frequencies.add(segment);
      segment.close();
      counted = file;
    }
    if (!counted) return;
    const mark = eventIdAt(db, counted.last);
    if (mark === null) throw new Error(`entry ${counted.last} is gone`);
    const file = indexFilePath(directory, 1, counted.last, frequencyEnding);
    writeIndexFile(file, frequencies.encode(mark));
    for (const other of listFrequencies(directory)) if (other.path !== file) removeIndexFile(other.path);
    announce();
  };

  const step = (newest: number, pace: IndexPace): UpkeepWork | null => {
    const full = fullSegments();
    const settled = full.at(-1)?.last ?? 0;
    const end = (chunkOf(settled + 1) + 1) * segmentRows;
    const uncounted = full.filter((file) => file.first > frequencies.through);
    const more = newest >= end && (pace !== 'yielding' || newest - settled >= yieldingRows);
    if (uncounted.length >= (more ? uncountedSegments : 1)) {
      countFrequencies(uncounted.slice(0, countedAtOnce));
      return 'segment';
    }
    if (more) {
      buildSegment(settled + 1, end, segmentEnding);
      return 'segment';
    }
    if (pace === 'yielding') return null;
    const unindexed = newest - indexed;
    if (unindexed >= (pace === 'quiet' ? partRows : steadyRows)) {
      const through = indexed + Math.floor(unindexed / partRows) * partRows;
      buildSegment(indexed + 1, Math.min(through, (chunkOf(indexed + 1) + 1) * segmentRows), partEnding);
      return 'part';
    }
    return null;
  };

  return {
    indexed: () => indexed,
    step,
    checks: files.map((file) => () => {
      if (!isSound(file, true)) drop(file.path);
    }),
  };
};

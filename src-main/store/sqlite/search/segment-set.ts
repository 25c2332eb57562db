import { statSync } from 'node:fs';
import type { IndexFile } from '../index-folder.ts';
import { chunkOf, listSegments } from './search-files.ts';
import { segmentRows } from './segment-builder.ts';
import { DamagedSegment, openSegment, type PositionReader, type Segment } from './segment-file.ts';

/** Segments that are kept open; each holds a file and some kilobytes. */
const mostOpen = 512;

/** The segments that there are, opened as they are asked for. */
export interface SegmentSet {
  /** Looks whether there are other segments than before; true when there are. */
  refresh(): boolean;
  /** Entries that sound segments cover, contiguous from 1. */
  covered(): number;
  /** The segments of a chunk, the first entries first. */
  ofChunk(chunk: number): readonly IndexFile[];
  all(): readonly IndexFile[];
  /** What `use` answers, or null when the file turns out to be no sound segment. */
  withSegment<Answer>(file: IndexFile, use: (segment: Segment) => Answer): Answer | null;
  close(): void;
}

const none: readonly IndexFile[] = [];

/** The files that cover a chunk together, a longer one before the shorter ones in it. */
const withoutOverlaps = (files: readonly IndexFile[]): readonly IndexFile[] => {
  const chosen: IndexFile[] = [];
  for (const file of files) if (file.first > (chosen.at(-1)?.last ?? 0)) chosen.push(file);
  return chosen;
};

/**
 * Opens nothing yet. `generation` tells when the set has changed; `eventIdOf`: of an entry, to notice segments of another
 * ledger's past.
 */
export const openSegmentSet = (
  folder: string,
  generation: () => number,
  eventIdOf: (id: number) => Buffer | null,
  reader: PositionReader,
): SegmentSet => {
  let seen = -1;
  let filesOf = new Map<number, readonly IndexFile[]>();
  let all: readonly IndexFile[] = [];
  let covered = 0;
  /** The newest last. `null`: damaged, foreign or gone, until the set of segments changes. */
  const opened = new Map<string, Segment | null>();

  const isBad = (file: IndexFile): boolean => opened.get(file.path) === null;

  const countCovered = (): void => {
    covered = 0;
    for (let chunk = 0; ; chunk++) {
      for (const file of filesOf.get(chunk) ?? []) {
        if (file.first !== covered + 1 || isBad(file)) return;
        covered = file.last;
      }
      if (covered < (chunk + 1) * segmentRows) return;
    }
  };

  const refresh = (): boolean => {
    const current = generation();
    if (current === seen) return false;
    const files = listSegments(folder);
    filesOf = new Map(
      [...Map.groupBy(files, (file) => chunkOf(file.first))].map(([chunk, some]) => [chunk, withoutOverlaps(some)]),
    );
    all = [...filesOf.values()].flat();
    const names = new Set(files.map((file) => file.path));
    for (const [name, segment] of opened) {
      const inode = names.has(name) ? statSync(name, { bigint: true, throwIfNoEntry: false })?.ino : undefined;
      if (segment !== null && segment.inode === inode) continue;
      segment?.close();
      opened.delete(name);
    }
    seen = current;
    countCovered();
    return true;
  };

  const giveUp = (file: IndexFile): void => {
    opened.get(file.path)?.close();
    // What it covers counts as not indexed: it is scanned, and the indexer makes it again.
    opened.set(file.path, null);
    countCovered();
  };

  const segmentOf = (file: IndexFile): Segment | null => {
    const known = opened.get(file.path);
    if (known !== undefined) return known;
    const segment = openSegment(file, false, reader);
    if (!segment || !eventIdOf(file.last)?.equals(segment.mark)) {
      segment?.close();
      giveUp(file);
      return null;
    }
    if (opened.size >= mostOpen) {
      for (const [name, other] of opened) {
        if (!other) continue;
        other.close();
        opened.delete(name);
        break;
      }
    }
    opened.set(file.path, segment);
    return segment;
  };

  const withSegment = <Answer>(file: IndexFile, use: (segment: Segment) => Answer): Answer | null => {
    const segment = segmentOf(file);
    if (!segment) return null;
    try {
      return use(segment);
    } catch (error) {
      if (!(error instanceof DamagedSegment)) throw error;
      giveUp(file);
      return null;
    }
  };

  return {
    refresh,
    covered: () => covered,
    ofChunk: (chunk) => filesOf.get(chunk) ?? none,
    all: () => all,
    withSegment,
    close: () => {
      for (const segment of opened.values()) segment?.close();
      opened.clear();
    },
  };
};

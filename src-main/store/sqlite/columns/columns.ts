import path from 'node:path';
import type { SqliteDatabase } from '../database.ts';
import { firstPast } from '../first-past.ts';
import {
  eventIdAt,
  type IndexFile,
  indexFilePath,
  listIndexFiles,
  removeIndexFile,
  writeIndexFile,
} from '../index-folder.ts';
import { throwIfStopped } from '../stop.ts';
import { type BuiltChunk, openBuiltChunk, prepareColumnRows } from './build-chunk.ts';
import { type Chunk, type ChunkColumn, chunkColumns, chunkRows } from './chunk.ts';
import {
  addCrossCounts,
  areCodesSound,
  blockRows,
  type ChunkDirectory,
  keepFilesOpen,
  layOutChunk,
  markCode,
  readChunkDirectory,
  readCodes,
  readRecordRows,
  readTimeBlock,
  readTimes,
} from './chunk-file.ts';
import { codeBeginnings, createCodeBits } from './code-bits.ts';
import { createMixedRecords } from './mixed-records.ts';

const chunkEnding = 'cols';

/** Chunks that address space is reserved for (100 million entries); memory is only used for those that are looked at. */
const maxChunks = 1526;
const slotBytes = chunkRows * Uint16Array.BYTES_PER_ELEMENT;
/** Slots are reserved for as many chunks at a time. */
const growBy = 16;

/**
 * The codes that any thread has read, for all threads. A slot's content depends on nothing but the ledger, so that two
 * threads that fill the same one write the same. `state`: for each column and chunk 0, or the bytes of a code.
 */
export interface SharedColumns {
  readonly state: SharedArrayBuffer;
  readonly codes: Readonly<Record<ChunkColumn, SharedArrayBuffer>>;
}

export const createSharedColumns = (): SharedColumns => ({
  state: new SharedArrayBuffer(chunkColumns.length * maxChunks * Int32Array.BYTES_PER_ELEMENT),
  codes: Object.fromEntries(
    chunkColumns.map((name) => [name, new SharedArrayBuffer(0, { maxByteLength: maxChunks * slotBytes })]),
  ) as Record<ChunkColumn, SharedArrayBuffer>,
});

/** Chunks made from the ledger that a thread keeps: the newest one, and those that have no file yet; about 1.7 MB each. */
const keptBuilt = 12;
/** Chunks whose times a thread keeps; half a megabyte each. */
const keptTimes = 4;
/** So many entries are read ahead at once: a few milliseconds that somebody who calls may have to wait. */
const rowsAhead = 2048;
/** Chunks that are opened ahead, at most; each takes some ten kilobytes. */
const chunksAhead = 256;
/** Chunks whose codes are read ahead, at most: ten million entries, up to a megabyte a chunk. */
const codesAhead = 160;
/** Files that a thread keeps open. */
const keptOpen = 256;

/** One thread's access to the columns of the ledger. */
export interface Columns {
  /** A chunk with all entries of its that are not newer than `newestId`, and maybe more. */
  chunk(number: number, newestId: number): Chunk;
  /**
   * Reads what most questions begin with, a short piece at each step: the newest chunk, of the others what is in them, and
   * then their codes.
   */
  readAhead(newestId: number): Generator<void, void>;
  close(): void;
}

const reserve = (buffer: SharedArrayBuffer, chunks: number): void => {
  const wanted = Math.min(Math.ceil(chunks / growBy) * growBy, maxChunks) * slotBytes;
  try {
    if (buffer.byteLength < wanted) buffer.grow(wanted);
  } catch (error) {
    // Another thread may have grown it further in between.
    if (buffer.byteLength < wanted) throw error;
  }
};

const chunkFile = (folder: string, number: number): IndexFile => {
  const first = number * chunkRows + 1;
  const last = first + chunkRows - 1;
  return { path: indexFilePath(path.join(folder, 'columns'), first, last, chunkEnding), first, last };
};

/** Keeps the few that were used last. */
const keepFew = <Value>(values: Map<number, Value>, most: number, number: number, value: Value): Value => {
  values.delete(number);
  values.set(number, value);
  for (const oldest of values.keys()) {
    if (values.size <= most) break;
    values.delete(oldest);
  }
  return value;
};

export const openColumns = (
  db: SqliteDatabase,
  shared: SharedColumns,
  folder: string,
  shouldStop: () => boolean,
): Columns => {
  const state = new Int32Array(shared.state);
  const rowsBetween = prepareColumnRows(db);
  const stored = new Map<number, Chunk>();
  const built = new Map<number, BuiltChunk>();
  const times = new Map<number, Float64Array>();
  const files = keepFilesOpen(keptOpen);
  const bits = createCodeBits();

  const build = (number: number, newestId: number): BuiltChunk => {
    const chunk = keepFew(
      built,
      keptBuilt,
      number,
      built.get(number) ?? openBuiltChunk(number, rowsBetween, shouldStop),
    );
    if (number * chunkRows + chunk.rows < newestId) chunk.extend(newestId);
    return chunk;
  };

  const openStored = (number: number): Chunk | null => {
    const file = chunkFile(folder, number);
    const directory = readChunkDirectory(file);
    if (directory === null || !eventIdAt(db, file.last)?.equals(directory.mark)) return null;
    // Where a part of the file is damaged, the ledger has the same; the indexer makes the file again.
    const again = (): BuiltChunk => build(number, file.last);
    const views = new Map<ChunkColumn, Uint8Array | Uint16Array>();
    const beginnings = new Map<ChunkColumn, Uint32Array>();

    const loadCodes = (name: ChunkColumn): Uint8Array | Uint16Array => {
      const place = directory.codes[name];
      const buffer = shared.codes[name];
      reserve(buffer, number + 1);
      const cell = chunkColumns.indexOf(name) * maxChunks + number;
      const at = number * slotBytes;
      if (Atomics.load(state, cell) === 0) {
        const codes = readCodes(file, place);
        if (codes === null) return again().codes(name);
        new Uint8Array(buffer, at, codes.length).set(codes);
        Atomics.store(state, cell, place.width);
      }
      return place.width === 1 ? new Uint8Array(buffer, at, chunkRows) : new Uint16Array(buffer, at, chunkRows);
    };

    return {
      number,
      rows: chunkRows,
      minTime: directory.minTime,
      maxTime: directory.maxTime,
      inOrder: directory.inOrder,
      values: (name) => directory.values[name],
      codes: (name) => {
        let found = views.get(name);
        if (!found) {
          throwIfStopped(shouldStop);
          found = loadCodes(name);
          views.set(name, found);
        }
        return found;
      },
      mark: (column, code, limit, out) => {
        throwIfStopped(shouldStop);
        const begins = beginnings.get(column) ?? codeBeginnings(directory.values[column].counts);
        beginnings.set(column, begins);
        const marked = files.withFile(file, (handle) =>
          markCode(bits, handle, directory, [column, begins], code, limit, out),
        );
        return marked ?? false;
      },
      crossed: (by, places, of) => {
        throwIfStopped(shouldStop);
        const counts = new Uint32Array(directory.values[of].values.length);
        return addCrossCounts(files.withFile, file, directory, by, places, of, counts) ? counts : null;
      },
      times: () => {
        const known = times.get(number);
        if (known) return known;
        throwIfStopped(shouldStop);
        return keepFew(times, keptTimes, number, readTimes(file, directory) ?? again().times());
      },
      rowsBefore: (micros) => rowsBefore(file, directory, micros) ?? again().rowsBefore(micros),
      recordRows: (hash) => readRecordRows(file, directory, hash) ?? again().recordRows(hash),
      isOneRecord: (hash) => !directory.mixedRecords.includes(hash),
    };
  };

  return {
    chunk: (number, newestId) => {
      const known = stored.get(number);
      if (known) return known;
      const wanted = Math.min(newestId, (number + 1) * chunkRows);
      const own = built.get(number);
      if (own && number * chunkRows + own.rows >= wanted) return own;
      if (wanted === (number + 1) * chunkRows) {
        throwIfStopped(shouldStop);
        const opened = openStored(number);
        if (opened) {
          built.delete(number);
          stored.set(number, opened);
          return opened;
        }
      }
      return build(number, wanted);
    },
    readAhead: function* (newestId) {
      const newest = Math.floor(newestId / chunkRows);
      for (let rows = 0; newest * chunkRows + rows < newestId; ) {
        rows = (built.get(newest)?.rows ?? 0) + rowsAhead;
        build(newest, Math.min(newestId, newest * chunkRows + rows));
        yield;
      }
      for (let number = newest - 1; number >= Math.max(0, newest - chunksAhead); number--) {
        const opened = stored.get(number) ?? openStored(number);
        if (opened) stored.set(number, opened);
        yield;
      }
      for (let number = newest - 1; number >= Math.max(0, newest - codesAhead); number--) {
        for (const column of chunkColumns) {
          stored.get(number)?.codes(column);
          yield;
        }
      }
    },
    close: files.close,
  };
};

/** How many entries of a chunk in order are earlier than an instant; null when the file is damaged. */
const rowsBefore = (file: IndexFile, directory: ChunkDirectory, micros: number): number | null => {
  const { firstTimes } = directory;
  const blocks = firstPast(0, firstTimes.length, (block) => (firstTimes[block] as number) >= micros);
  if (blocks === 0) return 0;
  const block = readTimeBlock(file, directory, blocks - 1);
  if (block === null) return null;
  const inBlock = block.findIndex((time) => time >= micros);
  return (blocks - 1) * blockRows + (inBlock < 0 ? blockRows : inBlock);
};

/** The files of the chunks, for the thread that makes them. */
export const openChunkFiles = (db: SqliteDatabase, folder: string, shouldStop: () => boolean) => {
  const rowsBetween = prepareColumnRows(db);
  const list = (): readonly IndexFile[] => listIndexFiles(path.join(folder, 'columns'), chunkEnding);
  return {
    /** Numbers of the chunks that have a file. Files that are not what they should be are removed. */
    clean: (newestId: number): ReadonlySet<number> => {
      const sound = new Set<number>();
      for (const file of list()) {
        const number = (file.first - 1) / chunkRows;
        const directory =
          file.last <= newestId && chunkFile(folder, number).path === file.path ? readChunkDirectory(file) : null;
        if (directory && eventIdAt(db, file.last)?.equals(directory.mark)) sound.add(number);
        else removeIndexFile(file.path);
      }
      return sound;
    },
    /** Makes the file of a full chunk. */
    make: (number: number): void => {
      const file = chunkFile(folder, number);
      const records = createMixedRecords();
      const chunk = openBuiltChunk(number, rowsBetween, shouldStop, records.add);
      chunk.extend(file.last);
      const mark = eventIdAt(db, file.last);
      if (mark === null) throw new Error(`entry ${file.last} is missing`);
      writeIndexFile(file.path, layOutChunk(chunk, mark, records.mixed()));
    },
    /** Reads a file whole and removes it when any part is damaged; true when it was. */
    dropDamaged: (number: number): boolean => {
      const file = chunkFile(folder, number);
      if (isSound(file)) return false;
      removeIndexFile(file.path);
      return true;
    },
  };
};

const isSound = (file: IndexFile): boolean => {
  const directory = readChunkDirectory(file);
  return (
    directory !== null &&
    areCodesSound(file, directory) &&
    readTimes(file, directory) !== null &&
    [...new Set(directory.firstHashes)].every((hash) => readRecordRows(file, directory, hash) !== null)
  );
};

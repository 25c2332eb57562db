import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { foldAccents } from '#shared/text/fold.ts';
import type { SqliteDatabase } from './database.ts';
import {
  eventIdAt,
  type IndexFile,
  indexFilePath,
  listIndexFiles,
  openIndexFile,
  removeIndexFile,
  writeIndexFile,
} from './index-folder.ts';
import { throwIfStopped } from './stop.ts';

/**
 * The narrow columns of every entry, in memory shared by all threads: filters, counts, facets and sorts run over these
 * arrays instead of the table. Element i belongs to entry i + 1. They are filled from the ledger (or from chunk files
 * that were made from it), by whichever thread needs them first; two threads that fill the same place write the same.
 */
export const columnNames = [
  'occurredAt',
  'event',
  'module',
  'actor',
  'target',
  'field',
  'source',
  'status',
  'record',
] as const;
export type ColumnName = (typeof columnNames)[number];
export type CodeColumn = 'event' | 'module' | 'actor' | 'target' | 'field' | 'source';

const bytesPerElement: Readonly<Record<ColumnName, number>> = {
  occurredAt: 8,
  event: 4,
  module: 4,
  actor: 4,
  target: 4,
  field: 4,
  source: 4,
  status: 2,
  record: 4,
};

/** What is handed to each thread. `state` holds how many entries are filled. */
export interface SharedColumns {
  readonly state: SharedArrayBuffer;
  readonly buffers: Readonly<Record<ColumnName, SharedArrayBuffer>>;
}

/** Entries that address space is reserved for; memory is only used for those that exist. */
const maxEntries = 100_000_000;
const growBy = 65_536;

export const createSharedColumns = (): SharedColumns => ({
  state: new SharedArrayBuffer(8),
  buffers: Object.fromEntries(
    columnNames.map((name) => [name, new SharedArrayBuffer(0, { maxByteLength: maxEntries * bytesPerElement[name] })]),
  ) as Record<ColumnName, SharedArrayBuffer>,
});

/** Rows in one chunk file. */
export const chunkRows = 65_536;
const chunkEnding = 'col';
const chunkMagic = 0x4c4f4342; // «BCOL»
const headerBytes = 32;

/** A record's identifier as a number: FNV-1a (32 bits) of its folded text; 0 is «none». Equal hashes are checked on the row. */
export const recordHash = (recordId: string): number => {
  const folded = foldAccents(recordId);
  let hash = 0x811c9dc5;
  for (let i = 0; i < folded.length; i++) {
    hash = Math.imul(hash ^ folded.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0 || 1;
};

/** HTTP status as stored: one more than the number, 0 is «none». */
export const statusCell = (status: number | null): number =>
  status === null ? 0 : Math.min(Math.max(status + 1, 1), 65_535);

export interface ColumnArrays {
  readonly occurredAt: Float64Array;
  readonly event: Uint32Array;
  readonly module: Uint32Array;
  readonly actor: Uint32Array;
  readonly target: Uint32Array;
  readonly field: Uint32Array;
  readonly source: Uint32Array;
  readonly status: Uint16Array;
  readonly record: Uint32Array;
}

const arraysOf = (shared: SharedColumns, length: number): ColumnArrays => {
  const b = shared.buffers;
  return {
    occurredAt: new Float64Array(b.occurredAt, 0, length),
    event: new Uint32Array(b.event, 0, length),
    module: new Uint32Array(b.module, 0, length),
    actor: new Uint32Array(b.actor, 0, length),
    target: new Uint32Array(b.target, 0, length),
    field: new Uint32Array(b.field, 0, length),
    source: new Uint32Array(b.source, 0, length),
    status: new Uint16Array(b.status, 0, length),
    record: new Uint32Array(b.record, 0, length),
  };
};

const reserve = (shared: SharedColumns, length: number): void => {
  const rounded = Math.min(Math.ceil(length / growBy) * growBy, maxEntries);
  for (const name of columnNames) {
    const buffer = shared.buffers[name];
    const wanted = rounded * bytesPerElement[name];
    try {
      if (buffer.byteLength < wanted) buffer.grow(wanted);
    } catch (error) {
      // Another thread may have grown it further in between.
      if (buffer.byteLength < wanted) throw error;
    }
  }
};

type Row = [number, number, ...(number | null)[], string | null];

/** One thread's access to the shared columns. */
export const openColumns = (db: SqliteDatabase, shared: SharedColumns, folder: string, shouldStop: () => boolean) => {
  const state = new Int32Array(shared.state);
  const chunkFolder = path.join(folder, 'columns');
  const select = db
    .prepare(
      `SELECT id, occurred_at, event, module, actor, target, field, source, status, record_id
       FROM entry WHERE id > ? AND id <= ? ORDER BY id`,
    )
    .raw();

  const advance = (through: number): void => {
    for (;;) {
      const seen = Atomics.load(state, 0);
      if (seen >= through || Atomics.compareExchange(state, 0, seen, through) === seen) return;
    }
  };

  const fillFromLedger = (from: number, to: number): void => {
    const a = arraysOf(shared, to);
    let expected = from;
    for (const row of select.iterate(from, to) as IterableIterator<Row>) {
      const [id, occurredAt, event, module, actor, target, field, source, status] = row as (number | null)[];
      const i = (id as number) - 1;
      a.occurredAt[i] = occurredAt as number;
      a.event[i] = event ?? 0;
      a.module[i] = module ?? 0;
      a.actor[i] = actor ?? 0;
      a.target[i] = target ?? 0;
      a.field[i] = field ?? 0;
      a.source[i] = source ?? 0;
      a.status[i] = statusCell(status ?? null);
      const record = row[9] as string | null;
      a.record[i] = record === null ? 0 : recordHash(record);
      expected += 1;
      if ((i & 4095) === 0) throwIfStopped(shouldStop);
    }
    if (expected !== to) throw new Error(`entries ${from + 1} to ${to} are not contiguous`);
  };

  const sections = (first: number, rows: number): Uint8Array[] =>
    columnNames.map((name) => {
      const width = bytesPerElement[name];
      return new Uint8Array(shared.buffers[name], (first - 1) * width, rows * width);
    });

  /** The columns in a chunk file; null when it is damaged, foreign or gone. */
  const readChunk = (file: IndexFile): readonly Buffer[] | null => {
    const rows = file.last - file.first + 1;
    const handle = openIndexFile(file);
    if (handle === null) return null;
    try {
      const header = Buffer.alloc(headerBytes);
      readSync(handle, header, 0, headerBytes, 0);
      const widths = columnNames.map((name) => bytesPerElement[name] * rows);
      const bytes = widths.reduce((sum, width) => sum + width, headerBytes);
      const mark = eventIdAt(db, file.last);
      if (
        header.readUInt32LE(0) !== chunkMagic ||
        fstatSync(handle).size !== bytes ||
        mark === null ||
        mark.compare(header, 16, 32) !== 0
      ) {
        return null;
      }
      let position = headerBytes;
      let sum = 0;
      const parts = widths.map((width) => {
        const part = Buffer.allocUnsafe(width);
        readSync(handle, part, 0, width, position);
        sum = crc32(part, sum);
        position += width;
        return part;
      });
      return sum === header.readUInt32LE(4) ? parts : null;
    } finally {
      closeSync(handle);
    }
  };

  /** Only what is sound is put in: another thread may have filled the same place from the ledger meanwhile. */
  const fillFromChunk = (file: IndexFile): boolean => {
    const parts = readChunk(file);
    if (parts === null) return false;
    const into = sections(file.first, file.last - file.first + 1);
    for (const [i, part] of parts.entries()) into[i]?.set(part);
    return true;
  };

  const loadChunks = (to: number): void => {
    for (const file of listIndexFiles(chunkFolder, chunkEnding)) {
      const through = Atomics.load(state, 0);
      if (file.first !== through + 1 || file.last > to) continue;
      throwIfStopped(shouldStop);
      if (!fillFromChunk(file)) return;
      advance(file.last);
    }
  };

  return {
    /** Entries that are filled. */
    through: (): number => Atomics.load(state, 0),
    /** The arrays for the entries 1 … newestId, filled. */
    upTo: (newestId: number): ColumnArrays => {
      reserve(shared, newestId);
      if (Atomics.load(state, 0) < newestId) {
        if (newestId - Atomics.load(state, 0) >= chunkRows) loadChunks(newestId);
        while (Atomics.load(state, 0) < newestId) {
          const from = Atomics.load(state, 0);
          const to = Math.min(newestId, from + chunkRows);
          fillFromLedger(from, to);
          advance(to);
        }
      }
      return arraysOf(shared, newestId);
    },
    /** Writes the chunk file of the entries `first … first + chunkRows - 1`; they must be filled. */
    saveChunk: (first: number): void => {
      const last = first + chunkRows - 1;
      const mark = eventIdAt(db, last);
      if (mark === null) return;
      const parts = sections(first, chunkRows).map((part) => Uint8Array.from(part));
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32LE(chunkMagic, 0);
      header.writeUInt32LE(
        parts.reduce((sum, part) => crc32(part, sum), 0),
        4,
      );
      header.writeUInt32LE(chunkRows, 8);
      mark.copy(header, 16);
      writeIndexFile(indexFilePath(chunkFolder, first, last, chunkEnding), [header, ...parts]);
    },
    /** First entries of the chunks that have a file. */
    savedChunks: (): ReadonlySet<number> => new Set(listIndexFiles(chunkFolder, chunkEnding).map((file) => file.first)),
    /** Removes the chunk file that begins at an entry if it is damaged; true when it was. */
    dropDamagedChunk: (first: number): boolean => {
      const file = listIndexFiles(chunkFolder, chunkEnding).find((found) => found.first === first);
      if (!file || readChunk(file) !== null) return false;
      removeIndexFile(file.path);
      return true;
    },
    /** Removes chunk files that do not belong to this ledger as it is now. */
    dropForeignChunks: (newestId: number): void => {
      for (const file of listIndexFiles(chunkFolder, chunkEnding)) {
        const mark = file.last <= newestId ? eventIdAt(db, file.last) : null;
        const handle = openSync(file.path, 'r');
        const header = Buffer.alloc(headerBytes);
        try {
          readSync(handle, header, 0, headerBytes, 0);
        } finally {
          closeSync(handle);
        }
        if (mark === null || mark.compare(header, 16, 32) !== 0) removeIndexFile(file.path);
      }
    },
  };
};
export type Columns = ReturnType<typeof openColumns>;

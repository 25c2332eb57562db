import { tmpdir } from 'node:os';
import path from 'node:path';
import { importFile } from '#main/capture/import-file.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { importOptionsSchema } from '#shared/contract/import.ts';

/** A cell as SQLite takes it. */
export type Cell = string | number | Uint8Array | null;

/** The columns of a parsed row, in the order of its cells. */
export const parsedColumns = [
  'eventId',
  'occurredAt',
  'occurredText',
  'actorId',
  'actorLogin',
  'actorName',
  'actorEmail',
  'event',
  'moduleNumber',
  'moduleName',
  'target',
  'recordId',
  'field',
  'oldValue',
  'newValue',
  'detail',
  'action',
  'status',
  'request',
  'source',
  'sourceEntryId',
  'sourceLine',
  'extra',
] as const satisfies readonly (keyof NewEntry)[];

/** Reads a trail as `import` reads it, into memory instead of a ledger. */
export const readParsedRows = async (file: string): Promise<readonly (readonly Cell[])[]> => {
  const rows: Cell[][] = [];
  await importFile({
    path: file,
    options: importOptionsSchema.parse({}),
    rejectsFolder: path.join(tmpdir(), `bitacora-bench-rejects-${process.pid}`),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ledger: {
      beginImport: async () => ({ importId: 1, checkpoint: null }),
      prepare: (entries) => async () => {
        for (const entry of entries) rows.push(parsedColumns.map((column) => entry[column]));
        return { stored: entries.length, duplicates: 0 };
      },
      finishImport: async () => undefined,
    },
  });
  return rows;
};

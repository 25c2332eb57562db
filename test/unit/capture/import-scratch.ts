import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type ImportRun, importFile } from '#main/capture/import-file.ts';
import { type ImportOptions, importOptionsSchema } from '#shared/contract/import.ts';
import { MemoryLedger } from './memory-ledger.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

export const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'bitacora-import-'));
  folders.push(folder);
  return folder;
};

/** Writes a file into a folder of its own. */
export const writeScratch = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(await makeFolder(), name);
  await writeFile(path, content);
  return path;
};

export const options = (given: Partial<ImportOptions> = {}): ImportOptions => importOptionsSchema.parse(given);

export const runImport = async (
  path: string,
  given: Partial<ImportOptions> = {},
  ledger: MemoryLedger = new MemoryLedger(),
  more: Partial<ImportRun> = {},
) => {
  const result = await importFile({
    path,
    options: options(given),
    ledger,
    rejectsFolder: join(path, '..', 'rejects'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  });
  return { result, ledger, entries: ledger.entries };
};

/** Imports a content under a name. */
export const importContent = async (name: string, content: string | Uint8Array, given: Partial<ImportOptions> = {}) =>
  runImport(await writeScratch(name, content), given);

export const readRejects = async (path: string | null): Promise<Record<string, unknown>[]> => {
  if (path === null) return [];
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

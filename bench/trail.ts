import { statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ledgerFileOf } from '#main/store/sqlite/open-ledger.ts';
import { benchLogin, benchPassword, openBenchEngine } from './bench-engine.ts';
import { writeDemoFile } from './demo-file.ts';

/** The trail that all benches of a run work on. Made when it is first asked for. */
export interface Trail {
  /** The name of the file, or how it was made. */
  readonly name: string;
  /** A folder for one bench's files, removed with the run's. */
  folder(): Promise<string>;
  file(): Promise<string>;
  /** A data folder with the trail imported, every index caught up, and one account. */
  dataFolder(): Promise<{ readonly dataFolder: string; readonly ledgerFile: string; readonly entries: number }>;
}

const fillDataFolder = async (file: string, dataFolder: string): Promise<number> => {
  const engine = await openBenchEngine(dataFolder);
  try {
    const { grant } = await engine.asHost('file.grant', { path: file });
    const { stored } = await engine.asHost('import.run', { grant, options: {} });
    await engine.asHost('index.catchUp', {});
    const account = { login: benchLogin, name: 'Bench', role: 'admin', password: benchPassword } as const;
    await engine.asHost('account.create', account);
    return stored;
  } finally {
    await engine.close();
  }
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

export const openTrail = (options: {
  readonly file: string | null;
  readonly rows: number;
  readonly folder: string;
}): Trail => {
  const folder = (): Promise<string> => mkdtemp(path.join(options.folder, 'bench-'));
  const file = once(async () => {
    if (options.file !== null) return path.resolve(options.file);
    const demo = path.join(options.folder, 'demo-trail.ndjson.gz');
    await writeDemoFile(demo, options.rows);
    return demo;
  });
  return {
    name: options.file === null ? `demo of ${options.rows.toLocaleString('en-US')}` : path.basename(options.file),
    folder,
    file,
    dataFolder: once(async () => {
      const dataFolder = await folder();
      const entries = await fillDataFolder(await file(), dataFolder);
      return { dataFolder, ledgerFile: ledgerFileOf(dataFolder), entries };
    }),
  };
};

export const bytesOf = (file: string): number => statSync(file).size;

/** Where a run keeps its files. */
export const runFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'bitacora-bench-'));

import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAppender } from '#main/store/sqlite/appender.ts';
import { ledgerFileOf } from '#main/store/sqlite/open-ledger.ts';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { benchLogin, benchPassword, type Call, openBenchEngine } from './bench-engine.ts';
import { retellFile, spanOfFile, type TakeBatch, tellDemo } from './trail-entries.ts';
import { writeTrailFile } from './trail-file.ts';

/** The trail that all benches of a run work on. Made when it is first asked for. */
export interface Trail {
  /** The name of the file, or how it was made. */
  readonly name: string;
  /** Hands over the entries, a batch at a time. */
  readonly tell: (take: TakeBatch) => Promise<void>;
  /** A folder for one bench's files, removed with the run's. */
  folder(): Promise<string>;
  file(): Promise<string>;
  /** A data folder with the trail imported, every index caught up, and one account. */
  dataFolder(): Promise<{ readonly dataFolder: string; readonly ledgerFile: string; readonly entries: number }>;
}

const benchAccount = { login: benchLogin, name: 'Bench', role: 'admin', password: benchPassword } as const;

/** Fills a data folder with a trail, whatever way is fastest, waits for every index, and makes an account. */
const fillDataFolder = async (dataFolder: string, fill: (asHost: Call) => Promise<void>): Promise<number> => {
  const engine = await openBenchEngine(dataFolder);
  try {
    await fill(engine.asHost);
    await engine.asHost('index.catchUp', {});
    await engine.asHost('account.create', benchAccount);
    const { ledger } = await engine.asHost('app.status', {});
    return ledger.entries;
  } finally {
    await engine.close();
  }
};

/** Without a file in between: a trail that is told again and again can be long. */
const storeEntries = async (ledgerFile: string, tell: (take: TakeBatch) => Promise<void>): Promise<void> => {
  await mkdir(path.dirname(ledgerFile), { recursive: true });
  const db = openLedgerForWriting(ledgerFile);
  try {
    const appender = createAppender(db, ledgerFile, () => Date.now() * 1000);
    await tell((entries) => {
      appender.append(entries, null);
    });
  } finally {
    db.close();
  }
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

export interface TrailOptions {
  /** Null: our own demo. */
  readonly file: string | null;
  /** How many entries; a file that has fewer is told again and again. Null: as many as the file has. */
  readonly rows: number | null;
  /** Of the demo, when `rows` is null. */
  readonly demoRows: number;
  /** A data folder that is there already and has caught up; null: one is made from the trail. */
  readonly data: string | null;
  readonly folder: string;
}

const openFileTrail = (file: string, rows: number | null): Pick<Trail, 'name' | 'tell'> => {
  const span = once(() => spanOfFile(file));
  return {
    name: `${path.basename(file)}${rows === null ? '' : `, ${rows.toLocaleString('en-US')} of it or of its repetitions`}`,
    tell: async (take) => {
      const found = await span();
      await retellFile(file, found, rows ?? found.entries, take);
    },
  };
};

/** A data folder of somebody's: only the account that the benches sign in with is added when it is missing. */
const openDataFolder = async (dataFolder: string): Promise<number> => {
  if (!existsSync(ledgerFileOf(dataFolder))) throw new Error(`there is no ledger in ${dataFolder}`);
  const engine = await openBenchEngine(dataFolder);
  try {
    const { ledger } = await engine.asHost('app.status', {});
    if (ledger.indexed < ledger.entries) await engine.asHost('index.catchUp', {});
    const { accounts } = await engine.asHost('account.list', {});
    if (!accounts.some(({ login }) => login === benchLogin)) await engine.asHost('account.create', benchAccount);
    return ledger.entries;
  } finally {
    await engine.close();
  }
};

export const openTrail = ({ file, rows, demoRows, data, folder: runFolder }: TrailOptions): Trail => {
  const folder = (): Promise<string> => mkdtemp(path.join(runFolder, 'bench-'));
  const demo = rows ?? demoRows;
  const told: Pick<Trail, 'name' | 'tell'> =
    file === null
      ? { name: `demo of ${demo.toLocaleString('en-US')}`, tell: (take) => tellDemo(demo, take) }
      : openFileTrail(path.resolve(file), rows);
  return {
    ...told,
    folder,
    file: once(async () => {
      if (file !== null && rows === null) return path.resolve(file);
      const written = path.join(await folder(), 'trail.ndjson.gz');
      await writeTrailFile(written, told.tell);
      return written;
    }),
    dataFolder: once(async () => {
      if (data !== null) {
        const dataFolder = path.resolve(data);
        return { dataFolder, ledgerFile: ledgerFileOf(dataFolder), entries: await openDataFolder(dataFolder) };
      }
      const dataFolder = await folder();
      const ledgerFile = ledgerFileOf(dataFolder);
      if (file !== null && rows !== null) await storeEntries(ledgerFile, told.tell);
      const entries = await fillDataFolder(dataFolder, async (asHost) => {
        if (file === null) await asHost('demo.fill', { rows: demo, seed: 1 });
        else if (rows === null) {
          const { grant } = await asHost('file.grant', { path: path.resolve(file) });
          await asHost('import.run', { grant, options: {} });
        }
      });
      return { dataFolder, ledgerFile, entries };
    }),
  };
};

export const bytesOf = (file: string): number => statSync(file).size;

/** Where a run keeps its files. */
export const runFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'bitacora-bench-'));

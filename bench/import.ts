import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ledgerFileOf } from '#main/store/sqlite/open-ledger.ts';
import { type BareTimes, digestOfBare, digestOfLedger, insertBare } from './bare-ledger.ts';
import type { ImportTimes } from './import-child.ts';
import { median, spreadOf } from './measures.ts';
import type { BenchReport } from './report.ts';
import { runNode } from './run-node.ts';
import { bytesOf, type Trail } from './trail.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const committedGoal = 0.4;
const caughtUpGoal = 0.12;
const memoryGoal = 400;
const megabyte = 1e6;

/** The command as people run it: the build when there is one, else the sources. */
const commandArguments = (): readonly string[] => {
  const built = existsSync(here('../dist/main/cli.js'));
  return [built ? here('../resources/bin/bitacora.cjs') : here('../src-main/cli/main.ts')];
};

const importInChild = async (file: string, dataFolder: string): Promise<ImportTimes> => {
  const { stdout } = await runNode([here('import-child.ts'), file, dataFolder]);
  return JSON.parse(stdout) as ImportTimes;
};

/** `bitacora import` from its start to its end. */
const importByCommand = async (
  file: string,
  dataFolder: string,
): Promise<{ readonly wall: number; readonly cpu: number; readonly peakBytes: number }> => {
  const began = performance.now();
  const usage = ['--import', new URL('tell-usage.mjs', import.meta.url).href];
  const { stderr } = await runNode([...usage, ...commandArguments(), 'import', file, '--data', dataFolder, '--json']);
  const wall = performance.now() - began;
  const told = /usage (\{.*\})\s*$/.exec(stderr)?.[1];
  if (told === undefined) throw new Error('the command did not tell what it used');
  return { wall, ...(JSON.parse(told) as { peakBytes: number; cpu: number }) };
};

/** `import`: rows a second until stored, and until every index has caught up, against the bare loop. */
export const measureImport = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const file = await trail.file();
  const folder = await trail.folder();
  const ours: ImportTimes[] = [];
  const bare: BareTimes[] = [];
  const commands: { wall: number; cpu: number; peakBytes: number }[] = [];
  const differences: string[] = [];
  let ledgerBytes = 0;
  for (let round = 0; round < rounds; round++) {
    const bareFile = path.join(folder, 'bare.db');
    const insertRows = async (): Promise<void> => {
      bare.push(await insertBare(bareFile, file));
    };
    // Each goes first in turn.
    if (round % 2 === 1) await insertRows();
    const dataFolder = path.join(folder, 'data');
    const times = await importInChild(file, dataFolder);
    ours.push(times);
    if (round % 2 === 0) await insertRows();
    const stored = digestOfLedger(ledgerFileOf(dataFolder));
    const expected = digestOfBare(bareFile);
    ledgerBytes = bytesOf(ledgerFileOf(dataFolder));
    // What came twice is stored once: then the bare table has more, and only the number can be compared.
    const same =
      times.duplicates === 0
        ? JSON.stringify(stored) === JSON.stringify(expected)
        : stored.rows + times.duplicates === expected.rows;
    if (!same) differences.push(`stored ${JSON.stringify(stored)}, bare ${JSON.stringify(expected)}`);
    await rm(bareFile);
    await rm(dataFolder, { recursive: true });
    const commandFolder = path.join(folder, 'command');
    commands.push(await importByCommand(file, commandFolder));
    await rm(commandFolder, { recursive: true });
  }
  const rows = bare[0]?.rows ?? 0;
  const rate = (milliseconds: number): number => (rows * 1000) / milliseconds;
  const bareRates = spreadOf(bare.map(({ wall }) => rate(wall)));
  const rateFigure = (what: string, times: readonly number[], goal: number | null) => {
    const spread = spreadOf(times.map(rate));
    const ratio = spread.median / bareRates.median;
    return {
      what,
      unit: 'rows/s',
      ours: spread,
      bare: bareRates,
      ratio,
      required: goal === null ? null : `≥ ${goal} ×`,
      reached: goal === null ? null : ratio >= goal,
    };
  };
  const peak = spreadOf(commands.map(({ peakBytes }) => peakBytes / megabyte));
  const seconds = (name: 'cpuCommitted' | 'cpuCaughtUp') => spreadOf(ours.map((times) => times[name] / 1000));
  const bareCpu = spreadOf(bare.map(({ cpu }) => cpu / 1000));
  const info = { required: null, reached: null };
  return {
    bench: 'import',
    did: {
      trail: trail.name,
      rows,
      fileBytes: bytesOf(file),
      ledgerBytes,
      rejected: ours[0]?.rejected ?? 0,
      rounds,
    },
    figures: [
      rateFigure(
        'committed',
        ours.map(({ committed }) => committed),
        committedGoal,
      ),
      rateFigure(
        'caught up with every index',
        ours.map(({ caughtUp }) => caughtUp),
        caughtUpGoal,
      ),
      rateFigure(
        'the whole command',
        commands.map(({ wall }) => wall),
        null,
      ),
      {
        what: 'peak memory of the command',
        unit: 'MB',
        ours: peak,
        bare: null,
        ratio: null,
        required: `< ${memoryGoal} MB`,
        reached: peak.most < memoryGoal,
      },
      {
        what: 'processor time, committed',
        unit: 's',
        ours: seconds('cpuCommitted'),
        bare: bareCpu,
        ratio: seconds('cpuCommitted').median / bareCpu.median,
        ...info,
      },
      {
        what: 'processor time, caught up',
        unit: 's',
        ours: seconds('cpuCaughtUp'),
        bare: bareCpu,
        ratio: seconds('cpuCaughtUp').median / bareCpu.median,
        ...info,
      },
      {
        what: 'processor time, the whole command',
        unit: 's',
        ours: spreadOf(commands.map(({ cpu }) => cpu / 1000)),
        bare: bareCpu,
        ratio: median(commands.map(({ cpu }) => cpu / 1000)) / bareCpu.median,
        ...info,
      },
    ],
    differences,
    notes: [
      'ours: a process of its own and a fresh data folder each round, from the granted file (reading, unpacking, parsing, identity, sync at each commit) to the answer of import.run, and on to the answer of index.catchUp; starting the process is only in «the whole command»',
      'bare: better-sqlite3, only the inserting of parsed rows counted, one table without an index, the import’s batches, WAL, synchronous=FULL',
      'the indexes are made while the import runs, on the same cores: «committed» pays for that too',
    ],
    skipped: null,
  };
};

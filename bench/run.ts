import { rm } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { measureColdStart } from './cold-start.ts';
import { measureImport } from './import.ts';
import { measurePage } from './page.ts';
import { type BenchReport, reportText } from './report.ts';
import { measureSearch } from './search.ts';
import { openTrail, runFolder, type Trail } from './trail.ts';

/** `npm run bench -- [NAME …] [--rows N | --trail FILE] [--rounds N] [--json]` */
const benches: Readonly<Record<string, (trail: Trail, rounds: number) => Promise<BenchReport>>> = {
  import: measureImport,
  search: measureSearch,
  page: measurePage,
  'cold-start': measureColdStart,
};

/** As many entries as the real trail has that the goals were set with. */
const defaultRows = 333_549;
const defaultRounds = 3;

const wrongUse = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
};

const wholeNumber = (option: string, text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const value = Number(text.replaceAll(/[_,]/g, ''));
  return Number.isSafeInteger(value) && value > 0 ? value : wrongUse(`${option} needs a whole number above 0`);
};

const machine = (): Readonly<Record<string, string | number>> => {
  const db = new Database(':memory:');
  const sqlite = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  return {
    node: process.versions.node,
    sqlite,
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    at: new Date().toISOString(),
  };
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      trail: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) wrongUse(`no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  if (values.trail !== undefined && values.rows !== undefined)
    wrongUse('--rows is for the demo trail: leave it or --trail out');
  const rounds = wholeNumber('--rounds', values.rounds, defaultRounds);
  const folder = await runFolder();
  let differed = false;
  try {
    const trail = openTrail({
      file: values.trail ?? null,
      rows: wholeNumber('--rows', values.rows, defaultRows),
      folder,
    });
    const about = machine();
    if (values.json) process.stdout.write(`${JSON.stringify({ machine: about, trail: trail.name, rounds })}\n`);
    else {
      const words = Object.entries(about).map(([name, value]) => `${name} ${value}`);
      process.stdout.write(`${words.join(' · ')}\ntrail ${trail.name} · rounds ${rounds}\n\n`);
    }
    for (const name of names) {
      const report = await benches[name]?.(trail, rounds);
      if (!report) continue;
      if (report.differences.length > 0) differed = true;
      process.stdout.write(`${values.json ? JSON.stringify(report) : reportText(report)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  // A goal that was missed is told and is no failure of the run; a wrong answer is.
  process.exitCode = differed ? 1 : 0;
};

await main();

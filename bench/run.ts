import { rm } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { measureCapture } from './capture.ts';
import { measureColdStart } from './cold-start.ts';
import { measureCounts } from './counts.ts';
import { measureExport } from './export.ts';
import { measureExportMemory } from './export-memory.ts';
import { measureExportPdf } from './export-pdf.ts';
import { measureFacets } from './facets.ts';
import { measureImport } from './import.ts';
import { measureIngest } from './ingest.ts';
import { measureLargeBodies } from './large-bodies.ts';
import { measureMemory } from './memory.ts';
import { measureMiddleware } from './middleware.ts';
import { measurePaging } from './paging.ts';
import { type BenchReport, reportText } from './report.ts';
import { measureScroll } from './scroll.ts';
import { measureSearch } from './search.ts';
import { measureStatistics } from './statistics.ts';
import { openTrail, runFolder, type Trail } from './trail.ts';

/** `npm run bench -- [NAME …] [--rows N] [--trail FILE] [--data FOLDER] [--rounds N] [--json]` */
interface Bench {
  readonly measure: (trail: Trail, rounds: number) => Promise<BenchReport>;
  /** How long the demo trail is unless told otherwise. */
  readonly rows: number;
}

/** As many entries as the real trail has that the first goals were set with. */
const realRows = 333_549;
/** What is promised for ten million shows at a million already, in minutes. */
const manyRows = 1_000_000;

const benches: Readonly<Record<string, Bench>> = {
  import: { measure: measureImport, rows: realRows },
  'cold-start': { measure: measureColdStart, rows: realRows },
  paging: { measure: measurePaging, rows: manyRows },
  search: { measure: measureSearch, rows: manyRows },
  counts: { measure: measureCounts, rows: manyRows },
  facets: { measure: measureFacets, rows: manyRows },
  statistics: { measure: measureStatistics, rows: manyRows },
  memory: { measure: measureMemory, rows: manyRows },
  scroll: { measure: measureScroll, rows: manyRows },
  ingest: { measure: measureIngest, rows: manyRows },
  capture: { measure: measureCapture, rows: 4000 },
  'large-bodies': { measure: measureLargeBodies, rows: 200_000 },
  middleware: { measure: measureMiddleware, rows: 1 },
  export: { measure: measureExport, rows: manyRows },
  'export-memory': { measure: measureExportMemory, rows: 3 * manyRows },
  'export-pdf': { measure: measureExportPdf, rows: 120_000 },
};

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
      data: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) wrongUse(`no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  const rounds = wholeNumber('--rounds', values.rounds, defaultRounds);
  const folder = await runFolder();
  let differed = false;
  try {
    const trails = new Map<number, Trail>();
    const rows = values.rows === undefined ? null : wholeNumber('--rows', values.rows, 0);
    /** The benches that want trails of the same length share one. */
    const trailFor = ({ rows: demoRows }: Bench): Trail => {
      const shared = values.trail === undefined && rows === null ? demoRows : 0;
      const options = { file: values.trail ?? null, rows, demoRows, data: values.data ?? null, folder };
      const trail = trails.get(shared) ?? openTrail(options);
      trails.set(shared, trail);
      return trail;
    };
    const about = machine();
    if (values.json) process.stdout.write(`${JSON.stringify({ machine: about, rounds })}\n`);
    else {
      const words = Object.entries(about).map(([name, value]) => `${name} ${value}`);
      process.stdout.write(`${words.join(' · ')}\nrounds ${rounds}\n\n`);
    }
    for (const name of names) {
      const bench = benches[name];
      if (!bench) continue;
      const report = await bench.measure(trailFor(bench), rounds);
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

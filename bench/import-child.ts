import { openBenchEngine } from './bench-engine.ts';

/** What one import took, milliseconds since the engine was open; the memory is the whole process's. */
export interface ImportTimes {
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly committed: number;
  readonly caughtUp: number;
  readonly cpuCommitted: number;
  readonly cpuCaughtUp: number;
  readonly peakBytes: number;
}

/** Imports a file into a fresh data folder: `import-child.ts FILE DATA-FOLDER`, the answer as one line of JSON. */
const [file, dataFolder] = process.argv.slice(2);
if (file === undefined || dataFolder === undefined) throw new Error('import-child needs a file and a data folder');

const engine = await openBenchEngine(dataFolder);
const cpuBefore = process.cpuUsage();
const began = performance.now();
const cpuNow = (): number => {
  const { user, system } = process.cpuUsage(cpuBefore);
  return (user + system) / 1000;
};
const { grant } = await engine.asHost('file.grant', { path: file });
const { stored, duplicates, rejected } = await engine.asHost('import.run', { grant, options: {} });
const committed = performance.now() - began;
const cpuCommitted = cpuNow();
await engine.asHost('index.catchUp', {});
const caughtUp = performance.now() - began;
const cpuCaughtUp = cpuNow();
await engine.close();
const times = {
  stored,
  duplicates,
  rejected,
  committed,
  caughtUp,
  cpuCommitted,
  cpuCaughtUp,
  peakBytes: process.resourceUsage().maxRSS * 1024,
} satisfies ImportTimes;
process.stdout.write(`${JSON.stringify(times)}\n`);

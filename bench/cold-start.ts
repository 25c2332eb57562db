import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { openBenchEngine } from './bench-engine.ts';
import { spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import type { Trail } from './trail.ts';

const goal = 2.5;
const virtualScreen = 'Xvfb';
/** A window that shows nothing for so long, milliseconds, will not. */
const patience = 60_000;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Electron {
  readonly executable: string;
  readonly version: string;
}
interface ElectronRuntime {
  installedElectron(): Electron | undefined;
  electronSetting(electron: Electron): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
}

/** The finder that `npm start` uses; it is plain JavaScript, so that it runs on any Node. */
const loadRuntime = (): Promise<ElectronRuntime> =>
  import(new URL('../scripts/electron-runtime.mjs', import.meta.url).href) as Promise<ElectronRuntime>;

interface Display {
  /** Null where the system has its own. */
  readonly name: string | null;
  /** A virtual screen has no graphics processor; looking for one fails, and at times takes the window with it. */
  readonly switches: readonly string[];
  close(): void;
}

/** The screen that is there, or a virtual one; null when there is neither. */
const openDisplay = async (): Promise<Display | null> => {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY)
    return { name: null, switches: [], close: () => undefined };
  const xvfb = spawn(virtualScreen, ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const told = once(xvfb.stdio[3] as Readable, 'data').then(([data]) => `:${String(data).trim()}`);
  const failed = once(xvfb, 'exit').then(() => null);
  // Where there is no Xvfb, spawning fails, and both promises with it.
  const name = await Promise.race([told, failed]).catch(() => null);
  return name === null ? null : { name, switches: ['--disable-gpu'], close: () => void xvfb.kill('SIGTERM') };
};

const endProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
};

/** Milliseconds from the start of the process to each line `bench …` that it says; resolves once it has ended. */
const timeLines = async (
  electron: Electron,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  last: string,
): Promise<ReadonlyMap<string, number>> => {
  const times = new Map<string, number>();
  const began = performance.now();
  const child = spawn(electron.executable, words, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, word] = /^bench (\w+)/.exec(line) ?? [];
    if (word !== undefined && !times.has(word)) times.set(word, performance.now() - began);
  }
  await endProcess(child);
  clearTimeout(timer);
  if (!times.has(last)) throw new Error(`${words.join(' ')} did not get to “${last}”`);
  return times;
};

const skippedReport = (trail: Trail, skipped: string): BenchReport => ({
  bench: 'cold-start',
  did: { trail: trail.name },
  figures: [],
  differences: [],
  notes: [],
  skipped,
});

/** `cold-start`: from the start of the process to the first rows in the grid, against a bare Electron window. */
export const measureColdStart = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { installedElectron, electronSetting } = await loadRuntime();
  const electron = installedElectron();
  if (!electron) return skippedReport(trail, 'no Electron (npm start fetches it, or set ELECTRON_OVERRIDE_DIST_PATH)');
  if (!existsSync(here('../dist/electron/main.cjs'))) return skippedReport(trail, 'not built: npm run build');
  const display = await openDisplay();
  if (!display) return skippedReport(trail, 'no display and no Xvfb');
  try {
    const { args, env } = electronSetting(electron);
    const switches = [...args, ...display.switches];
    const environment: NodeJS.ProcessEnv = { ...env, ...(display.name === null ? {} : { DISPLAY: display.name }) };
    const imported = await trail.dataFolder();
    const folder = await trail.folder();
    const dataFolder = path.join(folder, 'data');
    // A copy of its own: the window keeps its state in there.
    await cp(imported.dataFolder, dataFolder, { recursive: true });
    const sessionFile = path.join(folder, 'session.json');
    const engine = await openBenchEngine(dataFolder);
    await writeFile(sessionFile, JSON.stringify((await engine.signIn()).session));
    await engine.close();
    const bareWords = [...switches, here('electron/bare'), `--data=${path.join(folder, 'bare')}`];
    const ourWords = [...switches, here('electron/ours'), `--data=${dataFolder}`, `--bench-session=${sessionFile}`];
    const startBare = () => timeLines(electron, bareWords, environment, 'ready');
    const startOurs = () => timeLines(electron, ourWords, environment, 'rows');
    // Once each without the clock: profiles are made, and the system has the files in its cache.
    await startBare();
    await startOurs();
    const bare: number[] = [];
    const ready: number[] = [];
    const rows: number[] = [];
    for (let round = 0; round < rounds + 2; round++) {
      const runBare = async (): Promise<void> => {
        bare.push((await startBare()).get('ready') ?? Number.NaN);
      };
      if (round % 2 === 1) await runBare();
      const times = await startOurs();
      rows.push(times.get('rows') ?? Number.NaN);
      ready.push(times.get('ready') ?? Number.NaN);
      if (round % 2 === 0) await runBare();
    }
    const figure = (what: string, values: readonly number[], isGoal: boolean): Figure => {
      const ours = spreadOf(values);
      const ratio = ours.median / spreadOf(bare).median;
      return {
        what,
        unit: 'ms',
        ours,
        bare: spreadOf(bare),
        ratio,
        required: isGoal ? `≤ ${goal} ×` : null,
        reached: isGoal ? ratio <= goal : null,
      };
    };
    return {
      bench: 'cold-start',
      did: {
        trail: trail.name,
        rows: imported.entries,
        electron: electron.version,
        engine: environment.BITACORA_NODE ? 'a Node of its own' : 'utility process',
        starts: rounds + 2,
      },
      figures: [figure('first rows in the grid', rows, true), figure('window ready to show', ready, false)],
      differences: [],
      notes: [
        'from the spawn of Electron; ours until five rows with text are in the grid and a frame has been painted since, with the whole trail in the ledger and a session that the window finds (signing in is left out); bare until `ready-to-show` of a window with one line of text',
        'not the very first start: both ran once before, so profile and system cache are warm, the processes are new',
      ],
      skipped: null,
    };
  } finally {
    display.close();
  }
};

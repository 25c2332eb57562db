import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { spreadOf } from './measures.ts';
import { type BenchReport, type Figure, tellStep } from './report.ts';
import type { Trail } from './trail.ts';

const run = promisify(execFile);

/** Of the bare route's requests a second. */
const goal = 0.9;
const connections = 16;
const roundMs = 3000;
const warmUpMs = 2000;
/** Pairs of a bare and a watched run for each round that is asked for: what else the machine does hits both alike. */
const pairsARound = 3;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

const start = async (file: string, ...words: readonly string[]): Promise<Running> => {
  const child = spawn(
    process.execPath,
    ['--no-warnings', path.join(import.meta.dirname, 'middleware', file), ...words],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(said.toString()) };
};

interface Told {
  readonly cpu: number;
  readonly dropped?: number;
  readonly waitingEntries?: number;
  readonly sent?: number;
}
const tellOf = async ({ port }: Running): Promise<Told> => {
  const answer = await fetch(`http://127.0.0.1:${port}/cpu`);
  return (await answer.json()) as Told;
};

/** Requests a second, and microseconds of the program's main thread for each. */
const load = async (
  server: Running,
  milliseconds: number,
): Promise<{ readonly rate: number; readonly cpu: number }> => {
  const before = await tellOf(server);
  const words = [
    path.join(import.meta.dirname, 'middleware', 'load.ts'),
    ...[server.port, connections, milliseconds].map(String),
  ];
  const { stdout } = await run(process.execPath, ['--no-warnings', ...words]);
  const after = await tellOf(server);
  const answers = Number(stdout);
  return { rate: (answers * 1000) / milliseconds, cpu: (after.cpu - before.cpu) / answers };
};

const settled = async (server: Running): Promise<Told> => {
  for (;;) {
    const told = await tellOf(server);
    if ((told.waitingEntries ?? 0) === 0) return told;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** `middleware`: requests a second of a trivial route with the middleware and without, Express and Fastify, in turns. */
export const measureMiddleware = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const folder = await trail.folder();
  const taker = await start('taker.ts');
  const children = [taker.child];
  const figures: Figure[] = [];
  const differences: string[] = [];
  try {
    for (const kind of ['express', 'fastify'] as const) {
      const bare = await start('watched-server.ts', kind);
      const watched = await start('watched-server.ts', kind, `http://127.0.0.1:${taker.port}`, path.join(folder, kind));
      children.push(bare.child, watched.child);
      for (const server of [bare, watched]) await load(server, warmUpMs);
      const rates: { bare: number[]; watched: number[] } = { bare: [], watched: [] };
      const cpu: { bare: number[]; watched: number[] } = { bare: [], watched: [] };
      for (let pair = 0; pair < rounds * pairsARound; pair += 1) {
        tellStep(`middleware: ${kind}, pair ${pair + 1} of ${rounds * pairsARound}`);
        const both = [
          ['bare', bare],
          ['watched', watched],
        ] as const;
        for (const [name, server] of pair % 2 === 0 ? both : [...both].reverse()) {
          const measured = await load(server, roundMs);
          rates[name].push(measured.rate);
          cpu[name].push(measured.cpu);
          // What was recorded is written and sent before the other one's turn.
          await settled(server);
        }
      }
      const told = await settled(watched);
      if (told.dropped !== 0) differences.push(`${kind}: ${told.dropped} exchanges were dropped`);
      const ratios = rates.watched.map((rate, place) => rate / (rates.bare[place] ?? Number.NaN));
      const ratio = spreadOf(ratios).median;
      figures.push({
        what: `${kind}: a trivial route`,
        unit: 'requests/s',
        ours: spreadOf(rates.watched),
        bare: spreadOf(rates.bare),
        ratio,
        required: kind === 'express' ? `≥ ${goal} ×` : null,
        reached: kind === 'express' ? ratio >= goal : null,
      });
      figures.push({
        what: `${kind}: its main thread, a request`,
        unit: 'µs',
        ours: spreadOf(cpu.watched),
        bare: spreadOf(cpu.bare),
        ratio: spreadOf(cpu.watched).median / spreadOf(cpu.bare).median,
        required: null,
        reached: null,
      });
      for (const { child } of [bare, watched]) child.kill();
    }
  } finally {
    for (const child of children) child.kill();
  }
  return {
    bench: 'middleware',
    did: { connections, seconds: roundMs / 1000, pairs: rounds * pairsARound },
    figures,
    differences,
    notes: [
      'the ratio is the median over pairs of runs that follow each other; program, load and taker are processes of their own',
      'what is recorded is redacted, synced to disk and sent in a thread of the program: on two processors it takes its time from the load too',
    ],
    skipped: null,
  };
};

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { spreadOf } from './measures.ts';
import { type BenchReport, type Figure, tellStep } from './report.ts';
import type { Trail } from './trail.ts';

/** Of the bare route's requests a second. */
const goal = 0.9;
const connections = 16;
/** Short turns, many of them: what else the machine does changes from second to second. */
const turnMs = 1000;
const turnsARound = 10;
/** Until the program's code is compiled as it stays. */
const warmUpMs = 8000;
/** Nobody listens there: what is recorded waits on disk. */
const nobody = 'http://127.0.0.1:1';

const startNode = async (
  file: string,
  ...words: readonly string[]
): Promise<{ readonly child: ChildProcess; say(line: string): void; hear(): Promise<string> }> => {
  const child = spawn(
    process.execPath,
    ['--no-warnings', path.join(import.meta.dirname, 'middleware', file), ...words],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const { stdin, stdout } = child;
  return {
    child,
    say: (line) => void stdin.write(`${line}\n`),
    hear: async () => {
      const [said] = (await once(stdout, 'data')) as [Buffer];
      return said.toString();
    },
  };
};

interface Told {
  readonly main: number;
  readonly all: number;
  readonly dropped?: number;
  readonly waitingEntries?: number;
  readonly waitingFiles?: number;
}

/** A program as one of the ways to run it, and what was seen of it in each turn. */
interface Way {
  readonly name: 'bare' | 'watched' | 'unreachable';
  readonly port: number;
  readonly rates: number[];
  readonly main: number[];
  readonly all: number[];
}

const tellOf = async ({ port }: Way): Promise<Told> => {
  const answer = await fetch(`http://127.0.0.1:${port}/cpu`);
  return (await answer.json()) as Told;
};

/** Until what was recorded is written, and sent where somebody takes it. */
const settled = async (way: Way): Promise<Told> => {
  for (;;) {
    const told = await tellOf(way);
    const files = way.name === 'unreachable' ? 0 : (told.waitingFiles ?? 0);
    if ((told.waitingEntries ?? 0) + files === 0) return told;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const inTurns = (bare: Way, way: Way, of: (way: Way) => readonly number[]): number =>
  spreadOf(of(way).map((value, turn) => value / (of(bare)[turn] ?? Number.NaN))).median;

/** `middleware`: requests a second of a trivial route with the middleware and without, Express and Fastify, in turns. */
export const measureMiddleware = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const folder = await trail.folder();
  const taker = await startNode('taker.ts');
  const takerPort = await taker.hear();
  const loader = await startNode('load.ts', String(connections));
  const children = [taker.child, loader.child];
  const figures: Figure[] = [];
  const differences: string[] = [];

  const turn = async (way: Way, milliseconds: number): Promise<void> => {
    const before = await tellOf(way);
    loader.say(`${way.port} ${milliseconds}`);
    const answers = Number(await loader.hear());
    const after = await tellOf(way);
    way.rates.push((answers * 1000) / milliseconds);
    way.main.push((after.main - before.main) / answers);
    way.all.push((after.all - before.all) / answers);
    await settled(way);
  };
  try {
    for (const kind of ['express', 'fastify'] as const) {
      const start = async (name: Way['name'], ...words: readonly string[]): Promise<Way> => {
        const { child, hear } = await startNode('watched-server.ts', kind, ...words);
        children.push(child);
        return { name, port: Number(await hear()), rates: [], main: [], all: [] };
      };
      const bare = await start('bare');
      const watched = await start('watched', `http://127.0.0.1:${takerPort}`, path.join(folder, kind));
      const alone = await start('unreachable', nobody, path.join(folder, `${kind}-unreachable`));
      const ways = [bare, watched, alone];
      for (const way of ways) {
        await turn(way, warmUpMs);
        for (const seen of [way.rates, way.main, way.all]) seen.length = 0;
      }
      for (let i = 0; i < rounds * turnsARound; i += 1) {
        tellStep(`middleware: ${kind}, turn ${i + 1} of ${rounds * turnsARound}`);
        for (const way of i % 2 === 0 ? ways : [...ways].reverse()) await turn(way, turnMs);
      }
      for (const way of [watched, alone]) {
        const { dropped } = await settled(way);
        if (dropped !== 0) differences.push(`${kind}, ${way.name}: ${dropped} exchanges were dropped`);
        const ratio = inTurns(bare, way, ({ rates }) => rates);
        const isGoal = kind === 'express' && way === watched;
        figures.push({
          what: `${kind}: a trivial route${way === alone ? ', nobody takes what is sent' : ''}`,
          unit: 'requests/s',
          ours: spreadOf(way.rates),
          bare: spreadOf(bare.rates),
          ratio,
          required: isGoal ? `≥ ${goal} ×` : null,
          reached: isGoal ? ratio >= goal : null,
        });
      }
      for (const [what, of] of [
        ['main thread', ({ main }: Way) => main],
        ['threads all together', ({ all }: Way) => all],
      ] as const) {
        figures.push({
          what: `${kind}: its ${what}, a request`,
          unit: 'µs',
          ours: spreadOf(of(watched)),
          bare: spreadOf(of(bare)),
          ratio: inTurns(bare, watched, of),
          required: null,
          reached: null,
        });
      }
      for (const child of children.splice(2)) child.kill();
    }
  } finally {
    for (const child of children) child.kill();
  }
  return {
    bench: 'middleware',
    did: { connections, seconds: turnMs / 1000, turns: rounds * turnsARound },
    figures,
    differences,
    notes: [
      'each ratio is the median over turns that follow each other; program, load and taker are processes of their own',
      'what is recorded is redacted, synced to disk and sent in a thread of the program: on two processors it takes its time from the load too',
    ],
    skipped: null,
  };
};

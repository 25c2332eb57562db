import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { median, type Spread, spreadOf } from './measures.ts';
import { type BenchReport, type Figure, tellStep } from './report.ts';
import type { Trail } from './trail.ts';

/** Of the bare route's requests a second. */
const goal = 0.9;
const connections = 16;
/** Short turns, many of them: what else the machine does changes from second to second. */
const turnMs = 1000;
/**
 * A process of the same code may be a sixth quicker than the next for as long as it lives: so each round starts all of
 * them anew, and has so many turns.
 */
const turnsARound = 8;
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
    { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] },
  );
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error(`${file} was started without a way to speak with it`);
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

/** One of the ways to run a program, and what was seen of it in each turn of each of its processes. */
interface Way {
  readonly name: 'bare' | 'watched' | 'unreachable' | 'busy';
  /** Its present process, and where that listens. */
  child: ChildProcess | null;
  port: number;
  readonly rates: number[];
  readonly main: number[];
  readonly all: number[];
}

const tellOf = async ({ name, child }: Way): Promise<Told> => {
  if (child === null) throw new Error(`nothing runs ${name}`);
  const told = once(child, 'message');
  child.send('how much?');
  const [answer] = (await told) as [Told];
  return answer;
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

type Seen = (way: Way) => readonly number[];
const ratios = (bare: Way, way: Way, of: Seen): readonly number[] =>
  of(way).map((value, turn) => value / (of(bare)[turn] ?? Number.NaN));
const inTurns = (bare: Way, way: Way, of: Seen): number => median(ratios(bare, way, of));
/** The same of each round’s processes. */
const inRounds = (bare: Way, way: Way, of: Seen): Spread => {
  const all = ratios(bare, way, of);
  return spreadOf(
    Array.from({ length: all.length / turnsARound }, (_, round) =>
      median(all.slice(round * turnsARound, (round + 1) * turnsARound)),
    ),
  );
};

/** `middleware`: requests a second of a trivial route with the middleware and without, Express and Fastify, in turns. */
export const measureMiddleware = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const folder = await trail.folder();
  const taker = await startNode('taker.ts');
  const takerPort = await taker.hear();
  const loader = await startNode('load.ts', String(connections));
  const children = [taker.child, loader.child];
  const figures: Figure[] = [];
  const differences: string[] = [];
  const notes: string[] = [];

  /** Answers are counted in `seen`. */
  const turn = async (way: Way, milliseconds: number, seen: Omit<Way, 'name' | 'child' | 'port'>): Promise<void> => {
    const before = await tellOf(way);
    loader.say(`${way.port} ${milliseconds}`);
    const answers = Number(await loader.hear());
    const after = await tellOf(way);
    seen.rates.push((answers * 1000) / milliseconds);
    seen.main.push((after.main - before.main) / answers);
    seen.all.push((after.all - before.all) / answers);
    await settled(way);
  };
  try {
    for (const kind of ['express', 'fastify'] as const) {
      const wayOf = (name: Way['name']): Way => ({ name, child: null, port: 0, rates: [], main: [], all: [] });
      const bare = wayOf('bare');
      const watched = wayOf('watched');
      const alone = wayOf('unreachable');
      const busy = wayOf('busy');
      for (let round = 0; round < rounds; round += 1) {
        tellStep(`middleware: ${kind}, round ${round + 1} of ${rounds}`);
        // Whoever is started first is not always the same.
        const ways = round % 2 === 0 ? [bare, watched, alone, busy] : [busy, alone, watched, bare];
        for (const way of ways) {
          const spool = path.join(folder, `${kind}-${way.name}-${round}`);
          const words = {
            bare: [],
            watched: [`http://127.0.0.1:${takerPort}`, spool],
            unreachable: [nobody, spool],
            busy: ['busy'],
          };
          const { child, hear } = await startNode('watched-server.ts', kind, ...words[way.name]);
          children.push(child);
          way.child = child;
          way.port = Number(await hear());
          await turn(way, warmUpMs, wayOf(way.name));
        }
        for (let i = 0; i < turnsARound; i += 1) {
          // Each is first, second and last as often as the others, and none has two turns in a row, of which the second
          // would find all of its own in the processor's caches.
          const first = i % ways.length;
          for (const way of [...ways.slice(first), ...ways.slice(0, first)]) await turn(way, turnMs, way);
        }
        for (const way of [watched, alone]) {
          const { dropped } = await settled(way);
          if (dropped !== 0) differences.push(`${kind}, ${way.name}: ${dropped} exchanges were dropped`);
        }
        for (const child of children.splice(2)) child.kill();
      }
      for (const way of [watched, alone]) {
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
      figures.push({
        what: `${kind}: a trivial route whose middleware does nothing for a microsecond`,
        unit: 'requests/s',
        ours: spreadOf(busy.rates),
        bare: spreadOf(bare.rates),
        ratio: inTurns(bare, busy, ({ rates }) => rates),
        required: null,
        reached: null,
      });
      const { least, most } = inRounds(bare, watched, ({ rates }) => rates);
      notes.push(`${kind}: each round’s processes kept ${least.toFixed(2)} to ${most.toFixed(2)} × of their bare one`);
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
    }
  } finally {
    for (const child of children) child.kill();
  }
  return {
    bench: 'middleware',
    did: {
      connections,
      seconds: turnMs / 1000,
      'processes each way': rounds,
      turns: rounds * turnsARound,
    },
    figures,
    differences,
    notes: [
      ...notes,
      'each ratio is the median over turns that follow each other; program, load and taker are processes of their own',
      'the microsecond tells how the machine takes it when a program does a little more: the load sleeps more often, and the program pays for waking it',
      'what is recorded is redacted and sent, and where nobody takes it synced to disk, in a thread of the program: on two processors it takes its time from the load too',
    ],
    skipped: null,
  };
};

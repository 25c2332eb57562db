import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { maxCaptureBytes } from '#shared/contract/capture.ts';
import type { InputOf, OutputOf } from '#shared/contract/procedures.ts';
import type { Clause } from '#shared/contract/query.ts';
import type { Page } from '#shared/contract/view.ts';
import { benchLogin, benchPassword } from './bench-engine.ts';
import type { BodyPlan, SentBodies } from './capture/body-sender.ts';
import { isServeBuilt, type Server, settled, startServe } from './capture/servers.ts';
import { percentile, spreadOf } from './measures.ts';
import { type BenchReport, type Figure, tellStep } from './report.ts';
import type { Trail } from './trail.ts';
import { newestFirst, pageRows, pause, viewOf } from './views.ts';

const pageGoal = 100;
/** How long pages are asked for while bodies of one kind are sent, and while none are, milliseconds a round. */
const phaseMs = 6000;
/** Milliseconds between two pages that somebody looks at. */
const pageRest = 20;
const bodyEntries = 10_000;
const sender = fileURLToPath(new URL('capture/body-sender.ts', import.meta.url));

interface Body {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly headers: BodyPlan['headers'];
}

/** Entries that together have as many bytes as are taken. */
const entriesOf = (count: number): readonly string[] => {
  const room = Math.floor(maxCaptureBytes / count) - 2;
  return Array.from({ length: count }, (_, number) => {
    const entry = { event: 'UPDATE', target: 'PTE', recordId: `PTE-${number}`, field: 'estatus', oldValue: '1' };
    const bare = Buffer.byteLength(JSON.stringify({ ...entry, detail: '' }));
    return JSON.stringify({ ...entry, detail: 'volumen bruto 42.5, presión '.repeat(100).slice(0, room - bare - 64) });
  });
};

/** One entry as large as is taken, of very many small values: the slowest to read. */
const oneEntry = (): string => {
  const item = '{"name":"a name","value":"some value: 12"},';
  const head = '{"event":"CREATE","extra":{"list":[';
  return `${head}${item.repeat(Math.floor((maxCaptureBytes - 1000) / item.length)).slice(0, -1)}]}}`;
};

const bodiesOf = (): readonly Body[] => {
  const entries = entriesOf(bodyEntries);
  const lines = Buffer.from(entries.join('\n'));
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const json = { 'content-type': 'application/json' };
  return [
    { what: 'NDJSON', bytes: lines, headers: ndjson },
    { what: 'a JSON array', bytes: Buffer.from(`[${entries.join(',')}]`), headers: json },
    { what: 'NDJSON in gzip', bytes: gzipSync(lines), headers: { ...ndjson, 'content-encoding': 'gzip' } },
    { what: 'a single entry', bytes: Buffer.from(oneEntry()), headers: json },
  ];
};

/** Sends a body over and over from a process of its own until it is told to end. */
const startSending = ({ url, token }: Server, file: string, { headers }: Body): (() => Promise<SentBodies>) => {
  const plan: BodyPlan = { url, token, file, headers };
  const child = spawn(process.execPath, ['--no-warnings', sender, JSON.stringify(plan)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  const left = once(child, 'exit') as Promise<[number | null]>;
  return async () => {
    child.stdin.end();
    const [code] = await left;
    if (code !== 0) throw new Error(`the sender ended with ${code}`);
    return JSON.parse(await said) as SentBodies;
  };
};

type Ask = <N extends 'session.signIn' | 'log.page' | 'app.status'>(name: N, input: InputOf<N>) => Promise<OutputOf<N>>;

/** Asks as a window in a browser does. */
const askOver = ({ url }: Server, session: string | null): Ask => {
  const headers = { 'content-type': 'application/json', ...(session ? { authorization: `Bearer ${session}` } : {}) };
  return async (name, input) => {
    const answer = await fetch(`${url}/rpc/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
    const frame = JSON.parse((await answer.text()).trimEnd()) as { t: string; value: never };
    if (frame.t !== 'ok') throw new Error(`${name} answered ${JSON.stringify(frame)}`);
    return frame.value;
  };
};

const events = ['UPDATE', 'CREATE', 'DELETE', 'STATUS_CHANGE', 'REQUEST'];

/**
 * Asks for first pages, three kinds in turn: of a filter of the trail's own entries that nobody has looked at, so that
 * nothing that is kept helps; of everything, newest first, what was just stored among it; and of an event the same way.
 * Says what was wrong with them.
 */
const createLooks = (ask: Ask, entries: number, differences: string[]) => {
  let looks = 0;
  const lookOnce = async (): Promise<number> => {
    looks += 1;
    const event = looks % 3 === 1 ? null : (events[looks % events.length] ?? '');
    const newest = looks % 3 === 0 ? entries - (looks % (entries >> 1)) : null;
    const clauses: Clause[] = [];
    if (newest !== null) {
      clauses.push({ kind: 'number', key: 'id', exclude: false, tests: [{ op: '<=', value: newest }] });
    }
    if (event !== null) {
      clauses.push({ kind: 'value', key: 'event', exclude: false, values: [{ text: event, prefix: false }] });
    }
    const began = performance.now();
    const page: Page = await ask('log.page', {
      view: viewOf(clauses, newestFirst),
      start: { position: 0 },
      limit: pageRows,
    });
    const took = performance.now() - began;
    const right = page.rows.every((row, place) => {
      const before = page.rows[place - 1]?.id ?? (newest ?? Number.POSITIVE_INFINITY) + 1;
      return (event === null || row.event === event) && row.id < before;
    });
    if (!right || page.rows.length !== pageRows) differences.push(`page ${looks}, of ${event} up to ${newest}`);
    return took;
  };
  return async (milliseconds: number): Promise<readonly number[]> => {
    const times: number[] = [];
    for (const until = performance.now() + milliseconds; performance.now() < until; await pause(pageRest)) {
      times.push(await lookOnce());
    }
    return times;
  };
};

/** `large-bodies`: the first pages that a window asks for, while capture takes bodies of 16 MiB, and while it takes none. */
export const measureLargeBodies = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const nothing = { bench: 'large-bodies', did: { trail: trail.name }, figures: [], differences: [], notes: [] };
  if (!isServeBuilt()) return { ...nothing, skipped: 'build first: npm run build' };
  const made = await trail.dataFolder();
  const folder = await trail.folder();
  // What is sent goes into a copy.
  const dataFolder = path.join(folder, 'data');
  cpSync(made.dataFolder, dataFolder, { recursive: true });
  const bodies = bodiesOf();
  const fileOf = (place: number): string => path.join(folder, `body-${place}`);
  for (const [place, { bytes }] of bodies.entries()) writeFileSync(fileOf(place), bytes);

  const differences: string[] = [];
  const idle: number[] = [];
  const busy = bodies.map((): number[] => []);
  const bodyTimes = bodies.map((): number[] => []);
  let stored = 0;
  const server = await startServe(dataFolder);
  try {
    const { token } = await askOver(server, null)('session.signIn', { login: benchLogin, password: benchPassword });
    const ask = askOver(server, token);
    const look = createLooks(ask, made.entries, differences);
    await look(phaseMs / 2);
    for (let round = 0; round < rounds; round += 1) {
      tellStep(`round ${round + 1}`);
      await settled(server);
      idle.push(...(await look(phaseMs)));
      for (const place of bodies.keys()) {
        // Another one goes first in each round.
        const number = (place + round) % bodies.length;
        const body = bodies[number];
        if (body === undefined) continue;
        await settled(server);
        const end = startSending(server, fileOf(number), body);
        busy[number]?.push(...(await look(phaseMs)));
        const sent = await end();
        bodyTimes[number]?.push(...sent.milliseconds);
        stored += sent.stored;
      }
    }
    const { ledger } = await ask('app.status', {});
    if (ledger.entries !== made.entries + stored) {
      differences.push(`${made.entries} entries, ${stored} acknowledged, ${ledger.entries} in the ledger`);
    }
  } finally {
    await server.close();
  }

  const figure = (what: string, times: readonly number[], goal: number | null): Figure => ({
    what,
    unit: 'ms',
    ours: spreadOf(times),
    bare: null,
    ratio: null,
    required: goal === null ? null : `≤ ${goal}`,
    reached: goal === null ? null : Math.max(...times) <= goal,
  });
  const share = (times: readonly number[], part: number): readonly number[] => [percentile(times, part)];
  const pagesWhile = (what: string, times: readonly number[]): readonly Figure[] => [
    figure(`first page, ${what}, p50`, share(times, 0.5), null),
    figure(`… p95`, share(times, 0.95), pageGoal),
    figure(`… slowest of ${times.length}`, share(times, 1), pageGoal),
  ];
  return {
    bench: 'large-bodies',
    did: { trail: trail.name, rounds, bodies: bodyTimes.flat().length, stored },
    figures: [
      ...pagesWhile('nothing is sent', idle),
      ...bodies.flatMap(({ what }, place) => [
        ...pagesWhile(`bodies of ${what}`, busy[place] ?? []),
        figure('… until such a body is answered', bodyTimes[place] ?? [], null),
      ]),
    ],
    differences,
    notes: [
      `pages of ${pageRows} rows over HTTP, ${pageRest} ms between two: of filters that nobody has looked at, of everything and of an event, newest first`,
      `each body has 16 MiB, unpacked; the first three ${bodyEntries.toLocaleString('en-US')} entries. One after the other from a process of its own on the same machine`,
    ],
    skipped: null,
  };
};

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { procedures } from '#shared/contract/procedures.ts';
import { withBuiltThreads } from '../built-threads.ts';
import { bugsIn, temporaryFolder } from '../engine/engine-kit.ts';
import { requestsOf, type Shot } from './generated-requests.ts';

/** How many requests each route gets: some here, 500 in .ci/run, 10,000 with its --long. */
const requests = Number(process.env.BITACORA_ROUTE_FUZZ ?? '40');
const atOnce = 8;
/**
 * What an engine may hold more after the requests, bytes: what it learns about code that is run often, statements and views
 * that it keeps. Bodies that stay are seen, as are a few hundred bytes of each of 10,000 requests.
 */
const mostGrowth = 4 * 1024 * 1024;

interface Measured {
  readonly bytes: number;
  readonly rss: number;
  readonly files: number;
  readonly handles: number;
  readonly faults: readonly string[];
}

let child: ChildProcess;
let site: { readonly url: string; readonly session: string; readonly capture: string; readonly read: string };
const folder = temporaryFolder();
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
beforeAll(async () => {
  const here = (name: string): string => path.join(import.meta.dirname, name);
  child = fork(here('measured-child.ts'), requests >= 500 ? [folder, 'quiet'] : [folder], {
    execArgv: [...withBuiltThreads, '--expose-gc', '--import', here('heap-probe.mjs')],
    serialization: 'advanced',
  });
  [site] = (await once(child, 'message')) as [typeof site];
});
afterAll(async () => {
  agent.destroy();
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
  child.kill('SIGKILL');
  await ended;
});

let rounds = 0;
const measure = async (): Promise<Measured> => {
  rounds += 1;
  child.send(rounds);
  return ((await once(child, 'message')) as [Measured])[0];
};

/** These stay open, take the ledger away, or end the session that the others need; each has tests of its own. */
const excepted = ['app.watch', 'capture.watch', 'export.watch', 'setup.openDemo', 'session.signOut', 'capture.choose'];
const routes = requestsOf(Object.keys(procedures).filter((name) => !excepted.includes(name)));

interface Answer {
  readonly status: number;
  readonly text: string;
}

const tokenOf = ({ bearer }: Shot): string | null =>
  bearer === 'none' ? null : bearer === 'junk' ? 'junk' : site[bearer];

const headersOf = (shot: Shot): Record<string, string> => {
  const token = tokenOf(shot);
  return { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...shot.headers };
};

const sendWhole = (shot: Shot): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { ...headersOf(shot), ...(shot.body === null ? {} : { 'content-length': shot.body.length }) };
    const sent = request(site.url + shot.path, { method: shot.method, headers, agent }, (answer: IncomingMessage) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(shot.body ?? undefined);
  });

/** By hand, so that head and body need not agree; null when the connection ended without an answer. */
const sendByHand = (shot: Shot): Promise<Answer | null> =>
  new Promise((resolve, reject) => {
    const { port, host } = new URL(site.url);
    const { way } = shot;
    const body = Buffer.from(shot.body ?? '{}');
    const length =
      body.length + (way === 'too long' ? -Math.min(1, body.length) : way === 'whole' || way === 'slow' ? 0 : 7);
    const headers = { host, connection: 'close', ...headersOf(shot), 'content-length': String(length) };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const socket = connectSocket({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
    let said = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      // What follows the body may be refused as a request of its own.
      const [first = ''] = said.split(/(?<=.)(?=HTTP\/1\.1 \d)/s);
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(first) ?? [];
      resolve(
        status === undefined
          ? null
          : { status: Number(status), text: first.slice(first.indexOf('{'), first.lastIndexOf('}') + 1) },
      );
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The engine may have answered and gone before everything was sent.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.write(`${shot.method} ${shot.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    if (way === 'slow') {
      const half = body.length >> 1;
      socket.write(body.subarray(0, half));
      // What has come meanwhile is read first, also when this process was held up: who is answered and writes on to a closed
      // connection loses what it has not read.
      const goOn = (): boolean => socket.writableEnded || socket.write(body.subarray(half));
      setTimeout(() => setImmediate(goOn), 20);
      return;
    }
    socket.write(body);
    if (way === 'half') socket.end();
    if (way === 'leaves') setTimeout(() => socket.destroy(), 2);
    // `too short` goes silent: it is for the engine to lose patience.
  });

const named = new Set([413, 415, 422]);
const check = (shot: Shot, answer: Answer | null): void => {
  if (answer === null) {
    expect(['leaves', 'half', 'too long', 'too short']).toContain(shot.way);
    return;
  }
  const { status, text } = answer;
  const told = `${shot.method} ${shot.path.slice(0, 200)} ${shot.way} ${Buffer.from(shot.body ?? '').toString('latin1', 0, 200)} → ${text.slice(0, 300)}`;
  expect(status, told).toBeLessThan(500);
  expect(text.includes('"code":"internal"'), told).toBe(false);
  // An empty address of a folder, or a body that came with a GET, may have no text of ours.
  if (named.has(status))
    expect((JSON.parse(text) as { error: { details: object } }).error.details, told).toMatchObject({
      fields: expect.stringMatching(/\S/),
    });
};

const statuses = new Map<string, Map<number, number>>();
const fire = async (name: string, shots: readonly Shot[]): Promise<void> => {
  const seen = statuses.get(name) ?? new Map<number, number>();
  statuses.set(name, seen);
  const left = shots[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const shot of left) {
      const answer = shot.way === 'whole' ? await sendWhole(shot) : await sendByHand(shot);
      check(shot, answer);
      seen.set(answer?.status ?? 0, (seen.get(answer?.status ?? 0) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
/**
 * What `work` leaves behind, once everything it goes through has been gone through before. A thread that is started late,
 * because two large bodies met by chance, grows what is held once; what stays of requests does so each time.
 */
const leavesNothing = async (told: string, work: () => Promise<void>): Promise<void> => {
  let before = await measure();
  await work();
  let after = await measure();
  if (after.bytes - before.bytes >= mostGrowth) {
    before = after;
    await work();
    after = await measure();
  }
  if (requests >= 500) {
    process.stderr.write(
      `${told}: held ${megabytes(before.bytes)} → ${megabytes(after.bytes)} MB, process ${megabytes(before.rss)} → ${megabytes(after.rss)} MB\n`,
    );
  }
  expect(after.faults).toEqual([]);
  expect(bugsIn(path.join(folder, 'data'))).toEqual([]);
  expect(after.bytes - before.bytes).toBeLessThan(mostGrowth);
  expect(after.handles - before.handles).toBeLessThan(50);
  expect(after.files).toBeLessThanOrEqual(2000);
};

/** Until the threads for large bodies and for the indexes have been started, and what they keep has been filled. */
const warming = 500;
const timeout = 60_000 + (warming + requests) * 60;

// Where each route gets many, it is looked at for itself; else all of them together.
if (requests >= 500) {
  describe(`${requests} generated requests`, () => {
    test.each(Object.entries(routes))(
      '%s: answered or refused by name, and nothing stays',
      { timeout },
      async (name, route) => {
        await fire(name, fc.sample(route, { numRuns: warming, seed: 41 }));
        await leavesNothing(name, async () => {
          for (let sent = 0; sent < requests; sent += 1000) {
            await fire(name, fc.sample(route, { numRuns: Math.min(1000, requests - sent), seed: 1000 + sent }));
          }
        });
        const answers = [...(statuses.get(name) ?? [])].map(([status, count]) => `${status || 'none'} × ${count}`);
        process.stderr.write(`${name}: ${answers.join(', ')}\n`);
      },
    );
  });
} else {
  test(`${requests} generated requests for each route: answered or refused by name, and nothing stays`, {
    timeout: timeout * 4,
  }, async () => {
    const some = Math.ceil(requests / 4);
    const all = Object.entries(routes);
    for (const [name, route] of all) await fire(name, fc.sample(route, { numRuns: some, seed: 41 }));
    await leavesNothing('all routes', async () => {
      for (const [name, route] of all) await fire(name, fc.sample(route, { numRuns: requests - some, seed: 42 }));
    });
    expect(statuses.size).toBe(all.length);
    for (const status of [200, 201, 400, 404, 415, 422]) {
      expect(
        [...statuses.values()].some((seen) => seen.has(status)),
        `${status}`,
      ).toBe(true);
    }
  });
}

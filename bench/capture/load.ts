/**
 * The load generator: sends entries over so many connections, each its next request when the last was answered.
 * `node load.ts PLAN`. Raw sockets, and requests that are made beforehand but for their ids: there are two processors for
 * everything, and what the sender takes the server lacks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { percentile } from '../measures.ts';
import { eventIdEnd, eventIdStart, type LoadPlan, type LoadResult } from './load-plan.ts';

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const { hostname, port, host } = new URL(plan.url);

/** A request with places for ids and times. */
interface Template {
  readonly bytes: Buffer;
  readonly places: readonly { readonly id: number; readonly time: number }[];
}

const idPlace = '#'.repeat(36);
const timePlace = '%'.repeat(24);

const templateOf = (entries: readonly object[]): Template => {
  const marked = entries.map((entry) => ({ eventId: idPlace, occurredAt: timePlace, ...entry }));
  const body = JSON.stringify(plan.batch === 1 ? marked[0] : marked);
  const head = [
    'POST /api/entries HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${plan.token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  const places: { id: number; time: number }[] = [];
  for (let id = bytes.indexOf(idPlace); id >= 0; id = bytes.indexOf(idPlace, id + 1)) {
    places.push({ id, time: bytes.indexOf(timePlace, id) });
  }
  return { bytes, places };
};

const entries = readFileSync(plan.entriesFile, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as object);
const templates = Array.from({ length: Math.floor(entries.length / plan.batch) }, (_, place) =>
  templateOf(entries.slice(place * plan.batch, (place + 1) * plan.batch)),
);
const longest = Math.max(...templates.map(({ bytes }) => bytes.length));

const acknowledged: number[] = [];
const latencies: number[] = [];
const began = performance.now();
const until = began + plan.seconds * 1000;
const cpuBefore = process.cpuUsage();
let request = 0;
let ended = began;

const headEnd = Buffer.from('\r\n\r\n');

const run = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    // The connection's own: what it sends is gone when the answer is there.
    const scratch = Buffer.alloc(longest);
    let sentAt = 0;
    let first = 0;
    let waiting: Buffer | null = null;
    const next = (): void => {
      sentAt = performance.now();
      if (sentAt >= until) {
        socket.destroy();
        resolve();
        return;
      }
      const template = templates[request % templates.length] as Template;
      first = plan.firstNumber + request * plan.batch;
      request += 1;
      template.bytes.copy(scratch);
      const now = Date.now();
      const time = new Date(now).toISOString();
      const start = eventIdStart(now);
      for (const [place, at] of template.places.entries()) {
        scratch.write(start + eventIdEnd(first + place), at.id, 'latin1');
        scratch.write(time, at.time, 'latin1');
      }
      socket.write(scratch.subarray(0, template.bytes.length));
    };
    socket.on('data', (chunk: Buffer) => {
      const said = waiting === null ? chunk : Buffer.concat([waiting, chunk]);
      const head = said.indexOf(headEnd);
      const length = head < 0 ? null : /content-length: (\d+)/i.exec(said.toString('latin1', 0, head));
      if (!length || said.length < head + headEnd.length + Number(length[1])) {
        waiting = said;
        return;
      }
      waiting = null;
      ended = performance.now();
      latencies.push(ended - sentAt);
      const text = said.toString('latin1', head + headEnd.length);
      if (!said.toString('latin1', 0, 12).endsWith(' 201')) {
        reject(new Error(`answered ${said.toString('latin1', 0, 12)}: ${text}`));
        return;
      }
      const { ids } = JSON.parse(text) as { ids: readonly number[] };
      for (const [place, id] of ids.entries()) acknowledged.push(first + place, id);
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    next();
  });

const opened = await Promise.all(
  Array.from(
    { length: plan.connections },
    () =>
      new Promise<Socket>((resolve, reject) => {
        const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => resolve(socket));
        socket.once('error', reject);
      }),
  ),
);
await Promise.all(opened.map(run));
const { user, system } = process.cpuUsage(cpuBefore);
writeFileSync(plan.acknowledgedFile, Float64Array.from(acknowledged));
const result: LoadResult = {
  sent: request * plan.batch,
  acknowledged: acknowledged.length / 2,
  milliseconds: ended - began,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
  slowest: Math.max(...latencies.slice(-100_000)),
  cpu: (user + system) / 1000,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

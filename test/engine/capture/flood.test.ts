import { randomUUID } from 'node:crypto';
import { connect as connectSocket, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { CaptureReceipt } from '#shared/contract/capture.ts';
import { bugsIn, wholeLog } from '../engine/engine-kit.ts';
import { type CaptureSite, openCaptureSite } from './capture-kit.ts';

/** More than the room for bodies that are being read, and more than may stand in line behind them. */
const large = 84;
const largeBytes = 200_000;
const behind = 1200;
/** The system turns connections away itself where more than it has room for wait to be attended to. */
const atOnce = 100;

interface Sender {
  /** Sends what is left of the body. */
  finish(): void;
  readonly answer: Promise<{ readonly status: number; readonly retryAfter: string | undefined; readonly body: string }>;
}

/** A sender whose body is still to come. */
const begin = (site: CaptureSite, sockets: Socket[], bytes: number): Sender => {
  const body = JSON.stringify({ eventId: randomUUID(), event: 'CREATE' }).padEnd(bytes);
  const { port, host } = new URL(site.url);
  const socket = connectSocket({ host: '127.0.0.1', port: Number(port) });
  sockets.push(socket);
  let said = '';
  const answer = new Promise<Awaited<Sender['answer']>>((resolve, reject) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [head = '', content] = said.split('\r\n\r\n');
      if (content === undefined || Buffer.byteLength(content) < Number(/content-length: (\d+)/i.exec(head)?.[1]))
        return;
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
      resolve({ status, retryAfter: /retry-after: (\d+)/i.exec(head)?.[1], body: content });
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed without an answer: ${said}`)));
  });
  // Whoever is not waited for yet may fail all the same.
  answer.catch(() => undefined);
  const head = ['POST /api/entries HTTP/1.1', `Host: ${host}`, `Authorization: Bearer ${site.captureToken}`];
  socket.write(`${[...head, 'Content-Type: application/json', `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n`);
  return { finish: () => void socket.write(body), answer };
};

test('of a flood some are told to come back, and all that were taken in are stored', { timeout: 120_000 }, async () => {
  const site = await openCaptureSite();
  const sockets: Socket[] = [];
  try {
    // Nobody sends a body yet: those behind the first wait in line, and those behind these are turned away.
    const senders: Sender[] = [];
    while (senders.length < large + behind) {
      senders.push(begin(site, sockets, senders.length < large ? largeBytes : 100));
      // Connections are attended to in their order: when this one is, all before it were.
      if (senders.length % atOnce === 0) await fetch(new URL('/api/health', site.url));
    }
    await Promise.any(senders.map(({ answer }) => answer));
    for (const { finish } of senders) finish();
    const answers = await Promise.all(senders.map(({ answer }) => answer));
    const stored: number[] = [];
    let refused = 0;
    for (const { status, retryAfter, body } of answers) {
      if (status === 201) stored.push(...(JSON.parse(body) as CaptureReceipt).ids);
      else {
        refused += 1;
        expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: '1' });
        expect(JSON.parse(body)).toMatchObject({ error: { code: 'not_accepting', details: { reason: 'busy' } } });
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(stored.length).toBeGreaterThan(large);
    expect(stored.sort((a, b) => a - b)).toEqual(stored.map((_id, place) => place + 1));
    expect((await site.admin.call('log.count', { view: wholeLog() })).count).toBe(stored.length);
    // Whoever comes back is taken in.
    const again = begin(site, sockets, 100);
    again.finish();
    expect((await again.answer).status).toBe(201);
    expect(bugsIn(site.data)).toEqual([]);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import path from 'node:path';
import fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { type CaptureClient, type CaptureClientOptions, createCaptureClient } from '#client/capture-client.ts';
import { watchExpress, watchFastify } from '#client/middleware.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { bytesUnder, type CaptureSite, getJson, openCaptureSite } from '../capture/capture-kit.ts';
import { bugsIn, temporaryFolder, wholeLog } from '../engine/engine-kit.ts';
import { openHost } from '../http/open-host.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const openClient = (
  site: CaptureSite,
  options: Partial<CaptureClientOptions> = {},
): CaptureClient & { folder: string } => {
  const folder = options.spoolFolder ?? path.join(temporaryFolder(), 'spool');
  const client = createCaptureClient({ url: site.url, token: site.captureToken, spoolFolder: folder, ...options });
  closing.push(() => client.close());
  return { ...client, folder };
};

/** Waits for a state; a test that waits for nothing runs into its own limit. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
};

const entries = async (site: CaptureSite): Promise<Entry[]> => {
  const { body } = await getJson(site, '/api/entries?sort=id&limit=1000');
  return body.entries as Entry[];
};
const countAll = async (site: CaptureSite): Promise<number> =>
  (await site.admin.call('log.count', { view: wholeLog() })).count;

type Step = (
  request: IncomingMessage & { body?: unknown; user?: string },
  response: ServerResponse,
  next: () => void,
) => void;

/** A program that takes connect’s middleware, one after the other, as Express does. */
const openProgram = async (...steps: readonly Step[]): Promise<string> => {
  const server: Server = createServer((request, response) => {
    const run = (place: number): void => steps[place]?.(request, response, () => run(place + 1));
    run(0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** As body parsers do: reads the stream before the program does its work. */
const readBody: Step = (request, _response, next) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    request.body = text;
    next();
  });
};

describe('a program with connect’s middleware', () => {
  test('each response is recorded, and what the client of the program gets is what it would get', async () => {
    const site = await openCaptureSite();
    const client = openClient(site, { source: 'Tienda' });
    const url = await openProgram(
      watchExpress<IncomingMessage & { user?: string }>(client, {
        user: ({ user }) => (user === undefined ? null : { id: 7, login: user }),
        ignore: (asked) => asked === '/health',
      }),
      (request, _response, next) => {
        if (request.headers.authorization) request.user = 'maria.lopez';
        next();
      },
      readBody,
      (request, response) => {
        if (request.url === '/file') {
          response.setHeader('content-type', 'image/png');
          response.write(Buffer.from([137, 80, 78, 71, 0]));
          response.end(Buffer.from([0xff]));
        } else if (request.url === '/events') {
          response.setHeader('content-type', 'text/event-stream');
          response.write('data: 1\n\n');
          response.end('data: 2\n\n');
        } else if (request.url === '/long') {
          response.setHeader('content-type', 'text/plain');
          response.end('x'.repeat(200_000));
        } else {
          response.statusCode = 201;
          response.setHeader('content-type', 'application/json; charset=utf-8');
          response.end(JSON.stringify({ said: request.body, token: 'abcdefghijklmnop1234' }));
        }
      },
    );
    const login = await fetch(`${url}/api/login/?next=%2F&password=hunter2hunter2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'x', 'x-request-id': 'req-1' },
      body: JSON.stringify({ user: 'ana', password: 'hunter2hunter2' }),
    });
    expect([login.status, await login.json()]).toEqual([
      201,
      { said: '{"user":"ana","password":"hunter2hunter2"}', token: 'abcdefghijklmnop1234' },
    ]);
    const form = await fetch(`${url}/form`, { method: 'POST', body: new URLSearchParams({ a: '1', pin: '9876' }) });
    expect(form.status).toBe(201);
    expect(new Uint8Array(await (await fetch(`${url}/file`)).arrayBuffer())).toEqual(
      Uint8Array.from([137, 80, 78, 71, 0, 255]),
    );
    expect(await (await fetch(`${url}/events`)).text()).toBe('data: 1\n\ndata: 2\n\n');
    expect(await (await fetch(`${url}/long`)).text()).toHaveLength(200_000);
    await (await fetch(`${url}/health`)).text();
    await until(() => client.status().sent === 5);

    const told = await entries(site);
    expect(told.map(({ action }) => action)).toEqual([
      'POST /api/login/',
      'POST /form',
      'GET /file',
      'GET /events',
      'GET /long',
    ]);
    const [first, second, file, events, long] = told;
    expect(first).toMatchObject({
      event: 'REQUEST',
      actor: { id: '7', login: 'maria.lopez' },
      module: { name: 'API Request' },
      target: 'API Request',
      status: 201,
      source: 'Tienda',
      request: {
        method: 'POST',
        path: '/api/login/',
        query: expect.stringMatching(/^next=%2F&password=\[redacted:[a-p]{16}\]$/),
        body: { user: 'ana', password: expect.stringMatching(/^\[redacted:/) },
        responseBody: {
          said: expect.stringMatching(/"password":"\[redacted:/),
          token: expect.stringMatching(/^\[redacted:/),
        },
        address: '127.0.0.1',
        correlationId: 'req-1',
        durationMs: expect.any(Number),
      },
    });
    expect(second).toMatchObject({ actor: null, request: { body: expect.stringMatching(/^a=1&pin=\[redacted:/) } });
    expect(file?.request?.responseBody).toBe('[binary: image/png, 6 bytes]');
    expect(events?.request?.responseBody).toBe('[stream: text/event-stream, 18 bytes]');
    expect(String(long?.request?.responseBody)).toMatch(/^x{65536}\[cut: 65536 of 200000 bytes\]$/);
    for (const folder of [site.data, client.folder]) {
      expect(bytesUnder(folder).includes('hunter2'), folder).toBe(false);
    }
    expect(client.status()).toMatchObject({
      waitingFiles: 0,
      waitingEntries: 0,
      refused: 0,
      dropped: 0,
      problem: null,
    });
    expect(bugsIn(site.data)).toEqual([]);
  });

  test('what a program does oddly, or somebody sends to stay unseen, is recorded all the same', async () => {
    const site = await openCaptureSite();
    const client = openClient(site);
    const user = { id: 7n, login: 'ana', name: null, role: 'admin', password: 'hunter2hunter2', roles: [{}] };
    const url = await openProgram(
      watchExpress(client, { user: () => user as never }),
      readBody,
      (request, response) => {
        response.statusCode = request.url === '/odd' ? 799 : 200;
        response.end('done');
      },
    );
    const deep = `${'['.repeat(5000)}{"password":"hunter2hunter2"}${']'.repeat(5000)}`;
    for (const [asked, body] of [
      ['/deep', deep],
      ['/odd', '{"a":1}'],
      ['/torn', '{"password":"hunter2hunter2"'],
      ['/nul', '{"a":"\\u0000\\ud800"}'],
    ] as const) {
      await fetch(url + asked, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    }
    await until(() => client.status().sent === 4);
    expect(client.status()).toMatchObject({ refused: 0, dropped: 0 });
    const told = await entries(site);
    expect(told.map(({ action, status }) => [action, status])).toEqual([
      ['POST /deep', 200],
      ['POST /odd', null],
      ['POST /torn', 200],
      ['POST /nul', 200],
    ]);
    expect(told[0]).toMatchObject({ actor: { id: '7', login: 'ana', name: null, email: null } });
    expect(told[1]?.extra).toEqual({ status: 799 });
    expect(String(told[0]?.request?.body)).toMatch(/^\[{5000}\{"password":\s*"?\[redacted:/);
    expect(bytesUnder(site.data).includes('hunter2')).toBe(false);
  });

  test('one who leaves in the middle is recorded too, and a `user` that throws breaks nothing', async () => {
    const site = await openCaptureSite();
    const client = openClient(site);
    const url = await openProgram(
      watchExpress(client, {
        user: ({ url: asked }) => {
          if (asked === '/throws') throw new Error('no user');
          return 'ana';
        },
      }),
      (request, response) => {
        if (request.url === '/slow') response.write('begun');
        else response.end('done');
      },
    );
    expect(await (await fetch(`${url}/throws`)).text()).toBe('done');
    const leaving = new AbortController();
    const slow = await fetch(`${url}/slow`, { signal: leaving.signal });
    expect(slow.status).toBe(200);
    leaving.abort();
    await until(() => client.status().sent === 2);
    expect(await entries(site)).toMatchObject([
      { action: 'GET /throws', actor: null, status: 200 },
      { action: 'GET /slow', actor: { login: 'ana' }, extra: { aborted: true } },
    ]);
  });
});

describe('a Fastify program', () => {
  test('is watched from its first hook', async () => {
    const site = await openCaptureSite();
    const client = openClient(site);
    const app = fastify();
    app.addHook('onRequest', watchFastify(client, { module: 'Pagos', user: () => ({ login: 'ana' }) }));
    app.post('/api/payments/create/', async (request, reply) => reply.code(201).send({ taken: request.body }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    closing.push(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/payments/create/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"monto":12,"tarjeta":"4111111111111111"}',
    });
    expect(await answer.json()).toEqual({ taken: { monto: 12, tarjeta: '4111111111111111' } });
    expect((await fetch(`http://127.0.0.1:${port}/nothing`)).status).toBe(404);
    await until(() => client.status().sent === 2);
    const [first, second] = await entries(site);
    expect(first).toMatchObject({
      action: 'POST /api/payments/create/',
      status: 201,
      module: { name: 'Pagos' },
      request: {
        body: { monto: 12, tarjeta: expect.stringMatching(/^\[redacted:/) },
        responseBody: { taken: { monto: 12 } },
      },
    });
    expect(second).toMatchObject({ action: 'GET /nothing', status: 404 });
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createSocketServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

describe('the queue', () => {
  test('what can’t be sent waits on disk, through a restart, and is stored once when Bitácora is back', async () => {
    const site = await openCaptureSite();
    const port = await freePort();
    const folder = path.join(temporaryFolder(), 'spool');
    const url = `http://127.0.0.1:${port}`;
    const first = createCaptureClient({ url, token: site.captureToken, spoolFolder: folder });
    for (let i = 0; i < 1200; i += 1)
      first.record({ event: 'CREATE', recordId: i, detail: `password=secreto-${i}-secreto` });
    await until(() => first.status().waitingFiles === 2 && first.status().problem !== null);
    expect(first.status()).toMatchObject({ sent: 0, dropped: 0 });
    await first.close();
    expect(bytesUnder(folder).includes('secreto-')).toBe(false);

    const second = openClient(site, { url, spoolFolder: folder });
    second.record({ event: 'DELETE', recordId: 'last' });
    await until(() => second.status().waitingFiles === 3);
    const host = await openHost(site.engine.dispatch, temporaryFolder(), { port });
    closing.push(() => host.close());
    await until(() => second.status().waitingFiles === 0);
    expect(second.status()).toMatchObject({ sent: 1201, refused: 0, dropped: 0, problem: null });
    expect(await countAll(site)).toBe(1201);
    const records = (
      await site.admin.call('log.page', {
        view: { ...wholeLog(), sort: { column: 'id', descending: false } },
        start: { position: 0 },
        limit: 1000,
      })
    ).rows.map(({ recordId }) => recordId);
    expect(records).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
  });

  test('one entry that is refused is put away, and the others of its file are stored', async () => {
    const site = await openCaptureSite();
    const client = openClient(site);
    client.record({ event: 'CREATE', recordId: 1 });
    client.record({ event: 'CREATE', status: 9999 });
    client.record({ event: 'CREATE', recordId: 3 });
    await until(() => client.status().sent === 2);
    expect(client.status()).toMatchObject({ refused: 1, waitingFiles: 0, problem: null });
    expect((await entries(site)).map(({ recordId }) => recordId)).toEqual(['1', '3']);
    const [kept] = readdirSync(path.join(client.folder, 'refused'));
    expect(readFileSync(path.join(client.folder, 'refused', kept ?? ''), 'utf8')).toMatch(/"status":9999/);
  });

  test('a token that does not hold any more is a problem that is told, and nothing is lost', async () => {
    const site = await openCaptureSite();
    const client = openClient(site, { token: site.readToken });
    client.record({ event: 'CREATE' });
    await until(() => client.status().problem !== null);
    expect(client.status()).toMatchObject({ problem: '403 forbidden', waitingFiles: 1, sent: 0 });
  });

  test('an address that is none is told at once, to whoever wrote it', () => {
    const spoolFolder = path.join(temporaryFolder(), 'spool');
    expect(() => createCaptureClient({ url: 'bitacora', token: 't', spoolFolder })).toThrow(/Invalid URL/);
  });

  test('what finds no room is counted, and nothing that is recorded can break the program', async () => {
    const site = await openCaptureSite();
    const client = openClient(site, { url: 'http://127.0.0.1:1', maxSpoolBytes: 2000 });
    for (let i = 0; i < 50; i += 1) client.record({ detail: 'x'.repeat(100) });
    const ring: Record<string, unknown> = {};
    ring.self = ring;
    client.record({ extra: ring });
    client.record({
      get detail(): string {
        throw new Error('a getter');
      },
    });
    await until(() => client.status().waitingFiles === 1);
    const { dropped, waitingBytes } = client.status();
    expect(waitingBytes).toBeLessThanOrEqual(2000);
    expect(dropped).toBeGreaterThan(35);
  });
});

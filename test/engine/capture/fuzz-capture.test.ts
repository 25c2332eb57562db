import { connect as connectSocket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { bugsIn, wholeLog } from '../engine/engine-kit.ts';
import { type CaptureSite, change, openCaptureSite, send } from './capture-kit.ts';

/** How many bodies are tried: some here, 10,000 in .ci/run. */
const bodies = Number(process.env.BITACORA_FUZZ ?? '1500');

let site: CaptureSite;
beforeAll(async () => {
  site = await openCaptureSite();
});

const deep = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1e308,
    2 ** 53,
    '',
    '\0',
    '\ud800',
    'ñ'.repeat(2000),
    '__proto__',
    '[',
    '%00',
  ),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.jsonValue({ maxDepth: 4 }),
);
const names = fc.constantFrom(
  ...[
    'eventId',
    'occurredAt',
    'actor',
    'event',
    'module',
    'target',
    'recordId',
    'field',
    'oldValue',
    'newValue',
    'detail',
  ],
  ...['action', 'status', 'request', 'source', 'sourceEntryId', 'extra', '__proto__', 'constructor', 'x'.repeat(5000)],
);
const inner = fc.dictionary(
  fc.constantFrom('id', 'login', 'name', 'email', 'number', 'method', 'path', 'query', 'body', 'durationMs', 'evil'),
  scalar,
);
const entry = fc
  .tuple(fc.array(fc.tuple(names, fc.oneof(scalar, inner)), { maxLength: 5 }), fc.boolean())
  .map(([cells, good]) => ({ ...(good ? change() : {}), ...Object.fromEntries(cells) }));
const json = fc.oneof(
  { weight: 6, arbitrary: entry.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.array(entry, { maxLength: 20 }).map((list) => JSON.stringify(list)) },
  {
    weight: 2,
    arbitrary: fc.array(entry, { maxLength: 20 }).map((list) => list.map((item) => JSON.stringify(item)).join('\n')),
  },
  { weight: 1, arbitrary: scalar.map((value) => JSON.stringify(value) ?? '') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      deep(10_000, '[', ']'),
      deep(10_000, '{"a":', '}'),
      `{"detail":${deep(10_000, '[', ']')}}`,
      `{"request":{"body":${deep(250, '[', ']')}}}`,
      `{"${'k'.repeat(1_000_000)}":1}`,
      `{"extra":{"${'k'.repeat(1_000_000)}":1}}`,
      '{"eventId":"a","eventId":"b","detail":1,"detail":2}',
      '\ufeff{}',
      '{}\0',
      '\0',
      `{"extra":{"password":"${'x'.repeat(100_000)}"}}`,
    ),
  },
);
/** A right body of which some bytes were cut, doubled or changed. */
const broken = fc
  .tuple(json, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }))
  .map(([text, from, length, byte]) => {
    const bytes = Buffer.from(text);
    const at = bytes.length === 0 ? 0 : from % bytes.length;
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + (length % 5))]);
  });
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/x-ndjson',
      'text/plain',
      'application/json;charset=utf-8',
      ',',
    ),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'br', 'x'),
  },
  { requiredKeys: [] },
);

test(`${bodies} bodies: each is taken or refused by name, and nothing breaks`, {
  timeout: 60_000 + bodies * 40,
}, async () => {
  const statuses = new Map<number, number>();
  const tried = fc.sample(
    fc.tuple(
      fc.oneof({ weight: 3, arbitrary: json.map((text) => Buffer.from(text)) }, { weight: 1, arbitrary: broken }),
      fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
      fc.boolean(),
    ),
    { numRuns: bodies, seed: 41 },
  );
  let stored = 0;
  const before = (await site.admin.call('log.count', { view: wholeLog() })).count;
  for (let start = 0; start < tried.length; start += 8) {
    const answers = await Promise.all(
      tried.slice(start, start + 8).map(([body, head, pack]) => {
        const packed = pack && Object.keys(head).length === 0;
        return send(
          site,
          packed ? gzipSync(body) : body,
          packed ? { 'content-encoding': 'gzip' } : (head as Record<string, string>),
        );
      }),
    );
    for (const { status, body } of answers) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect([201, 400, 413, 415, 422]).toContain(status);
      if (status === 201) stored += body.stored;
      else expect(body.error.details.fields).toMatch(/\S/);
    }
  }
  expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([201, 400, 415, 422]));
  expect((await site.admin.call('log.count', { view: wholeLog() })).count).toBe(before + stored);
  expect(bugsIn(site.data)).toEqual([]);
});

/** Sends bytes by hand, and gives back what came until the other end closed or `done` says that it is enough. */
const talk = (head: string, body: string, options: { readonly half?: boolean } = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(site.url);
    const socket = connectSocket({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
    let said = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      said += text;
      if (/\r\n\r\n[\s\S]+/.test(said)) socket.destroy();
    });
    socket.on('close', () => resolve(said));
    socket.on('error', reject);
    socket.write(
      `POST /api/entries HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${site.captureToken}\r\nContent-Type: application/json\r\n${head}\r\n\r\n${body}`,
    );
    if (options.half) socket.end();
  });

test('bodies that end too soon, too late or never', async () => {
  expect(await talk('Content-Length: 2', '{}')).toMatch(/^HTTP\/1\.1 201 /);
  // What follows is no request: the connection ends, before or after the answer.
  expect(await talk('Content-Length: 2', '{}and more')).toMatch(/^HTTP\/1\.1 (?:201|400) /);
  expect(await talk('Content-Length: -5', '{}')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await talk('Content-Length: 2\r\nTransfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 /,
  );
  expect(await talk('Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n')).toMatch(/^HTTP\/1\.1 201 /);
  expect(await talk('Transfer-Encoding: chunked', 'zz\r\n{}\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  // The sender leaves in the middle: nobody is there to be answered.
  expect(await talk('Content-Length: 200', '{"detail":"half', { half: true })).toMatch(/^(?:HTTP\/1\.1 400 [\s\S]*)?$/);
  const answer = await send(site, change());
  expect(answer.status).toBe(201);
  expect(bugsIn(site.data)).toEqual([]);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { createClientCore } from '#client/client-core.ts';
import { createBatchPacker } from '#client/packed-batch.ts';
import { createSender, toldWait } from '#client/sender.ts';
import { openSpool } from '#client/spool.ts';
import { linesOf } from './lines-of.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const listening = async (server: Server, sockets: Set<Socket> = new Set()): Promise<number> => {
  server.on('connection', (socket) => sockets.add(socket));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** A sender with a spool of its own, and each problem that it told of, in turn. */
const openQueue = (url: string) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-sender-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const spool = openSpool({ folder, mostBytes: 100_000_000, sync: false });
  const problems: (string | null)[] = [];
  const sender = createSender({ url, token: 'abc', spool, changed: () => problems.push(sender.state().problem) });
  closing.push(async () => {
    await spool.close();
    await sender.close();
  });
  return {
    folder,
    spool,
    sender,
    problems,
    /** A test that waits for nothing runs into its own limit. */
    emptied: async (): Promise<void> => {
      while (spool.state().files > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    told: async (): Promise<string> => {
      while (problems.every((problem) => problem === null)) await new Promise((resolve) => setTimeout(resolve, 5));
      return problems.find((problem) => problem !== null) ?? '';
    },
  };
};

/** Answers in turn, the last one again and again, and keeps what it was sent. */
const openTaker = async (...answers: readonly [RequestListener, ...RequestListener[]]) => {
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      answers[Math.min(bodies.length, answers.length) - 1]?.(request, response);
    });
  });
  const port = await listening(server, sockets);
  return { url: `http://127.0.0.1:${port}`, bodies, sockets };
};
const taken: RequestListener = (_request, response) => void response.writeHead(201).end('{"ids":[]}');

describe('what goes out', () => {
  test('files follow each other over one connection, each as it was written', async () => {
    const heads: unknown[] = [];
    const taker = await openTaker((request, response) => {
      const { method, url, headers } = request;
      heads.push([method, url, headers.authorization, headers['content-type'], headers['content-length']]);
      taken(request, response);
    });
    const { spool, sender, emptied, problems } = openQueue(taker.url);
    for (const line of ['{"a":"ñ"}', '{"a":2}', '{"a":3}']) {
      await spool.write(linesOf(line));
      await emptied();
    }
    expect(taker.bodies).toEqual(['{"a":"ñ"}\n', '{"a":2}\n', '{"a":3}\n']);
    expect(heads[0]).toEqual(['POST', '/api/entries', 'Bearer abc', 'application/x-ndjson', '11']);
    expect(taker.sockets.size).toBe(1);
    expect(sender.state()).toEqual({ sent: 3, refused: 0, problem: null });
    expect(problems.every((problem) => problem === null)).toBe(true);
  });

  test('a connection that its other end closed while it waited costs no attempt', async () => {
    const taker = await openTaker(taken);
    const { spool, emptied, problems } = openQueue(taker.url);
    await spool.write(linesOf('{"a":1}'));
    await emptied();
    for (const socket of taker.sockets) socket.destroy();
    await spool.write(linesOf('{"a":2}'));
    await emptied();
    expect(taker.bodies).toEqual(['{"a":1}\n', '{"a":2}\n']);
    expect(problems.every((problem) => problem === null)).toBe(true);
  });

  test('nor does one that ends in the very moment in which it is used again', async () => {
    const bodies: string[] = [];
    const port = await listening(
      createSocketServer((socket) => {
        let asked = 0;
        socket
          .on('error', () => undefined)
          .on('data', (chunk: Buffer) => {
            asked += 1;
            // The first of each connection is answered; the second has gone out when the end comes.
            if (asked > 1) return void socket.resetAndDestroy();
            bodies.push(chunk.toString().split('\r\n\r\n')[1] ?? '');
            return void socket.write('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}');
          });
      }),
    );
    const { spool, emptied, problems } = openQueue(`http://127.0.0.1:${port}`);
    for (const line of ['{"a":1}', '{"a":2}', '{"a":3}']) {
      await spool.write(linesOf(line));
      await emptied();
    }
    expect(bodies).toEqual(['{"a":1}\n', '{"a":2}\n', '{"a":3}\n']);
    expect(problems.every((problem) => problem === null)).toBe(true);
  });

  test('over https only to whom the system trusts', async () => {
    const read = (name: string): string =>
      readFileSync(path.join(import.meta.dirname, '../../fixtures/tls', name), 'utf8');
    const certificate = read('certificate.pem');
    const port = await listening(createHttpsServer({ key: read('key.pem'), cert: certificate }, taken));
    const { spool, told, emptied, sender } = openQueue(`https://127.0.0.1:${port}`);
    await spool.write(linesOf('{"a":1}'));
    expect(await told()).toMatch(/self.signed certificate/);
    expect(sender.state().sent).toBe(0);
    const before = tls.getCACertificates('default');
    closing.push(() => tls.setDefaultCACertificates(before));
    tls.setDefaultCACertificates([certificate]);
    await emptied();
    expect(sender.state()).toEqual({ sent: 1, refused: 0, problem: null });
  });
});

describe('what is not taken', () => {
  test.each([
    [429, 'too_many', '1', 1000],
    [503, 'not_capturing', new Date(Date.now() + 3_600_000).toUTCString(), 300_000],
    [503, 'not_capturing', 'soon', 0],
  ])('%d is told, and tried again when it says so (%s)', async (status, code, retryAfter, least) => {
    const times: number[] = [];
    const refusal: RequestListener = (_request, response) => {
      times.push(performance.now());
      response.writeHead(status, { 'Retry-After': retryAfter }).end(JSON.stringify({ error: { code } }));
    };
    const taker = await openTaker(refusal, (request, response) => {
      times.push(performance.now());
      taken(request, response);
    });
    const { spool, told, emptied, sender } = openQueue(taker.url);
    await spool.write(linesOf('{"a":1}'));
    expect(await told()).toBe(`${status} ${code}`);
    expect(spool.state().files).toBe(1);
    expect(toldWait(retryAfter)).toBe(least);
    // Nobody waits five minutes here; that it ends its wait is what closing shows.
    if (least > 10_000) return;
    await emptied();
    expect(sender.state()).toEqual({ sent: 1, refused: 0, problem: null });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(least);
  });

  test('what stands between here and Bitácora is told by its status', async () => {
    const taker = await openTaker(
      (_request, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
      (_request, response) => void response.writeHead(201).end('<h1>Hello</h1>'),
      taken,
    );
    const { spool, emptied, problems } = openQueue(taker.url);
    await spool.write(linesOf('{"a":1}'));
    await emptied();
    expect(problems).toEqual(['502', '201 without a receipt', null]);
    expect(taker.bodies).toEqual(['{"a":1}\n', '{"a":1}\n', '{"a":1}\n']);
  });

  test('an answer that breaks off is none, and one that does not end neither', async () => {
    const taker = await openTaker(
      (_request, response) => {
        response.writeHead(201, { 'content-length': 100 }).write('{"ids":[');
        response.socket?.end();
      },
      (_request, response) => {
        response.writeHead(201);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(100_000)));
        };
        response.on('drain', more);
        more();
      },
      taken,
    );
    const { spool, emptied, problems, sender } = openQueue(taker.url);
    await spool.write(linesOf('{"a":1}'));
    await emptied();
    expect(problems).toEqual(['aborted', 'an answer that is too long', null]);
    expect(sender.state().sent).toBe(1);
  });

  test('a refusal before all was sent puts away what is too large by itself, and the rest is stored', async () => {
    const stored: string[] = [];
    const port = await listening(
      createSocketServer((socket) => {
        let said = '';
        socket
          .on('error', () => undefined)
          .on('data', (chunk: Buffer) => {
            said += chunk.toString('latin1');
            const length = Number(/content-length: (\d+)/i.exec(said)?.[1]);
            const [, body] = said.split('\r\n\r\n');
            if (length > 100_000) {
              // As a proxy with a limit does: it reads no further.
              socket.pause().end('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
            } else if (body?.length === length) {
              stored.push(body);
              said = '';
              socket.write('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}');
            }
          });
      }),
    );
    const { spool, emptied, sender, folder } = openQueue(`http://127.0.0.1:${port}`);
    const large = JSON.stringify({ large: 'x'.repeat(3_000_000) });
    await spool.write(linesOf('{"a":1}', large, '{"a":3}'));
    await emptied();
    expect(sender.state()).toEqual({ sent: 2, refused: 1, problem: null });
    expect(stored).toEqual(['{"a":1}', '{"a":3}']);
    const [name = ''] = readdirSync(path.join(folder, 'refused'));
    expect(readFileSync(path.join(folder, 'refused', name), 'utf8')).toBe(`${large}\n`);
  });

  test('where nobody listens under any address of a name, there is a word for it', async () => {
    const { spool, told } = openQueue('http://localhost:1');
    await spool.write(linesOf('{"a":1}'));
    expect(await told()).toMatch(/ECONNREFUSED/);
  });
});

describe('what is on no disk yet', () => {
  const filesIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.ndjson'));

  test('is on none here either when it is taken at once', async () => {
    const taker = await openTaker(taken);
    const { spool, sender, folder } = openQueue(taker.url);
    expect(await sender.sendNow(linesOf('{"a":"ñ"}', '{"a":2}'))).toBe(true);
    expect(await sender.sendNow(linesOf('{"a":3}'))).toBe(true);
    expect(taker.bodies).toEqual(['{"a":"ñ"}\n{"a":2}\n', '{"a":3}\n']);
    expect(taker.sockets.size).toBe(1);
    expect(sender.state()).toEqual({ sent: 3, refused: 0, problem: null });
    expect([filesIn(folder), spool.state().files]).toEqual([[], 0]);
  });

  test.each<[string, RequestListener]>([
    ['nobody answers in time', () => undefined],
    ['it is refused', (_request, response) => void response.writeHead(503).end('{}')],
    ['what answers is not Bitácora', (_request, response) => void response.writeHead(201).end('hello')],
  ])('goes to disk when %s, and is not tried like that again for a while', async (_why, answer) => {
    const taker = await openTaker(answer);
    const { sender, problems } = openQueue(taker.url);
    expect(await sender.sendNow(linesOf('{"a":1}'))).toBe(false);
    expect(await sender.sendNow(linesOf('{"a":2}'))).toBe(false);
    expect(taker.bodies).toEqual(['{"a":1}\n']);
    expect([sender.state(), problems]).toEqual([{ sent: 0, refused: 0, problem: null }, []]);
  });

  test('waits behind what is on disk, and does when there is too much of it', async () => {
    let answers = 0;
    const taker = await openTaker((request, response) => {
      answers += 1;
      if (answers > 1) taken(request, response);
      else setTimeout(() => taken(request, response), 100);
    });
    const { spool, sender, emptied } = openQueue(taker.url);
    await spool.write(linesOf('{"a":1}'));
    expect(await sender.sendNow(linesOf('{"a":2}'))).toBe(false);
    await emptied();
    expect(await sender.sendNow(linesOf(JSON.stringify('x'.repeat(5_000_000))))).toBe(false);
    expect(await sender.sendNow(linesOf('{"a":2}'))).toBe(true);
    expect(taker.bodies).toEqual(['{"a":1}\n', '{"a":2}\n']);
  });
});

/** What a client's thread does, with a folder of its own. */
const openCore = (url: string) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-core-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const options = { url, token: 'abc', spoolFolder: folder, secretKeys: [], maxSpoolBytes: 1_000_000 };
  const core = createClientCore({ ...options, source: null, sync: false }, { thread: 0, isOwn: true }, () => undefined);
  return {
    core,
    take: (event: string): Promise<number> => {
      const packer = createBatchPacker();
      packer.addEntry(JSON.stringify({ event }));
      return core.take(packer.take());
    },
    emptied: async (): Promise<void> => {
      while (core.state().files > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await core.close();
    },
  };
};
const after = (milliseconds: number): RequestListener => {
  return (request, response) => void setTimeout(() => taken(request, response), milliseconds);
};
const eventsOf = (bodies: readonly string[]): readonly string[] =>
  bodies.map((body) => [...body.matchAll(/"event":"(\w+)"/g)].map(([, event]) => event).join(' '));

test('what is sent at once and what is written keep their order, and none is lost', async () => {
  const taker = await openTaker(taken, after(200), taken);
  const { core, take, emptied } = openCore(taker.url);
  expect(await take('ONE')).toBe(0);
  expect(core.state()).toMatchObject({ sent: 1, files: 0 });
  expect(await Promise.all([take('TWO'), take('THREE')])).toEqual([0, 0]);
  // The second was not answered in time: it went to disk, and the third behind it.
  await emptied();
  expect(eventsOf(taker.bodies)).toEqual(['ONE', 'TWO', 'TWO', 'THREE']);
  expect(core.state()).toMatchObject({ sent: 3, dropped: 0 });
});

test('what comes while something is being sent waits for no answer: it goes to disk', async () => {
  const taker = await openTaker(after(30));
  const { core, take, emptied } = openCore(taker.url);
  const events = Array.from({ length: 8 }, (_, i) => `E${i}`);
  expect(await Promise.all(events.map(take))).toEqual(events.map(() => 0));
  // Of a Bitácora that is slower than what comes, memory would fill up with all of them.
  expect(core.state().files).toBeGreaterThan(5);
  await emptied();
  expect(eventsOf(taker.bodies)).toEqual(events);
  expect(core.state()).toMatchObject({ sent: 8, dropped: 0 });
});

test('closing waits for no answer', async () => {
  let asked = 0;
  const taker = await openTaker(() => {
    asked += 1;
  });
  const { spool, sender } = openQueue(taker.url);
  await spool.write(linesOf('{"a":1}'));
  while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await sender.close();
  expect(sender.state().sent).toBe(0);
  expect(spool.state().files).toBe(1);
});

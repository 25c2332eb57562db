import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  OutgoingMessage,
  type RequestListener,
  ServerResponse,
} from 'node:http';
import { connect, createServer as createSecondServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import type { CapturedEntry } from '#client/captured-entry.ts';
import { type EndedExchange, type Exchange, tellExchange } from '#client/exchange.ts';
import type * as Taps from '#client/http-taps.ts';
import { watchExpress } from '#client/middleware.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
};

/** A watched program, and what was told of its exchanges. */
const openProgram = async (
  answer: RequestListener,
): Promise<{ readonly url: string; told(count: number): Promise<readonly CapturedEntry[]> }> => {
  const taken: CapturedEntry[] = [];
  const watched = watchExpress({ recordExchange: (exchange) => void taken.push(tellExchange(exchange.tell(), 'id')) });
  const server = createServer((request, response) => watched(request, response, () => void answer(request, response)));
  const url = `http://127.0.0.1:${await portOf(server)}`;
  return {
    url,
    told: async (count) => {
      while (taken.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
      // One told too often would come with it.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return taken;
    },
  };
};

test('a watched response carries no functions of its own, and is told as it passes', async () => {
  const own: string[] = [];
  const { url, told } = await openProgram((request, response) => {
    own.push(...Object.getOwnPropertyNames(response), ...Object.getOwnPropertyNames(request));
    response.setHeader('content-type', 'text/plain');
    response.write('one ');
    response.write(Buffer.from('two '), () => response.end(Buffer.from('three').toString('hex'), 'hex'));
  });
  const answer = await fetch(`${url}/a?b=1`, { method: 'POST', body: '{"asked":1}', headers: { 'x-request-id': 'r' } });
  expect(await answer.text()).toBe('one two three');
  const [entry, ...others] = await told(1);
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    request: { path: '/a', query: 'b=1', body: '{"asked":1}', responseBody: 'one two three', correlationId: 'r' },
    extra: {},
  });
  expect(Math.abs(Date.now() - Date.parse(entry?.occurredAt ?? ''))).toBeLessThan(60_000);
  for (const name of ['write', 'end', 'writeHead', 'push']) expect(own).not.toContain(name);
});

test('what is answered before the program gives control back needs no listener, what comes later does, each is told once', async () => {
  const seen: unknown[] = [];
  const marks = (response: ServerResponse): readonly string[] =>
    Object.getOwnPropertySymbols(response)
      .map(String)
      .filter((name) => name.includes('bitacora'));
  const taken: Exchange[] = [];
  const watched = watchExpress({ recordExchange: (exchange) => void taken.push(exchange.tell()) });
  const server = createServer((request, response) => {
    const answer = (): void => void response.writeHead(201, { 'content-type': 'text/plain' }).end(request.url);
    watched(request, response, () => (request.url === '/at-once' ? answer() : void setTimeout(answer, 30)));
    seen.push([request.url, marks(response).length, response.listenerCount('close')]);
  });
  const url = `http://127.0.0.1:${await portOf(server)}`;
  for (const path of ['/at-once', '/later', '/at-once']) expect(await (await fetch(url + path)).text()).toBe(path);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [first, later, last] = seen as readonly (readonly [string, number, number])[];
  expect([first?.[1], later?.[1], last?.[1]]).toEqual([0, 1, 0]);
  expect([first?.[2], last?.[2]]).toEqual([(later?.[2] ?? 0) - 1, (later?.[2] ?? 0) - 1]);
  expect(taken.map(({ url: path, status, aborted, answered }) => [path, status, aborted, answered])).toEqual(
    ['/at-once', '/later', '/at-once'].map((path) => [
      path,
      201,
      false,
      { type: 'text/plain', encoding: '', kept: path, more: 0 },
    ]),
  );
  expect(taken[1]?.durationMs).toBeGreaterThanOrEqual(25);
});

test('what is asked is told also where the program answers at once and reads none of it', async () => {
  const { url, told } = await openProgram((_request, response) => void response.writeHead(401).end('no'));
  const headers = { 'content-type': 'application/json' };
  for (let i = 0; i < 3; i += 1) await (await fetch(url, { method: 'POST', body: `{"asked":${i}}`, headers })).text();
  expect((await told(3)).map(({ request }) => request?.body)).toEqual([{ asked: 0 }, { asked: 1 }, { asked: 2 }]);
});

test('an answer that is not all with the system yet is over when it is, or when the other end leaves', async () => {
  const { url, told } = await openProgram((_request, response) => void response.end(Buffer.alloc(64 * 1024 * 1024)));
  const leaving = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
  await once(leaving, 'readable');
  leaving.destroy();
  expect(await told(1)).toMatchObject([{ extra: { aborted: true } }]);
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(64 * 1024 * 1024);
  expect((await told(2))[1]).toMatchObject({ status: 200, extra: {} });
});

test('a program that uses the memory of its answers again is told as it answered', async () => {
  const memory = Buffer.alloc(300);
  const ended: EndedExchange[] = [];
  // Told later, as a client does.
  const watched = watchExpress({ recordExchange: (exchange) => void ended.push(exchange) });
  const answer: RequestListener = (request, response) => {
    response.setHeader('content-type', 'text/plain');
    const said = memory.subarray(0, Number(request.headers['x-length']));
    said.fill(request.headers['x-letter'] as string);
    response.end(said, () => said.fill('-'));
  };
  const server = createServer((request, response) => watched(request, response, () => answer(request, response)));
  const url = `http://127.0.0.1:${await portOf(server)}`;
  const answers = ['a', 'a', 'b', 'c', 'a'].flatMap((letter) => [1, 20, 200, 300].map((length) => [letter, length]));
  for (const [letter, length] of answers) {
    await (await fetch(url, { headers: { 'x-letter': String(letter), 'x-length': String(length) } })).text();
  }
  expect(ended.map((exchange) => tellExchange(exchange.tell(), 'id').request?.responseBody)).toEqual(
    answers.map(([letter, length]) => String(letter).repeat(Number(length))),
  );
});

test('a program that throws after its answer is told, and hears its own error', async () => {
  const taken: Exchange[] = [];
  const watched = watchExpress({ recordExchange: (exchange) => void taken.push(exchange.tell()) });
  const errors: unknown[] = [];
  const server = createServer((request, response) => {
    try {
      watched(request, response, () => {
        response.end('answered');
        throw new Error('later');
      });
    } catch (error) {
      errors.push((error as Error).message);
    }
  });
  expect(await (await fetch(`http://127.0.0.1:${await portOf(server)}`)).text()).toBe('answered');
  expect(errors).toEqual(['later']);
  expect(taken).toMatchObject([{ status: 200, answered: { kept: 'answered' } }]);
});

test('what nobody watches passes straight on: other servers’ responses, and answers to requests of this process', async () => {
  const { url, told } = await openProgram((_request, response) => void response.end('watched'));
  const listened: symbol[] = [];
  const other = createServer((_request, response) => {
    listened.push(...Object.getOwnPropertySymbols(response));
    response.writeHead(200, { 'content-type': 'text/plain' }).write('not ');
    response.end('watched');
  });
  const port = await portOf(other);
  const answer = await new Promise<IncomingMessage>((resolve) => get(`http://127.0.0.1:${port}/`, resolve));
  expect(String(Buffer.concat((await answer.toArray()) as Buffer[]))).toBe('not watched');
  expect(listened.map(String).filter((name) => name.includes('bitacora'))).toEqual([]);
  expect(Object.getOwnPropertySymbols(answer).map(String).join()).not.toContain('bitacora');
  expect(await (await fetch(url)).text()).toBe('watched');
  expect(await told(1)).toHaveLength(1);
});

test('a response that is ended twice, or written to after its end, is told once and as it passed', async () => {
  const errors: unknown[] = [];
  const { url, told } = await openProgram((_request, response) => {
    response.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code));
    response.end('once');
    response.end('twice');
    response.write('later', (error) => errors.push((error as NodeJS.ErrnoException).code));
  });
  expect(await (await fetch(url)).text()).toBe('once');
  expect(await told(1)).toMatchObject([{ status: 200, request: { responseBody: 'once' }, extra: {} }]);
  expect(errors).toContain('ERR_STREAM_WRITE_AFTER_END');
});

test('callbacks are called, whatever place they have', async () => {
  const called: string[] = [];
  const { url, told } = await openProgram((request, response) => {
    const done = () => called.push(request.url ?? '');
    if (request.url === '/alone') response.end(done);
    else if (request.url === '/text') response.end('text', done);
    else if (request.url === '/encoded') response.end('\u00f1', 'latin1', done);
    else response.write('written', () => response.end(done));
  });
  for (const path of ['/alone', '/text', '/encoded', '/written']) await (await fetch(url + path)).arrayBuffer();
  const entries = await told(4);
  expect(called).toEqual(['/alone', '/text', '/encoded', '/written']);
  // What is no text by itself has no type that says so.
  expect(entries.map(({ request }) => request?.responseBody)).toEqual([
    undefined,
    'text',
    '[binary: , 1 bytes]',
    'written',
  ]);
});

test('headers that `writeHead` was given are known, as an object, beside a reason, and as a flat list', async () => {
  const { url, told } = await openProgram((request, response) => {
    const type = ['Content-Type', 'image/png'] as const;
    if (request.url === '/object') response.writeHead(201, { [type[0]]: type[1] });
    else if (request.url === '/reason') response.writeHead(202, 'Taken', { [type[0]]: type[1] });
    else response.writeHead(203, 'Flat', [...type, 'x-more', '1']);
    response.end('{}');
  });
  const answers = [];
  for (const path of ['/object', '/reason', '/flat']) answers.push(await fetch(url + path));
  expect(answers.map(({ status, statusText }) => [status, statusText])).toEqual([
    [201, 'Created'],
    [202, 'Taken'],
    [203, 'Flat'],
  ]);
  expect(answers[2]?.headers.get('x-more')).toBe('1');
  expect((await told(3)).map(({ status, request }) => [status, request?.responseBody])).toEqual([
    [201, '[binary: image/png, 2 bytes]'],
    [202, '[binary: image/png, 2 bytes]'],
    [203, '[binary: image/png, 2 bytes]'],
  ]);
});

test('what a program puts into a response afterwards is above it: what it packs is seen packed', async () => {
  const { url, told } = await openProgram((_request, response) => {
    const { end } = response;
    response.end = ((chunk: string) => end.call(response, gzipSync(chunk), 'utf8')) as typeof end;
    response.setHeader('content-type', 'text/plain');
    response.setHeader('content-encoding', 'gzip');
    response.end('packed');
  });
  expect(await (await fetch(url)).text()).toBe('packed');
  const size = gzipSync('packed').length;
  expect(await told(1)).toMatchObject([{ request: { responseBody: `[binary: text/plain, gzip, ${size} bytes]` } }]);
  expect(gunzipSync(gzipSync('packed')).toString()).toBe('packed');
});

test('whoever changes what a response inherits later is heard', async () => {
  const ended: unknown[] = [];
  const { url, told } = await openProgram((_request, response) => void response.end('done'));
  const { end } = OutgoingMessage.prototype;
  const later = function (this: OutgoingMessage, ...words: Parameters<typeof end>) {
    if (this instanceof ServerResponse) ended.push(words[0]);
    return end.apply(this, words);
  };
  OutgoingMessage.prototype.end = later as typeof end;
  try {
    expect(await (await fetch(url)).text()).toBe('done');
  } finally {
    OutgoingMessage.prototype.end = end;
  }
  expect(ended).toEqual(['done']);
  expect(await told(1)).toMatchObject([{ request: { responseBody: 'done' } }]);
});

test('an encoding that is none is refused by Node, and by nobody before it', async () => {
  const thrown: unknown[] = [];
  const { url, told } = await openProgram((_request, response) => {
    try {
      response.write('x', 'nonsense' as BufferEncoding);
    } catch (error) {
      thrown.push((error as NodeJS.ErrnoException).code, String((error as Error).stack).includes('told-body'));
    }
    response.destroy();
  });
  await expect(fetch(url)).rejects.toThrow();
  expect(await told(1)).toMatchObject([{ extra: { aborted: true } }]);
  expect(thrown).toEqual(['ERR_UNKNOWN_ENCODING', false]);
});

test('several listeners hear of one exchange, also of a client that was loaded twice', async () => {
  const heard: string[] = [];
  const listener = (name: string): Taps.Listener => ({
    answerPassed: (chunk) => heard.push(`${name} ${String(chunk)}`),
    // The last that is pushed is the end.
    requestPassed: (chunk) => chunk !== null && heard.push(`${name} ${String(chunk)}`),
    closed: () => heard.push(`${name} closed`),
  });
  const first = await import('#client/http-taps.ts');
  vi.resetModules();
  const second = await import('#client/http-taps.ts');
  expect(second.listenToAnswer).not.toBe(first.listenToAnswer);
  first.prepareTaps();
  second.prepareTaps();
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      await request.toArray();
      response.end('answer');
    };
    const listeners = [
      ['a', first],
      ['b', second],
      ['c', second],
    ] as const;
    const ask = listeners.reduceRight<() => void>(
      (next, [name, taps]) =>
        () => {
          taps.tapRequest(request, listener(name));
          taps.listenToAnswer(response, listener(name), false, next);
        },
      () => void answer(),
    );
    ask();
  });
  const port = await portOf(server);
  const asked = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'question' });
  expect(await asked.text()).toBe('answer');
  while (heard.length < 9) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(heard.toSorted()).toEqual(
    ['a', 'b', 'c'].flatMap((name) => [`${name} answer`, `${name} closed`, `${name} question`]),
  );
});

test('where the prototypes can’t be changed, each response is watched by itself', async () => {
  const { end } = ServerResponse.prototype;
  vi.resetModules();
  Object.defineProperty(ServerResponse.prototype, 'end', { value: end, writable: false, configurable: true });
  const taken: Exchange[] = [];
  try {
    const { watchExpress: watch } = await import('#client/middleware.ts');
    const watched = watch({ recordExchange: (exchange) => void taken.push(exchange.tell()) });
    // An own property of that name can't be set by assignment then: such a program has frozen more than we can watch.
    const server = createServer((request, response) => {
      Object.defineProperty(response, 'end', { value: end, writable: true });
      watched(request, response, () => void response.end('done'));
    });
    expect(await (await fetch(`http://127.0.0.1:${await portOf(server)}`)).text()).toBe('done');
  } finally {
    Object.defineProperty(ServerResponse.prototype, 'end', { value: end, writable: true, configurable: true });
  }
  while (taken.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(taken).toMatchObject([{ answered: { kept: 'done' } }]);
});

test('HTTP/2 is watched as HTTP/1 is', async () => {
  const taken: CapturedEntry[] = [];
  const watched = watchExpress({ recordExchange: (exchange) => void taken.push(tellExchange(exchange.tell(), 'id')) });
  const server = createSecondServer((request, response) =>
    watched(request as unknown as IncomingMessage, response as unknown as ServerResponse, async () => {
      const asked = Buffer.concat((await request.toArray()) as Buffer[]);
      response.writeHead(201, { 'content-type': 'application/json' });
      response.write('{"asked":');
      response.end(`${asked.toString()}}`);
    }),
  );
  const session = connect(`http://127.0.0.1:${await portOf(server)}`);
  closing.push(() => session.close());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/second?a=1',
    'content-type': 'application/json',
    'content-length': 2,
  });
  stream.end('[]');
  expect(String(Buffer.concat((await stream.toArray()) as Buffer[]))).toBe('{"asked":[]}');
  while (taken.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(taken).toMatchObject([
    {
      action: 'POST /second',
      status: 201,
      request: { query: 'a=1', body: [], responseBody: { asked: [] } },
      extra: {},
    },
  ]);
  expect(taken[0]?.extra).toEqual({});
});

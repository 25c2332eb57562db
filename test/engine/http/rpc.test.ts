import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handlers } from '#main/engine/context.ts';
import { loopbackHosts } from '#main/http/request-guard.ts';
import { BitacoraError, cancelled, errorTable } from '#shared/contract/errors.ts';
import { procedures } from '#shared/contract/procedures.ts';
import { host, openTestEngine, port, type TestEngine } from './test-engine.ts';

let engine: TestEngine | undefined;
const open = async (handlers: Partial<Handlers>): Promise<TestEngine> => {
  engine = await openTestEngine(handlers);
  return engine;
};
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

const headers = { host, 'content-type': 'application/json' };
const frames = (body: string): unknown[] =>
  body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const status = {
  version: '9.8.7',
  ledger: { state: 'open', path: '/x', error: null, entries: 3, indexed: 3, bytes: 1, demo: false },
  needsSetup: false,
} as const;

describe('a call over HTTP', () => {
  it('answers progress, events and one final frame, a line each', async () => {
    const { app } = await open({
      'app.watch': async (_input, { event }) => {
        event({ kind: 'status', status });
        return {};
      },
      'log.count': async (_input, { progress }) => {
        progress({ atLeast: 1, exact: false });
        return { count: 7 };
      },
    });
    const view = {
      query: { clauses: [] },
      sort: { column: 'id', descending: false },
      reading: { zone: 'UTC', ignoreAccents: false },
      newestId: null,
      now: null,
    };
    const call = (name: string, payload: object) =>
      app.inject({
        method: 'POST',
        url: `/rpc/${name}`,
        headers: { ...headers, authorization: 'bearer auditor' },
        payload,
      });
    const count = await call('log.count', { view });
    expect(count.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(count.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(frames(count.body)).toEqual([
      { t: 'progress', id: 1, value: { atLeast: 1, exact: false } },
      { t: 'ok', id: 1, value: { count: 7 } },
    ]);
    expect(frames((await call('app.watch', {})).body)).toEqual([
      { t: 'event', id: 1, value: { kind: 'status', status } },
      { t: 'ok', id: 1, value: {} },
    ]);
  });

  it('that fails at once has the status of its error and its sentence in the language that was asked for', async () => {
    const { app } = await open({
      'session.signIn': async () => {
        throw new BitacoraError('too_many', { seconds: 8 });
      },
    });
    const payload = { login: 'a', password: 'b' };
    const ask = (language: string) =>
      app.inject({
        method: 'POST',
        url: '/rpc/session.signIn',
        headers: { ...headers, 'accept-language': language },
        payload,
      });
    for (const [language, message] of [
      ['es-MX,es;q=0.9,en;q=0.8', 'Demasiados intentos; espere 8 segundos.'],
      ['en-GB', 'Too many attempts; wait 8 seconds.'],
      ['fr', 'Too many attempts; wait 8 seconds.'],
      ['en;q=0.2, es;q=0.3', 'Demasiados intentos; espere 8 segundos.'],
    ] as const) {
      const answer = await ask(language);
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '8']);
      expect(frames(answer.body)).toEqual([
        { t: 'error', id: 1, error: { code: 'too_many', message, details: { seconds: 8 } } },
      ]);
    }
  });

  it('is refused to who may not: nobody, an auditor where administrators are asked for, any window for the host', async () => {
    const { app } = await open({});
    const call = (name: string, session: string | null) =>
      app.inject({
        method: 'POST',
        url: `/rpc/${name}`,
        headers: { ...headers, ...(session === null ? {} : { authorization: `Bearer ${session}` }) },
        payload: {},
      });
    expect((await call('account.list', null)).statusCode).toBe(401);
    expect((await call('account.list', 'auditor')).statusCode).toBe(403);
    expect((await call('account.list', 'admin')).statusCode).toBe(500); // the handler is reached, and is not there
    expect((await call('file.grant', 'admin')).statusCode).toBe(403);
    expect((await call('file.grant', null)).statusCode).toBe(403);
    expect((await call('nothing.there', 'admin')).statusCode).toBe(404);
    expect((await call('toString', 'admin')).statusCode).toBe(404);
    expect((await call('__proto__', 'admin')).statusCode).toBe(404);
  });

  it('shows a bug as one, with a reference into the log and nothing of its text', async () => {
    const { app, logLines } = await open({
      'app.status': async () => {
        throw new Error('the secret inside');
      },
    });
    const answer = await app.inject({ method: 'POST', url: '/rpc/app.status', headers, payload: {} });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    const [frame] = frames(answer.body) as [{ error: { details: { reference: string } } }];
    expect(logLines.some((line) => line.includes(frame.error.details.reference) && line.includes('secret'))).toBe(true);
  });

  it('takes 16 MiB and not a byte more, and the server goes on', async () => {
    const { app } = await open({
      'session.signIn': async () => ({ token: 'x', account: { login: 'a', name: 'b', role: 'admin' } }),
    });
    const limit = 16 * 1024 * 1024;
    const body = (bytes: number) => `${' '.repeat(bytes - 2)}{}`;
    const send = (payload: string) => app.inject({ method: 'POST', url: '/rpc/session.signIn', headers, payload });
    expect((await send(body(limit))).statusCode).toBe(422);
    const answer = await send(body(limit + 1));
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ error: { code: 'too_large', details: { limit } } });
    expect((await send('{}')).statusCode).toBe(422);
  });
});

describe('over a real connection', () => {
  const listen = async (handlers: Partial<Handlers>): Promise<{ port: number; host: string }> => {
    const { app } = await open(handlers);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: (app.server.address() as AddressInfo).port, host };
  };
  const post = (at: { port: number }, name: string) =>
    request({
      port: at.port,
      method: 'POST',
      path: `/rpc/${name}`,
      headers: { ...headers, authorization: 'Bearer admin' },
    });

  it('closing it cancels the call', async () => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const at = await listen({
      'app.watch': async (_input, { signal }) => {
        reach();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        end('cancelled');
        throw cancelled();
      },
    });
    const call = post(at, 'app.watch');
    call.on('error', () => undefined);
    call.end('{}');
    await reached;
    call.destroy();
    expect(await Promise.race([ended, wait(5000, 'still running', { ref: false })])).toBe('cancelled');
    expect(engine?.logLines).toEqual([]);
  });

  it('a slow reader gets the newest progress and the answer, not every step in between', async () => {
    // More than the buffers between here and the reader hold.
    const steps = 200_000;
    const at = await listen({
      'setup.openDemo': async (_input, { progress }) => {
        for (let done = 1; done <= steps; done++) {
          progress({ done, total: steps });
          if (done % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        return { token: 'x'.repeat(100), account: { login: 'demo', name: 'Demo', role: 'admin' } };
      },
    });
    const lines = await new Promise<unknown[]>((resolve, reject) => {
      const call = post(at, 'setup.openDemo');
      call.on('error', reject);
      call.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.pause();
        // Reads on only when the call is long over.
        setTimeout(() => {
          response.on('data', (chunk: string) => {
            body += chunk;
          });
          response.on('end', () => resolve(frames(body)));
          response.resume();
        }, 300);
      });
      call.end('{}');
    });
    expect(lines.length).toBeLessThan(steps);
    expect(lines.at(-1)).toMatchObject({ t: 'ok' });
    expect(lines.at(-2)).toEqual({ t: 'progress', id: 1, value: { done: steps, total: steps } });
  });
});

describe('malformed input', () => {
  it('is never a fault of the server, on any route', async () => {
    const { app, logLines } = await open({});
    const names = Object.keys(procedures);
    const paths = [
      ...names.map((name) => `/rpc/${name}`),
      '/rpc/',
      '/upload',
      '/api/entries',
      '/api/entries/1',
      '/%',
      '/..%2f..%2fetc',
    ];
    const url = fc.oneof(
      fc.constantFrom(...paths),
      fc.webPath().map((path) => path || '/'),
      fc.string().map((text) => `/${encodeURIComponent(text)}`),
    );
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom('', '{', '[[[[', '{"__proto__":{}}', 'null', '0', '"x"'),
    );
    const type = fc.constantFrom(
      'application/json',
      'application/json; charset=utf-16',
      'text/plain',
      'application/octet-stream',
      '',
    );
    const session = fc.constantFrom('Bearer auditor', 'Bearer ', 'Basic YTpi', 'Bearer a b', '');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS') as fc.Arbitrary<'GET'>,
        url,
        body,
        type,
        session,
        async (method, path, payload, contentType, authorization) => {
          const answer = await app.inject({
            method,
            url: path,
            headers: { host, 'content-type': contentType, authorization },
            payload,
          });
          // A handler of this test that was reached is a call that was in order.
          const reached = answer.body.includes('"internal"');
          expect(reached || answer.statusCode < 500).toBe(true);
          if (answer.statusCode >= 400) {
            const [frame] = frames(answer.body) as [{ error: { code: string; message: string } }];
            expect(Object.keys(errorTable)).toContain(frame.error.code);
            expect(frame.error.message).not.toBe('');
          }
        },
      ),
      { numRuns: 600 },
    );
    expect(logLines.filter((line) => !line.includes('was reached'))).toEqual([]);
  });

  it('on the wire gets an answer in our shape', async () => {
    const { app } = await open({});
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { connect } = await import('node:net');
    const { port: bound } = app.server.address() as AddressInfo;
    for (const garbage of [
      '\r\n\r\n',
      'HELO\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil\r\n\r\n`,
      'GET / HTTP/9.9\r\n\r\n',
    ]) {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(bound, '127.0.0.1', () => socket.end(garbage));
        let text = '';
        socket.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        socket.on('close', () => resolve(text));
        socket.on('error', reject);
      });
      if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
    }
    expect(loopbackHosts(port).has(host)).toBe(true);
  });
});

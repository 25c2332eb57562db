import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { host, openTestEngine, port, type TestEngine } from './test-engine.ts';

let engine: TestEngine;
let reached = 0;
beforeAll(async () => {
  engine = await openTestEngine({
    'session.signOut': async () => {
      reached++;
      return {};
    },
  });
});
afterAll(() => engine.close());

const json = { 'content-type': 'application/json' };
const post = (headers: Record<string, string>, payload = '{}', url = '/rpc/session.signOut') =>
  engine.app.inject({ method: 'POST', url, headers: { host, authorization: 'Bearer admin', ...headers }, payload });

describe('who may talk to the loopback server', () => {
  const own = `http://${host}`;
  it.each([
    [{ ...json }],
    [{ ...json, host: `localhost:${port}` }],
    [{ ...json, host: `[::1]:${port}` }],
    [{ ...json, origin: own }],
    [{ ...json, origin: own, referer: `${own}/`, 'sec-fetch-site': 'same-origin' }],
    [{ ...json, referer: own }],
    [{ ...json, 'sec-fetch-site': 'none' }],
    [{ ...json, host: `localhost:${port}`, origin: `http://localhost:${port}` }],
  ])('this page and programs of this machine: %j', async (headers) => {
    const before = reached;
    const answer = await post(headers);
    expect(answer.statusCode).toBe(200);
    expect(reached).toBe(before + 1);
  });

  const strangers: readonly Record<string, string>[] = [
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
    { host: '127.0.0.1' },
    { host: `127.0.0.1:${port + 1}` },
    { host: `127.0.0.1.evil.example:${port}` },
    { host: `127.0.0.2:${port}` },
    { host: `0.0.0.0:${port}` },
    { host: `LOCALHOST:${port}` },
    { host: '' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: `https://${host}` },
    { origin: 'http://127.0.0.1' },
    { origin: `http://127.0.0.1:${port + 1}` },
    { origin: `http://localhost:${port}` },
    { origin: `http://${host}.evil.example` },
    { referer: 'https://evil.example/' },
    { referer: `http://${host}.evil.example/` },
    { referer: `http://${host}@evil.example/` },
    { referer: 'about:blank' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'nonsense' },
    { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
  ];
  it.each(strangers)('nobody else, whatever the route: %j', async (headers) => {
    const before = reached;
    for (const attempt of [
      post({ ...json, ...headers }),
      post({ 'content-type': 'application/octet-stream', ...headers }, 'x', '/upload?name=x'),
      ...['/', '/assets/a-1.js', '/api/health', '/api/entries', '/api/openapi.json', '/nothing'].map((url) =>
        engine.app.inject({ method: 'GET', url, headers: { host, ...headers } }),
      ),
    ]) {
      const answer = await attempt;
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ error: { code: 'forbidden' } });
      expect(answer.body).not.toContain('csp-nonce');
    }
    expect(reached).toBe(before);
  });

  it('no other site is ever told that it may read', async () => {
    const preflight = await engine.app.inject({
      method: 'OPTIONS',
      url: '/rpc/session.signOut',
      headers: { host, origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    const own = await post({ ...json, origin: `http://${host}` });
    for (const answer of [preflight, own]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect(preflight.statusCode).toBe(403);
  });
});

describe('what a form or a link can send', () => {
  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': 'application/octet-stream' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': '' },
    {},
  ])('is not taken for a call: %j', async (headers: Record<string, string>) => {
    const before = reached;
    for (const payload of ['{}', '']) {
      const answer = await post(headers, payload);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ error: { code: 'unsupported_media' } });
    }
    expect(reached).toBe(before);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'] as const)('changes nothing with %s', async (method) => {
    const before = reached;
    for (const url of ['/rpc/session.signOut', '/upload?name=x']) {
      const answer = await engine.app.inject({ method, url, headers: { host, authorization: 'Bearer admin' } });
      expect(answer.statusCode).toBe(404);
    }
    expect(reached).toBe(before);
  });

  it('carries no session in an address or a cookie', async () => {
    const answer = await engine.app.inject({
      method: 'POST',
      url: '/rpc/session.signOut?token=admin&session=admin',
      headers: { host, ...json, cookie: 'session=admin; token=admin' },
      payload: '{}',
    });
    expect(answer.statusCode).toBe(401);
  });
});

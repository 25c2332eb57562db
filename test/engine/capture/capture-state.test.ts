import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AddressKind } from '#main/engine/capture-address.ts';
import type { HttpHost } from '#main/http/create-http-host.ts';
import type { CaptureState } from '#shared/contract/capture-state.ts';
import { type Caller, codeOf, connect, openEngine, setUp, temporaryFolder } from '../engine/engine-kit.ts';
import { openHost } from '../http/open-host.ts';
import { change } from './capture-kit.ts';

/** As the desktop program's engine opens its address. */
const ownAddress = (data: string): AddressKind => ({
  kind: 'own',
  open: (dispatch, port) => openHost(dispatch, data, { port }),
});

/** The state as a window sees it when it begins to watch. */
const stateOf = (caller: Caller): Promise<CaptureState> =>
  new Promise((resolve, reject) => {
    const abort = new AbortController();
    caller
      .call(
        'capture.watch',
        {},
        {
          signal: abort.signal,
          onEvent: (state) => {
            resolve(state as CaptureState);
            abort.abort();
          },
        },
      )
      .catch(reject);
  });

const post = async (url: string, token: string, body: unknown): Promise<number> => {
  const answer = await fetch(`${url}/api/entries`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
};

test('capture of a desktop is off until it is switched on; its port is kept, also over a new start', async () => {
  const data = path.join(temporaryFolder(), 'data');
  const engine = await openEngine(data, {}, ownAddress(data));
  const { admin } = await setUp(engine);
  expect(await stateOf(admin)).toMatchObject({ on: false, host: 'own', url: null, port: 4701, problem: null });
  const { token } = await admin.call('token.create', { name: 'Pozos', scope: 'capture' });

  const on = await admin.call('capture.choose', { on: true, port: 0 });
  expect(on).toMatchObject({ on: true, problem: null, url: `http://127.0.0.1:${on.port}` });
  expect(on.port).toBeGreaterThan(0);
  expect(await post(on.url ?? '', token, change())).toBe(201);

  const off = await admin.call('capture.choose', { on: false });
  expect(off).toMatchObject({ on: false, url: null, port: on.port });
  await expect(fetch(`${on.url}/api/health`)).rejects.toThrow();
  await admin.call('capture.choose', { on: true });
  await engine.close();
  await expect(fetch(`${on.url}/api/health`)).rejects.toThrow();

  const again = await openEngine(data, {}, ownAddress(data));
  await expect
    .poll(async () => (await fetch(`${on.url}/api/health`).catch(() => null))?.status, { timeout: 20_000 })
    .toBe(200);
  expect(await post(on.url ?? '', token, change())).toBe(201);
  await again.close();
});

test('a port that another program has is told with its number, and another one can be taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const data = path.join(temporaryFolder(), 'data');
  const { admin } = await setUp(await openEngine(data, {}, ownAddress(data)));

  const taken = await admin.call('capture.choose', { on: true, port });
  expect(taken).toMatchObject({ on: true, url: null, problem: { code: 'port_taken', details: { port } } });
  const free = await admin.call('capture.choose', { port: 0 });
  expect(free).toMatchObject({ on: true, url: `http://127.0.0.1:${free.port}`, problem: null });
  expect((await fetch(`${free.url}/api/health`)).status).toBe(200);
});

test('behind serve, capture that is off refuses entries and is counted; the rest of the API goes on', async () => {
  const data = path.join(temporaryFolder(), 'data');
  let host: HttpHost | null = null;
  const engine = await openEngine(data, {}, { kind: 'served', address: () => host });
  host = await openHost(engine.dispatch, data);
  onTestFinished(async () => host?.close());
  const url = host?.url ?? '';
  const { admin } = await setUp(engine);
  expect(await stateOf(admin)).toMatchObject({ on: true, host: 'served', url });
  const { token } = await admin.call('token.create', { name: 'Pozos', scope: 'capture' });

  const twice = change({ occurredAt: new Date().toISOString() });
  expect(await post(url, token, [twice, change({ source: 'tienda', occurredAt: new Date().toISOString() })])).toBe(201);
  expect(await post(url, token, twice)).toBe(201);
  expect(await post(url, token, { status: 'no' })).toBe(422);
  expect(await post(url, 'bitacora_capture_none', change())).toBe(401);
  await admin.call('capture.choose', { on: false });
  expect(await post(url, token, change())).toBe(503);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);

  const state = await stateOf(admin);
  expect(state).toMatchObject({ on: false, url, waiting: 0, stored: 2, duplicates: 1, trouble: null });
  expect(state.refused.map(({ reason, requests }) => [reason, requests]).sort()).toEqual([
    ['capture_off', 1],
    ['invalid', 1],
  ]);

  const { sources } = await admin.call('capture.sources', { zone: 'UTC' });
  expect(sources.map(({ lastSeenAt, ...source }) => ({ ...source, seen: Date.parse(lastSeenAt) > 0 }))).toEqual(
    expect.arrayContaining([
      { name: 'Pozos', lastMinute: 2, lastHour: 2, today: 1, entries: 1, seen: true },
      { name: 'tienda', lastMinute: 1, lastHour: 1, today: 1, entries: 1, seen: true },
    ]),
  );
  expect(sources).toHaveLength(2);
  await engine.close();

  // A later engine has heard of nobody, and finds in the ledger when they were last there.
  const later = await openEngine(data);
  const { sources: found } = await connect(later, 'host').call('capture.sources', { zone: 'UTC' });
  expect(found.map(({ name, lastHour, entries }) => [name, lastHour, entries]).sort()).toEqual([
    ['Pozos', 0, 1],
    ['tienda', 0, 1],
  ]);
  for (const { lastSeenAt } of found) expect(Date.now() - Date.parse(lastSeenAt)).toBeLessThan(120_000);
});

test('only administrators see capture and choose', async () => {
  const engine = await openEngine(path.join(temporaryFolder(), 'data'));
  const { admin } = await setUp(engine);
  await admin.call('account.create', { login: 'eva', name: 'Eva', role: 'auditor', password: 'una frase larga' });
  const { token } = await connect(engine, 'window').call('session.signIn', {
    login: 'eva',
    password: 'una frase larga',
  });
  const eva = connect(engine, 'window', token);
  expect(await codeOf(eva.call('capture.choose', { on: true }))).toBe('forbidden');
  expect(await codeOf(eva.call('capture.sources', { zone: 'UTC' }))).toBe('forbidden');
  expect(await codeOf(eva.call('capture.watch', {}))).toBe('forbidden');
});

import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entry.ts';
import { freePort } from '../../engine/capture/built-engine.ts';
import { bytesUnder, getJson, openCaptureSite } from '../../engine/capture/capture-kit.ts';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { clientFolder, openHost, python, runProgram, startWatchedProgram, until } from './django-kit.ts';

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ask = (url: string, method: string, body?: object, user?: string): Promise<Response> =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(user === undefined ? {} : { 'x-user': user }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe.skipIf(python === undefined)('a Django program', () => {
  test('is watched while Bitácora is away, and what it did is stored once when it is back', async () => {
    const site = await openCaptureSite();
    const port = await freePort();
    const spool = path.join(temporaryFolder(), 'spool');
    const program = startWatchedProgram(`http://127.0.0.1:${port}`, site.captureToken, spool);
    closing.push(() => program.end());
    const url = `http://127.0.0.1:${await program.line()}`;

    const told = { folio: 'PTE-1', volumen: '1.50', password: 'hunter2hunter2', nota: 'Bearer abcdefghijklmnop1234' };
    const made = await ask(`${url}/ptes/?pin=9876`, 'POST', told, 'maria.lopez');
    expect([made.status, await made.json()]).toEqual([201, { id: 1 }]);
    await ask(`${url}/ptes/1/`, 'PUT', { volumen: '2.00', estatus: 2 }, 'maria.lopez');
    await ask(`${url}/ptes/1/`, 'PUT', { estatus: 0 });
    await ask(`${url}/undone/`, 'POST', {});
    await ask(`${url}/ptes/1/`, 'DELETE');
    const broken = await ask(`${url}/ptes/`, 'POST', { nothing: true });
    expect(broken.status).toBe(500);
    const state = async (): Promise<Record<string, unknown>> =>
      (await (await fetch(`${url}/status/`)).json()) as Record<string, unknown>;
    await until(async () => (await state()).problem !== null);
    expect(await state()).toMatchObject({ sent: 0, dropped: 0, refused: 0, failed: 0 });
    expect(bytesUnder(spool).includes('hunter2')).toBe(false);
    expect(bytesUnder(spool).includes('abcdefghijklmnop1234')).toBe(false);

    const host = await openHost(site, port);
    closing.push(() => host.close());
    const stored = async (): Promise<Entry[]> =>
      ((await getJson(site, '/api/entries?sort=id&limit=1000')).body.entries as Entry[]).filter(
        ({ action }) => action !== 'GET /status/',
      );
    await until(async () => (await stored()).length >= 19);
    const entries = await stored();
    const maria = { id: '1', login: 'maria.lopez', name: 'María López', email: 'maria@example.org' };
    const secret = expect.stringMatching(/^\[redacted:[a-p]{16}\]$/) as string;
    const brief = entries.map(({ event, field, oldValue, newValue, action }) => [
      event,
      field ?? action,
      oldValue,
      newValue,
    ]);
    expect(brief).toEqual([
      ['CREATE', 'folio', null, 'PTE-1'],
      ['CREATE', 'estatus', null, '1'],
      ['CREATE', 'volumen', null, '1.50'],
      ['CREATE', 'password', null, secret],
      ['CREATE', 'crear_pte', null, null],
      ['REQUEST', 'POST /ptes/', null, null],
      ['STATUS_CHANGE', 'estatus', '1', '2'],
      ['UPDATE', 'volumen', '1.50', '2.00'],
      ['REQUEST', 'PUT /ptes/1/', null, null],
      ['DELETE', 'estatus', '2', '0'],
      ['REQUEST', 'PUT /ptes/1/', null, null],
      ['REQUEST', 'POST /undone/', null, null],
      ['DELETE', 'folio', 'PTE-1', null],
      ['DELETE', 'estatus', '0', null],
      ['DELETE', 'volumen', '2.00', null],
      ['DELETE', 'password', secret, null],
      ['REQUEST', 'DELETE /ptes/1/', null, null],
      ['CREATE', 'crear_pte', null, null],
      ['REQUEST', 'POST /ptes/', null, null],
    ]);
    expect(entries[0]).toMatchObject({
      actor: maria,
      module: { number: 1, name: 'PTEs' },
      target: 'Pte',
      recordId: '1',
      source: 'Tienda',
    });
    expect(entries[4]).toMatchObject({ actor: maria, target: 'PTE', recordId: '1' });
    expect(entries[5]).toMatchObject({
      actor: maria,
      module: { name: 'API Request' },
      status: 201,
      request: {
        query: expect.stringMatching(/^pin=\[redacted:/),
        body: { folio: 'PTE-1', password: secret, nota: expect.stringMatching(/^Bearer \[redacted:/) },
        responseBody: { id: 1 },
        address: '127.0.0.1',
      },
    });
    expect(entries[17]?.extra).toMatchObject({ failed: true, error: expect.stringContaining('KeyError') });
    expect(entries[18]).toMatchObject({ actor: null, status: 500 });
    expect(bytesUnder(site.data).includes('hunter2')).toBe(false);
    expect(await state()).toMatchObject({ refused: 0, dropped: 0, failed: 0, problem: null });
  });

  test('what its models, requests and functions do is told field by field, and nothing of ours gets in their way', () => {
    runProgram(['checks.py', clientFolder]);
  });
});

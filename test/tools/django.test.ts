import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '#main/engine/log.ts';
import { createHttpHost } from '#main/http/create-http-host.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';
import { bytesUnder, getJson, openCaptureSite } from '../engine/capture/capture-kit.ts';
import { temporaryFolder } from '../engine/engine/engine-kit.ts';
import { repository } from '../house/sources.ts';

const redactor = createRedactor({
  keys: defaultSecretKeys,
  digest: (secret) =>
    createHmac(
      'sha256',
      Uint8Array.from({ length: 32 }, (_none, byte) => byte),
    )
      .update(secret)
      .digest(),
});
const ours = { mark: (text: string): unknown => redactor.secret(text) };

/** Debian’s own Python has Debian’s Django. */
const python = ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['-c', 'import django']).status === 0);
if (python === undefined) process.stderr.write('No Django here: its client is not tested.\n');

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const startProgram = async (url: string, token: string, spool: string): Promise<string> => {
  const folder = path.join(repository, 'test/fixtures/django');
  const words = [
    '-B',
    path.join(folder, 'program.py'),
    url,
    token,
    spool,
    path.join(repository, 'resources/clients/django'),
  ];
  const child = spawn(python ?? '', words, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  closing.push(async () => {
    child.kill('SIGKILL');
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${Number(said.toString())}`;
};

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
    const url = await startProgram(`http://127.0.0.1:${port}`, site.captureToken, spool);

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
    while ((await state()).problem === null) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await state()).toMatchObject({ sent: 0, dropped: 0, refused: 0 });
    expect(bytesUnder(spool).includes('hunter2')).toBe(false);
    expect(bytesUnder(spool).includes('abcdefghijklmnop1234')).toBe(false);

    const folder = temporaryFolder();
    const host = await createHttpHost({
      dispatch: site.engine.dispatch,
      rendererFolder: folder,
      uploadFolder: path.join(folder, 'uploads'),
      downloadFolder: path.join(folder, 'downloads'),
      port,
      host: '127.0.0.1',
      version: '9.8.7',
      log: createLog(() => undefined),
    });
    closing.push(() => host.close());
    const stored = async (): Promise<Entry[]> =>
      ((await getJson(site, '/api/entries?sort=id&limit=1000')).body.entries as Entry[]).filter(
        ({ action }) => action !== 'GET /status/',
      );
    while ((await stored()).length < 16) await new Promise((resolve) => setTimeout(resolve, 100));
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
    expect(await state()).toMatchObject({ refused: 0, dropped: 0, problem: null });
  });

  test('its marker of a secret is made as Bitácora makes its own, with the same list of names', () => {
    const program = [
      'import sys, json; sys.path.insert(0, sys.argv[1]); import bitacora_client as b',
      'r = b.Redactor(b.SECRET_KEYS, bytes(range(32)))',
      "print(json.dumps([r.mark('Bearer hunter2'), r.mark('4111 1111 1111 1111'), sorted(b.SECRET_KEYS)]))",
    ].join('\n');
    const { stdout, stderr } = spawnSync(
      python ?? '',
      ['-B', '-c', program, path.join(repository, 'resources/clients/django')],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    const [bearer, card, names] = JSON.parse(stdout) as [string, string, string[]];
    expect(bearer).toBe(ours.mark('Bearer hunter2'));
    expect(card).toBe(ours.mark('4111111111111111'));
    expect(names).toEqual([...defaultSecretKeys].sort());
  });
});

import { expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entry.ts';
import { bugsIn, wholeLog } from '../engine/engine-kit.ts';
import { change, getJson, openCaptureSite, send } from './capture-kit.ts';

test('whoever reads through HTTP is recorded, nobody twice, and pages by number stay where they are', async () => {
  const site = await openCaptureSite({ recordReads: true });
  expect((await send(site, [change(), change(), change()])).status).toBe(201);
  const countAll = async (): Promise<number> => (await site.admin.call('log.count', { view: wholeLog() })).count;
  const settle = async (count: number): Promise<void> => {
    while ((await countAll()) < count) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  // Neither what is captured, nor what a window asks for, nor readiness is recorded.
  await getJson(site, '/api/health', null);
  expect(await countAll()).toBe(3);

  const first = await getJson(site, '/api/audit_log/?page_size=2');
  await settle(4);
  const second = await getJson(site, '/api/audit_log/?page_size=2&page=2');
  await settle(5);
  expect([first.body.count, second.body.count]).toEqual([3, 3]);
  const idsOf = ({ body }: typeof first) => (body.results as { id: number }[]).map(({ id }) => id);
  expect([...idsOf(first), ...idsOf(second)]).toEqual([3, 2, 1]);
  const table = await getJson(site, '/api/registro_actividad/datatable?draw=1&start=0&length=10');
  await settle(6);
  expect(table.body).toMatchObject({ recordsTotal: 3, recordsFiltered: 3 });

  expect((await getJson(site, '/api/entries?query=token%3Ahunter2hunter2', null)).status).toBe(401);
  await settle(7);
  const { body } = await getJson(site, '/api/entries?sort=id');
  const told = (body.entries as Entry[]).slice(3);
  expect(told).toMatchObject([
    {
      event: 'REQUEST',
      actor: { login: 'Informe' },
      module: { name: 'Bitácora API' },
      target: 'API Request',
      action: 'GET /api/audit_log/',
      status: 200,
      source: 'bitacora',
      request: {
        query: 'page_size=2',
        address: '127.0.0.1',
        responseBody: expect.stringMatching(/^\[text: application\/json.*, \d+ bytes\]$/),
      },
    },
    { action: 'GET /api/audit_log/' },
    { action: 'GET /api/registro_actividad/datatable' },
    { action: 'GET /api/entries', actor: null, status: 401 },
  ]);
  await settle(8);
  // Asked for by name, they are there.
  expect((await getJson(site, '/api/audit_log/?action=audit_log')).body.count).toBe(2);
  await settle(9);

  const settings = await site.admin.call('capture.readSettings', {});
  await site.admin.call('capture.writeSettings', { ...settings, recordReads: false });
  await getJson(site, '/api/entries');
  await getJson(site, '/api/entries');
  expect(await countAll()).toBe(9);
  expect(bugsIn(site.data)).toEqual([]);
});

test('strangers can’t fill the ledger', async () => {
  const site = await openCaptureSite({ recordReads: true });
  for (let i = 0; i < 64; i += 1) expect((await getJson(site, '/api/entries/1', null)).status).toBe(401);
  await getJson(site, '/api/entries/99999');
  const counted = async (query: string): Promise<number> =>
    (
      (await getJson(site, `/api/entries?limit=1&query=${encodeURIComponent(query)}`)).body.total as {
        readonly atLeast: number;
      }
    ).atLeast;
  while ((await counted('status:404')) < 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await counted('status:401')).toBe(60);
});

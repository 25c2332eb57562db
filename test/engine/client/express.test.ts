import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express, { type Request } from 'express';
import { expect, test } from 'vitest';
import { createCaptureClient } from '#client/capture-client.ts';
import { watchExpress } from '#client/middleware.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { getJson, openCaptureSite } from '../capture/capture-kit.ts';
import { temporaryFolder } from '../engine/engine-kit.ts';

test('an Express program is watched, with its parsers, its routers and its errors', async () => {
  const site = await openCaptureSite();
  const client = createCaptureClient({
    url: site.url,
    token: site.captureToken,
    spoolFolder: path.join(temporaryFolder(), 'spool'),
  });
  const app = express();
  app.use(watchExpress<Request>(client, { user: (request) => request.get('x-user') ?? null }));
  app.use(express.json());
  app.use(express.urlencoded());
  app.post('/api/payments/create/', (request, response) => {
    response.status(201).json({ taken: request.body as unknown });
  });
  app.get('/page', (_request, response) => {
    response.type('html').send('<p>hola</p>');
  });
  app.get('/breaks', () => {
    throw Object.assign(new Error('broken'), { expose: false });
  });
  app.set('env', 'test');
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const paid = await fetch(`${url}/api/payments/create/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'ana' },
      body: '{"monto":12,"cvv":"123"}',
    });
    expect(await paid.json()).toEqual({ taken: { monto: 12, cvv: '123' } });
    expect(await (await fetch(`${url}/page`)).text()).toBe('<p>hola</p>');
    expect((await fetch(`${url}/breaks`)).status).toBe(500);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    while (client.status().sent < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    const entries = (await getJson(site, '/api/entries?sort=id')).body.entries as Entry[];
    expect(entries).toMatchObject([
      {
        action: 'POST /api/payments/create/',
        status: 201,
        actor: { login: 'ana' },
        request: {
          body: { monto: 12, cvv: expect.stringMatching(/^\[redacted:/) },
          responseBody: { taken: { monto: 12, cvv: expect.stringMatching(/^\[redacted:/) } },
        },
      },
      { action: 'GET /page', status: 200, actor: null, request: { responseBody: '<p>hola</p>' } },
      { action: 'GET /breaks', status: 500 },
      { action: 'GET /nothing', status: 404 },
    ]);
    // The audit log's route tells of them as its middleware would have.
    const { body } = await getJson(site, '/api/audit_log/?ordering=id');
    expect((body.results as Record<string, unknown>[])[1]).toMatchObject({
      user: null,
      action: 'GET /page',
      model_name: 'API Request',
      object_id: null,
      details: '{"request":null,"status":200,"response":"<p>hola</p>"}',
    });
  } finally {
    await client.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { type AuditedCall, audited } from '#client/audited.ts';
import { currentActor, withActor } from '#client/context.ts';
import type { EndedExchange } from '#client/exchange.ts';
import { watchExpress, watchFastify } from '#client/middleware.ts';
import { openRecordingClient } from './recording-client.ts';

interface Pte {
  estatus: number;
  volumen: number;
  token?: string;
}

const stored = (): Map<number, Pte> => new Map([[7, { estatus: 1, volumen: 10 }]]);

test('a function tells event, record, fields with both values, who and when; its result is its own', async () => {
  const client = openRecordingClient();
  const ptes = stored();
  const actualizarPte = audited(client, {
    target: 'PTE',
    module: 1,
    recordId: ({ args: [id] }: AuditedCall<[number], unknown>) => id,
    state: (id: number) => ptes.get(id),
  })((id: number, values: Partial<Pte>): string => {
    Object.assign(ptes.get(id) ?? {}, values);
    return `saved ${id}`;
  });
  expect(withActor('maria.lopez', () => actualizarPte(7, { estatus: 2, volumen: 11, token: 'hunter2hunter2' }))).toBe(
    'saved 7',
  );
  const common = { action: '', target: 'PTE', module: 1, recordId: '7', actor: 'maria.lopez' };
  expect(client.taken.map((entry) => ({ ...entry, action: '' }))).toMatchObject([
    { ...common, event: 'STATUS_CHANGE', field: 'estatus', oldValue: 1, newValue: 2 },
    { ...common, event: 'UPDATE', field: 'volumen', oldValue: 10, newValue: 11 },
    { ...common, event: 'UPDATE', field: 'token', oldValue: null, newValue: expect.stringMatching(/^\[redacted:/) },
  ]);
  expect(new Date(client.taken[0]?.occurredAt ?? '').getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(new Set(client.taken.map(({ extra }) => extra?.change)).size).toBe(1);
});

test('as a standard decorator of a method, which keeps its this', async () => {
  const client = openRecordingClient();
  const registrarActividad = audited;
  class Ptes {
    readonly #made: string[] = [];
    async crear(folio: string): Promise<number> {
      await Promise.resolve();
      this.#made.push(folio);
      return this.#made.length;
    }
    borrar(): void {
      throw new RangeError('not yours');
    }
  }
  // What `@registrarActividad(client, …) crear(…) {…}` means, written out: Node runs these files without decorators.
  const decorate = (name: 'crear' | 'borrar', event?: string): void => {
    const method = Ptes.prototype[name] as (this: Ptes, ...words: string[]) => unknown;
    const decorator = registrarActividad<string[], unknown>(client, {
      ...(event === undefined ? {} : { event }),
      target: 'PTE',
      recordId: ({ result }) => result as number | undefined,
      detail: ({ args: [folio] }) => `PTE ${folio}`,
    });
    const context = { kind: 'method', name, static: false, private: false } as ClassMethodDecoratorContext<
      Ptes,
      typeof method
    >;
    Object.defineProperty(Ptes.prototype, name, { value: decorator(method, context) });
  };
  decorate('crear');
  decorate('borrar', 'DELETE');
  const ptes = new Ptes();
  expect(await ptes.crear('A')).toBe(1);
  expect(() => ptes.borrar()).toThrow(RangeError);
  expect(client.taken).toMatchObject([
    { event: 'CREATE', action: 'crear', target: 'PTE', recordId: '1', detail: 'PTE A', actor: null },
    { event: 'DELETE', action: 'borrar', extra: { failed: true, error: 'RangeError: not yours' } },
  ]);
});

test('it neither breaks nor hides anything: options that throw, failures that are not told, promises', async () => {
  const client = openRecordingClient();
  const throwing = (): never => {
    throw new Error('an option');
  };
  const broken = audited(client, { recordId: throwing, state: throwing, actor: throwing, event: 'X' })(
    (a: number) => a + 1,
  );
  expect(broken(1)).toBe(2);
  expect(client.taken.splice(0)).toMatchObject([{ event: 'X', actor: null }]);

  const failing = audited(client, { failures: false })(async () => {
    throw new Error('its own');
  });
  await expect(failing()).rejects.toThrow('its own');
  expect(client.taken).toEqual([]);

  const promise = Promise.resolve(5);
  expect(audited(client)(() => promise)()).toBe(promise);
  await promise;

  // A state that has to be waited for, of an async function.
  const ptes = stored();
  client.taken.length = 0;
  const guardar = audited(client, { target: 'PTE', state: async (id: number) => ptes.get(id) })(async (id: number) => {
    ptes.set(id, { estatus: 0, volumen: 10 });
  });
  await guardar(7);
  while (client.taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(client.taken).toMatchObject([{ event: 'DELETE', field: 'estatus', oldValue: 1, newValue: 0 }]);
});

test('who acts is known inside requests of Express and Fastify, behind their parsers', async () => {
  const client = openRecordingClient();
  const exchanges: (string | null)[] = [];
  const taker = {
    recordExchange: (ended: EndedExchange) => void exchanges.push(ended.tell().correlationId),
  };
  const crear = audited(client, { target: 'PTE' })(async (_body: unknown) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return currentActor();
  });

  const app = express();
  app.use(watchExpress<Request & { user?: { login: string } }>(taker, { user: ({ user }) => user ?? null }));
  app.use((request: Request & { user?: { login: string } }, _response, next) => {
    // Signed in after the middleware has begun.
    const login = request.get('x-user');
    if (login !== undefined) request.user = { login };
    next();
  });
  app.use(express.json());
  app.post('/ptes', async (request, response) => {
    response.json(await crear(request.body));
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  const other = fastify();
  other.addHook(
    'onRequest',
    watchFastify<{ raw: import('node:http').IncomingMessage; headers: Record<string, unknown> }>(taker, {
      user: ({ headers }) => String(headers['x-user']),
    }),
  );
  other.post('/ptes', async (request) => crear(request.body));
  await other.listen({ port: 0, host: '127.0.0.1' });

  const post = async (port: number, user: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/ptes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': user },
      body: '{"folio":"A"}',
    });
    return answer.json().catch(() => null);
  };
  try {
    const { port } = server.address() as AddressInfo;
    await Promise.all(['ana', 'luis', 'eva'].map((user) => post(port, user)));
    await post((other.server.address() as AddressInfo).port, 'sol');
    const who = client.taken.map(({ actor }) => (typeof actor === 'object' ? actor?.login : actor));
    expect([...who].sort()).toEqual(['ana', 'eva', 'luis', 'sol']);
    // What a request did carries its correlation.
    while (exchanges.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(client.taken.map(({ extra }) => extra?.correlationId).sort()).toEqual([...exchanges].sort());
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await other.close();
  }
});

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { bugsIn, connect } from '../engine/engine-kit.ts';
import { type CaptureSite, change, getJson, openCaptureSite, send } from './capture-kit.ts';

let site: CaptureSite;
const changes = 30;
const requests = 12;

/** The three entries that the activity log's guide shows, more changes, and requests as the audit log's middleware has them. */
const trail = (): Record<string, unknown>[] => [
  {
    occurredAt: '2026-03-09T14:30:00Z',
    actor: { id: 3, login: 'juan.perez', name: 'Juan Pérez' },
    event: 'CREATE',
    module: 1,
    target: 'PTE',
    recordId: 456,
    detail: 'Created PTE: PTE-2026-123',
  },
  {
    occurredAt: '2026-03-10T09:15:00Z',
    actor: { id: 7, login: 'maria.lopez', name: 'María López', email: 'maria@example.org' },
    event: 'UPDATE',
    module: 1,
    target: 'PTE',
    recordId: 456,
    field: 'estatus',
    oldValue: '1 (PENDIENTE)',
    newValue: '2 (EN PROCESO)',
    detail: 'Status changed for PTE-2026-123',
  },
  {
    occurredAt: '2026-03-11T11:00:00Z',
    actor: { id: 1, login: 'admin' },
    event: 'DELETE',
    module: 2,
    target: 'Work Order',
    recordId: 789,
    oldValue: 'OT-2026-045 (Active)',
    newValue: 'Deleted (estatus=0)',
    detail: 'Logical deletion of OT-2026-045',
  },
  ...Array.from({ length: changes - 3 }, (_, i) =>
    change({
      occurredAt: new Date(Date.UTC(2026, 3, 1, 0, i)).toISOString(),
      actor: i % 3 === 0 ? { id: 3, login: 'juan.perez', name: 'Juan Pérez Soto' } : { login: 'sin.numero' },
      event: i % 5 === 0 ? 'STATUS_CHANGE' : 'UPDATE',
      module: { number: (i % 3) + 1 },
      recordId: i % 2 === 0 ? `T-${i}` : i,
      detail: `cambio ${i}`,
    }),
  ),
  ...Array.from({ length: requests }, (_, i) => ({
    occurredAt: new Date(Date.UTC(2026, 4, 1, 0, i)).toISOString(),
    actor: i % 4 === 0 ? null : { id: 7, login: 'maria.lopez', name: 'María López', email: 'maria@example.org' },
    status: 201,
    request: {
      method: i % 2 === 0 ? 'POST' : 'GET',
      path: i % 2 === 0 ? '/api/payments/create/' : '/api/payments/methods/',
      body: { monto: i },
      responseBody: { id: 100 + i },
    },
  })),
];
const total = changes + requests;

beforeAll(async () => {
  site = await openCaptureSite();
  expect((await send(site, trail())).body.stored).toBe(total);
});

interface Paged {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Record<string, unknown>[];
}
const paged = async (route: string, token = site.readToken): Promise<Paged> => {
  const { status, body } = await getJson(site, route, token);
  expect(status).toBe(200);
  return body as unknown as Paged;
};

describe('the audit log', () => {
  test('newest first, with the fields of the reference and no other, in their order', async () => {
    const page = await paged('/api/audit_log/');
    expect(Object.keys(page)).toEqual(['count', 'next', 'previous', 'results']);
    expect(page.count).toBe(total);
    const times = page.results.map(({ timestamp }) => String(timestamp));
    expect(times).toEqual([...times].sort().reverse());
    for (const entry of page.results) {
      expect(Object.keys(entry)).toEqual(['id', 'timestamp', 'user', 'action', 'model_name', 'object_id', 'details']);
    }
    const request = page.results[1];
    expect(request).toEqual({
      id: total - 1,
      timestamp: '2026-05-01T00:10:00Z',
      user: 7,
      action: 'POST /api/payments/create/',
      model_name: 'API Request',
      object_id: null,
      details: '{"request":{"monto":10},"status":201,"response":{"id":110}}',
    });
    expect(page.results.find(({ id }) => id === total - 3)).toMatchObject({ user: null });
    expect(page.results.find(({ id }) => id === 2)).toEqual({
      id: 2,
      timestamp: '2026-03-10T09:15:00Z',
      user: 7,
      action: 'UPDATE',
      model_name: 'PTE',
      object_id: 456,
      details: 'Status changed for PTE-2026-123',
    });
  });

  test('pages lead to each other, and each entry is on one of them', async () => {
    const seen: unknown[] = [];
    let page = await paged('/api/audit_log/?page_size=10&ordering=id');
    expect(page.previous).toBeNull();
    const addresses: string[] = [];
    for (;;) {
      seen.push(...page.results.map(({ id }) => id));
      if (page.next === null) break;
      addresses.push(page.next);
      page = await paged(page.next);
      expect(page.count).toBe(total);
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(addresses[0]).toBe(`${site.url}/api/audit_log/?page_size=10&ordering=id&page=2`);
    expect(page.previous).toBe(addresses.at(-2));
    expect((await paged(addresses[0] ?? '')).previous).toBe(`${site.url}/api/audit_log/?page_size=10&ordering=id`);
    expect((await getJson(site, '/api/audit_log/?page=99')).status).toBe(404);
    expect(await paged('/api/audit_log/?user=nobody')).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  test('filters: by user, by part of the action, by model', async () => {
    expect((await paged('/api/audit_log/?user=3')).results.every(({ user }) => user === 3)).toBe(true);
    expect((await paged('/api/audit_log/?user=3')).count).toBe(10);
    const creating = await paged('/api/audit_log/?action=PAYMENTS%2Fcreate');
    expect([creating.count, creating.results.length]).toEqual([requests / 2, requests / 2]);
    expect(creating.results.every(({ action }) => action === 'POST /api/payments/create/')).toBe(true);
    expect((await paged('/api/audit_log/?action=POST%20%2Fapi%2Fpayments%2Fcreate%2F')).count).toBe(requests / 2);
    expect((await paged('/api/audit_log/?action=payments')).count).toBe(requests);
    expect((await paged('/api/audit_log/?model_name=API%20Request')).count).toBe(requests);
    expect((await paged('/api/audit_log/?model_name=API%20Request&user=7&action=get')).count).toBe(6);
  });

  test.each(['id', 'timestamp', 'user', 'action', 'model_name', 'object_id', 'details'])(
    'ordering by %s, both ways, by the same rule',
    async (name) => {
      const up = (await paged(`/api/audit_log/?ordering=${name}&page_size=100`)).results.map(({ id }) => id);
      const down = (await paged(`/api/audit_log/?ordering=-${name}&page_size=100`)).results.map(({ id }) => id);
      expect(new Set(up).size).toBe(total);
      expect(new Set(down)).toEqual(new Set(up));
      if (name === 'id' || name === 'timestamp') expect(down).toEqual([...up].reverse());
    },
  );

  test('one entry, and one that is not there', async () => {
    const list = await paged('/api/audit_log/');
    for (const route of ['/api/audit_log/2/', '/api/audit_log/2']) {
      expect((await getJson(site, route)).body).toEqual(list.results.find(({ id }) => id === 2));
    }
    for (const id of ['0', '999', '-1', 'x', '9'.repeat(16), '1e3']) {
      const { status, body } = await getJson(site, `/api/audit_log/${id}/`);
      expect([status, Object.keys(body)]).toEqual([404, ['error']]);
    }
  });

  test('the administrators’ page: four fields, administrators only', async () => {
    const page = await paged('/api/admin/audit-logs/', site.session);
    expect(page.count).toBe(total);
    for (const entry of page.results) expect(Object.keys(entry)).toEqual(['id', 'user', 'action', 'timestamp']);
    await site.admin.call('account.create', {
      login: 'eva',
      name: 'Eva',
      role: 'auditor',
      password: 'una frase larga',
    });
    const eva = await connect(site.engine, 'window').call('session.signIn', {
      login: 'eva',
      password: 'una frase larga',
    });
    for (const token of [eva.token, site.readToken, site.captureToken]) {
      expect((await getJson(site, '/api/admin/audit-logs/', token)).status).toBe(403);
    }
    expect((await getJson(site, '/api/admin/audit-logs/', null)).status).toBe(401);
  });
});

interface Table {
  readonly draw: number;
  readonly recordsTotal: number;
  readonly recordsFiltered: number;
  readonly data: readonly Record<string, unknown>[];
}
const table = async (parameters: Readonly<Record<string, string | number>>): Promise<Table> => {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const { status, body } = await getJson(site, `/api/registro_actividad/datatable?${query}`);
  expect(status).toBe(200);
  return body as unknown as Table;
};

describe('the activity log', () => {
  test('DataTables gets its four members, and rows with the names of the reference', async () => {
    const answer = await table({ draw: 7, start: 0, length: 5, 'columns[0][data]': 'id', _: 1 });
    expect(Object.keys(answer)).toEqual(['draw', 'recordsTotal', 'recordsFiltered', 'data']);
    expect(answer).toMatchObject({ draw: 7, recordsTotal: total, recordsFiltered: total });
    expect(answer.data.map(({ id }) => id)).toEqual([42, 41, 40, 39, 38]);
    const all = await table({ start: 0, length: -1, 'order[0][column]': 0, 'order[0][dir]': 'asc' });
    expect(all.data).toHaveLength(total);
    expect(all.data.slice(0, 3)).toEqual([
      {
        id: 1,
        registro_id: 456,
        evento: 'CREATE',
        campo: null,
        valor_anterior: null,
        valor_actual: null,
        afectacion: 'PTE',
        fecha: '2026-03-09 14:30:00',
        usuario_id: 3,
        usuario: 'juan.perez',
        tabla_log: 1,
        detalle: 'Created PTE: PTE-2026-123',
      },
      {
        id: 2,
        registro_id: 456,
        evento: 'UPDATE',
        campo: 'estatus',
        valor_anterior: '1 (PENDIENTE)',
        valor_actual: '2 (EN PROCESO)',
        afectacion: 'PTE',
        fecha: '2026-03-10 09:15:00',
        usuario_id: 7,
        usuario: 'maria.lopez',
        tabla_log: 1,
        detalle: 'Status changed for PTE-2026-123',
      },
      {
        id: 3,
        registro_id: 789,
        evento: 'DELETE',
        campo: null,
        valor_anterior: 'OT-2026-045 (Active)',
        valor_actual: 'Deleted (estatus=0)',
        afectacion: 'Work Order',
        fecha: '2026-03-11 11:00:00',
        usuario_id: 1,
        usuario: 'admin',
        tabla_log: 2,
        detalle: 'Logical deletion of OT-2026-045',
      },
    ]);
  });

  test('paging: every row once, and nothing past the end', async () => {
    const seen: unknown[] = [];
    for (let start = 0; start < total; start += 8) {
      seen.push(...(await table({ draw: 1, start, length: 8 })).data.map(({ id }) => id));
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => total - i));
    expect(await table({ draw: 2, start: 500, length: 8 })).toEqual({
      draw: 2,
      recordsTotal: total,
      recordsFiltered: total,
      data: [],
    });
  });

  test('the three filters and the search, alone and together', async () => {
    expect((await table({ usuario_id: 3 })).recordsFiltered).toBe(10);
    expect((await table({ usuario_id: 'sin.numero' })).recordsFiltered).toBe(18);
    expect((await table({ evento: 'STATUS_CHANGE' })).recordsFiltered).toBe(6);
    expect((await table({ evento: 'status change' })).recordsFiltered).toBe(6);
    expect((await table({ afectacion: 2, length: 100 })).data.every(({ tabla_log: number }) => number === 2)).toBe(
      true,
    );
    expect((await table({ afectacion: 2 })).recordsFiltered).toBe(10);
    const found = await table({ filtro: 'LOGICAL deletion of ot-2026' });
    expect([found.recordsTotal, found.recordsFiltered, found.data[0]?.id]).toEqual([total, 1, 3]);
    expect((await table({ filtro: 'maria@example' })).recordsFiltered).toBe(10);
    // Accents matter here, as there.
    expect((await table({ filtro: 'Maria Lopez' })).recordsFiltered).toBe(0);
    expect((await table({ 'search[value]': 'María López' })).recordsFiltered).toBe(10);
    expect((await table({ usuario_id: 3, evento: 'UPDATE', afectacion: 1, filtro: 'cambio' })).recordsFiltered).toBe(7);
    expect((await table({ usuario_id: '', evento: '', afectacion: '', filtro: '' })).recordsFiltered).toBe(total);
  });

  test.each([
    [0, 'id'],
    [1, 'evento'],
    [2, 'afectacion'],
    [3, 'detalle'],
    [4, 'fecha'],
    [5, 'usuario'],
    [99, 'fecha'],
  ])('sorted by column %i, which is %s', async (column, name) => {
    const valuesOf = async (direction: string) =>
      (await table({ length: 100, 'order[0][column]': column, 'order[0][dir]': direction })).data.map(
        (row) => row[name],
      );
    const up = await valuesOf('asc');
    const down = await valuesOf('desc');
    expect(up).toHaveLength(total);
    expect([...down].sort()).toEqual([...up].sort());
    expect(up).not.toEqual(down);
    if (name === 'id' || name === 'fecha' || name === 'evento') {
      const sorted = [...up].sort((a, b) => (typeof a === 'number' ? a - Number(b) : String(a) < String(b) ? -1 : 1));
      expect(up).toEqual(sorted);
      expect(down.map(String)).toEqual([...sorted].reverse().map(String));
    }
  });

  test('its users: number, and «First Last (login)», as they were last called', async () => {
    for (const route of ['/api/registro_actividad/usuarios', '/api/registro_actividad/usuarios/']) {
      expect((await getJson(site, route)).body).toEqual([
        { id: 1, descripcion: 'admin' },
        { id: 3, descripcion: 'Juan Pérez Soto (juan.perez)' },
        { id: 7, descripcion: 'María López (maria.lopez)' },
        { id: 'sin.numero', descripcion: 'sin.numero' },
      ]);
    }
  });
});

describe('who may, and what may be asked', () => {
  const routes = [
    '/api/audit_log/',
    '/api/audit_log/1/',
    '/api/registro_actividad/datatable',
    '/api/registro_actividad/usuarios',
  ];
  test.each(routes)('%s: people and read tokens only', async (route) => {
    expect((await getJson(site, route, null)).status).toBe(401);
    expect((await getJson(site, `${route}?page=x&draw=y`, 'made up')).status).toBe(401);
    expect((await getJson(site, route, site.captureToken)).status).toBe(403);
    for (const token of [site.readToken, site.session]) expect((await getJson(site, route, token)).status).toBe(200);
  });

  test.each([
    ['/api/audit_log/?page=0', 'page'],
    ['/api/audit_log/?page=x', 'page'],
    ['/api/audit_log/?page_size=1001', 'page_size'],
    ['/api/audit_log/?ordering=password_hash', 'ordering'],
    ['/api/audit_log/?ordering=__proto__', 'ordering'],
    ['/api/audit_log/?user=1&user=2', 'user'],
    ['/api/registro_actividad/datatable?draw=%3Cscript%3E', 'draw'],
    ['/api/registro_actividad/datatable?start=-1&length=x', 'start, length'],
    ['/api/registro_actividad/datatable?order[0][dir]=sideways', 'order[0][dir]'],
  ])('%s is 422 and names %s', async (route, fields) => {
    const { status, body } = await getJson(site, route);
    expect([status, (body.error as { details: { fields: string } }).details.fields]).toEqual([422, fields]);
  });

  test('anything else that is asked is answered too', { timeout: 60_000 }, async () => {
    const names = fc.constantFrom(
      ...[
        'user',
        'action',
        'model_name',
        'ordering',
        'page',
        'page_size',
        'draw',
        'start',
        'length',
        'usuario_id',
        'evento',
      ],
      ...['afectacion', 'filtro', 'search[value]', 'order[0][column]', 'order[0][dir]', '__proto__', 'order', 'x'],
    );
    const values = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.toWellFormed()),
      fc.integer().map(String),
      fc.constantFrom('', '*', '**', '***', '"', '-timestamp', 'desc', '1', '10', 'x'.repeat(12_000), '\0', '%'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.array(fc.tuple(names, values), { maxLength: 5 }),
        async (route, asked) => {
          const { status } = await getJson(site, `${route}?${new URLSearchParams(asked)}`);
          // 431: longer than Node reads a head.
          expect([200, 404, 422, 431]).toContain(status);
        },
      ),
      { numRuns: 300, seed: 12 },
    );
    expect(bugsIn(site.data)).toEqual([]);
  });

  test('the description has them, with the fields that they have', async () => {
    const { body } = await getJson(site, '/api/openapi.json', null);
    const paths = body.paths as Record<string, { get?: { parameters?: { name: string }[] }; post?: unknown }>;
    for (const route of [
      '/api/audit_log/',
      '/api/audit_log/{id}/',
      '/api/admin/audit-logs/',
      '/api/registro_actividad/datatable',
      '/api/registro_actividad/usuarios',
    ]) {
      expect(paths[route]?.get, route).toBeDefined();
    }
    expect(paths['/api/registro_actividad/datatable']?.get?.parameters?.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'draw',
        'start',
        'length',
        'order[0][column]',
        'order[0][dir]',
        'usuario_id',
        'evento',
        'afectacion',
        'filtro',
      ]),
    );
    const described = JSON.stringify(paths['/api/entries']?.post);
    for (const name of ['eventId', 'occurredAt', 'oldValue', 'stored', 'duplicates', 'ids'])
      expect(described).toContain(`"${name}"`);
  });
});

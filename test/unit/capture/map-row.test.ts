import { describe, expect, it } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import type { ImportOptions } from '#shared/contract/import.ts';
import { importContent } from './import-scratch.ts';

const one = async (row: object, given: Partial<ImportOptions> = {}): Promise<NewEntry> => {
  const { entries, result } = await importContent('one.ndjson', `${JSON.stringify(row)}\n`, given);
  expect(result.rejects).toEqual([]);
  expect(entries).toHaveLength(1);
  return entries[0] as NewEntry;
};
const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json));
const at = '2026-03-09T14:30:00.000Z';

describe('the activity log’s names', () => {
  it('are understood without a map', async () => {
    const entry = await one({
      id: 9,
      evento: 'update',
      registro_id: 456,
      campo: 'estatus',
      valor_anterior: '1 (PENDIENTE)',
      valor_actual: '2 (EN PROCESO)',
      afectacion: 'PTE',
      tabla_log: 1,
      fecha: '2026-03-10 09:15:00',
      usuario_id: 17,
      usuario: 'maria.lopez',
      detalle: 'Status changed for PTE-2026-123',
    });
    expect(entry).toMatchObject({
      sourceEntryId: '9',
      event: 'UPDATE',
      recordId: '456',
      field: 'estatus',
      oldValue: '1 (PENDIENTE)',
      newValue: '2 (EN PROCESO)',
      target: 'PTE',
      moduleNumber: 1,
      moduleName: null,
      occurredAt: Date.UTC(2026, 2, 10, 9, 15) * 1000,
      occurredText: '2026-03-10 09:15:00',
      actorId: '17',
      actorLogin: 'maria.lopez',
      detail: 'Status changed for PTE-2026-123',
      extra: null,
      sourceLine: 1,
    });
    expect(entry.eventId).toHaveLength(16);
    expect((entry.eventId[6] ?? 0) >> 4).toBe(8);
    expect((entry.eventId[8] ?? 0) >> 6).toBe(2);
  });

  it('are understood in any case, with accents and spaces', async () => {
    const entry = await one({
      'Valor Anterior': 'a',
      VALOR_ACTUAL: 'b',
      Afectación: 'PTE',
      FECHA: at,
      'ID de registro': 3,
    });
    expect(entry).toMatchObject({
      oldValue: 'a',
      newValue: 'b',
      target: 'PTE',
      occurredText: null,
      recordId: '3',
      extra: null,
    });
  });
});

describe('the audit log’s names', () => {
  it('make a request of an action that is a method and a path', async () => {
    const details = JSON.stringify({ request: { monto: 5 }, status: 201, response: { id: 7 } });
    const entry = await one({
      id: 1,
      timestamp: at,
      user: 4,
      action: 'POST /api/payments/create/?draft=1',
      model_name: 'API Request',
      object_id: null,
      details,
    });
    expect(entry).toMatchObject({
      event: 'REQUEST',
      action: 'POST /api/payments/create/?draft=1',
      target: 'API Request',
      actorId: '4',
      actorLogin: null,
      recordId: null,
      status: 201,
      detail: details,
    });
    expect(parsed(entry.request)).toEqual({
      method: 'POST',
      path: '/api/payments/create/',
      query: 'draft=1',
      body: { monto: 5 },
      responseBody: { id: 7 },
    });
  });

  it('find request and response inside of wrappers, and a status in plain text', async () => {
    const wrapped = await one({
      timestamp: at,
      action: 'PUT /x',
      details: { request: { body: { a: 1 }, headers: {} }, response: { status_code: 403, content: 'no' } },
    });
    expect(wrapped.status).toBe(403);
    expect(parsed(wrapped.request)).toEqual({ method: 'PUT', path: '/x', body: { a: 1 }, responseBody: 'no' });
    const plain = await one({
      timestamp: at,
      action: 'GET /x',
      details: 'Request: -, Status Code: 500, Response: oops',
    });
    expect(plain).toMatchObject({ status: 500, detail: 'Request: -, Status Code: 500, Response: oops' });
  });

  it('leave other actions as they are', async () => {
    const entry = await one({
      timestamp: at,
      action: 'Approved',
      model_name: 'Payments',
      object_id: '9',
      details: '{"status":"OK"}',
    });
    expect(entry).toMatchObject({ event: null, action: 'Approved', request: null, status: null });
    expect(await one({ timestamp: at, action: 'delete' })).toMatchObject({ event: 'DELETE', action: 'delete' });
  });
});

describe('people', () => {
  it.each([
    ['ana.ruiz', { actorLogin: 'ana.ruiz', actorName: null, actorId: null }],
    ['17', { actorId: '17', actorLogin: null }],
    [17, { actorId: '17', actorLogin: null }],
    ['Ana Ruiz (ana.ruiz)', { actorName: 'Ana Ruiz', actorLogin: 'ana.ruiz' }],
    [
      'Ana Ruiz <ana@example.org>',
      { actorName: 'Ana Ruiz', actorLogin: 'ana@example.org', actorEmail: 'ana@example.org' },
    ],
    ['ana@example.org', { actorLogin: 'ana@example.org', actorEmail: 'ana@example.org' }],
    ['Ana Ruiz', { actorName: 'Ana Ruiz', actorLogin: null }],
    [null, { actorId: null, actorLogin: null, actorName: null }],
    [
      { id: 3, username: 'ana', first_name: 'Ana', last_name: 'Ruiz', email: 'ana@example.org' },
      { actorId: '3', actorLogin: 'ana', actorName: 'Ana Ruiz', actorEmail: 'ana@example.org', extra: null },
    ],
    [
      { id: 3, name: 'Ana Ruiz', puesto: 'jefa' },
      { actorName: 'Ana Ruiz', extra: '{"user.puesto":"jefa"}' },
    ],
  ])('%j', async (user, expected) => {
    expect(await one({ timestamp: at, user })).toMatchObject(expected);
  });

  it('keeps digits as a login when the number is known', async () => {
    expect(await one({ fecha: at, usuario_id: 5, usuario: '100234' })).toMatchObject({
      actorId: '5',
      actorLogin: '100234',
    });
  });

  it('are filled in from the source’s list, without changing the identity', async () => {
    const { writeScratch, runImport } = await import('./import-scratch.ts');
    const path = await writeScratch('a.ndjson', `{"fecha":"${at}","usuario_id":3,"usuario":"ana"}\n`);
    const users = new Map([['3', { id: '3', login: 'other', name: 'Ana Ruiz', email: 'ana@example.org' }]]);
    const known = await runImport(path, {}, undefined, { users });
    const unknown = await runImport(path);
    expect(known.entries[0]).toMatchObject({ actorLogin: 'ana', actorName: 'Ana Ruiz', actorEmail: 'ana@example.org' });
    expect(known.entries[0]?.eventId).toEqual(unknown.entries[0]?.eventId);
  });
});

describe('everything else', () => {
  it('keeps what no column holds as extra, with its JSON values', async () => {
    const entry = await one({
      fecha: at,
      turno: 'noche',
      medidas: [1, { a: null }],
      ok: true,
      nada: null,
      estatus: 'ACTIVO',
    });
    expect(parsed(entry.extra)).toEqual({ turno: 'noche', medidas: [1, { a: null }], ok: true, estatus: 'ACTIVO' });
  });

  it('keeps a second column of the same meaning, and values that fit no column', async () => {
    const entry = await one({
      fecha: at,
      timestamp: '1999-01-01',
      status: 'late',
      evento: 'CREATE',
      duration_ms: 'fast',
    });
    expect(entry).toMatchObject({ occurredAt: Date.parse(at) * 1000, event: 'CREATE', status: null });
    expect(parsed(entry.extra)).toEqual({ timestamp: '1999-01-01', status: 'late', requestDurationMs: 'fast' });
  });

  it('writes values that are no texts as JSON', async () => {
    const entry = await one({ fecha: at, valor_anterior: { b: [1, 2] }, valor_actual: 12.5, detalle: false });
    expect(entry).toMatchObject({ oldValue: '{"b":[1,2]}', newValue: '12.5', detail: 'false' });
  });

  it('reads modules by number, by name and as an object', async () => {
    expect(await one({ fecha: at, modulo: '3' })).toMatchObject({ moduleNumber: 3, moduleName: null });
    expect(await one({ fecha: at, modulo: 'Catálogos' })).toMatchObject({
      moduleNumber: null,
      moduleName: 'Catálogos',
    });
    expect(await one({ fecha: at, module: { number: 4, name: 'Catalogs' } })).toMatchObject({
      moduleNumber: 4,
      moduleName: 'Catalogs',
    });
    expect(await one({ fecha: at, tabla_log: 'PTEs' })).toMatchObject({ moduleNumber: null, moduleName: 'PTEs' });
  });

  it('spells known events in one way', async () => {
    expect((await one({ fecha: at, evento: ' Status change ' })).event).toBe('STATUS_CHANGE');
    expect((await one({ fecha: at, evento: 'aprobación parcial' })).event).toBe('APROBACIÓN PARCIAL');
  });

  it('puts a date and a time of day together', async () => {
    expect(await one({ fecha: '09/03/2026', hora: '14:30' })).toMatchObject({
      occurredAt: Date.parse(at) * 1000,
      occurredText: '09/03/2026 14:30',
    });
  });

  it('follows the map before its own guesses', async () => {
    const entry = await one(
      { cuando: at, fecha: '2020-01-01', quien: 'ana', que: 'x', secreto: 'y', usuario: { id: 1 } },
      { map: { cuando: 'occurredAt', que: 'field', secreto: 'ignore', usuario: 'detail' }, source: 'SIGO' },
    );
    expect(entry).toMatchObject({
      occurredAt: Date.parse(at) * 1000,
      field: 'x',
      actorLogin: 'ana',
      detail: '{"id":1}',
      source: 'SIGO',
    });
    expect(parsed(entry.extra)).toEqual({ fecha: '2020-01-01' });
  });

  it('uses a UUID that the row brings, and keeps one that is none as the source’s identifier', async () => {
    const id = '018f7d0e-7a3b-7c3d-9e21-5b1f0c9d2a44';
    const entry = await one({ fecha: at, eventId: id.toUpperCase() });
    expect(Buffer.from(entry.eventId).toString('hex')).toBe(id.replaceAll('-', ''));
    expect(await one({ fecha: at, uuid: 'EV-1' })).toMatchObject({ sourceEntryId: 'EV-1' });
  });

  it('reads our own exports back', async () => {
    const exported = {
      id: 12,
      eventId: '018f7d0e-7a3b-7c3d-9e21-5b1f0c9d2a44',
      occurredAt: '2026-03-09T14:30:00.000Z',
      occurredText: '09/03/2026 14:30',
      receivedAt: '2026-03-10T00:00:00.000Z',
      actor: { id: '3', login: 'ana', name: 'Ana Ruiz', email: null },
      event: 'REQUEST',
      module: { number: 3, name: 'Production' },
      target: 'Well',
      recordId: 'Pozo 12',
      field: null,
      oldValue: null,
      newValue: '5',
      detail: null,
      action: 'POST /x',
      status: 201,
      request: { method: 'POST', path: '/x', body: { a: 1 }, durationMs: 12 },
      source: 'SIGO',
      sourceEntryId: '77',
      origin: { file: 'a.csv', line: 2 },
      extra: { turno: 'noche' },
    };
    const entry = await one(exported, { source: 'other' });
    expect(entry).toMatchObject({
      occurredText: '09/03/2026 14:30',
      occurredAt: Date.parse(at) * 1000,
      actorId: '3',
      actorLogin: 'ana',
      actorName: 'Ana Ruiz',
      moduleNumber: 3,
      moduleName: 'Production',
      recordId: 'Pozo 12',
      status: 201,
      source: 'SIGO',
      sourceEntryId: '77',
    });
    expect(parsed(entry.request)).toEqual(exported.request);
    expect(parsed(entry.extra)).toMatchObject({ turno: 'noche', id: 12, receivedAt: exported.receivedAt });
  });
});

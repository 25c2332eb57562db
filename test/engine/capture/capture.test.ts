import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { maxBatchEntries, maxCaptureBytes } from '#shared/contract/capture.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { bugsIn, codeOf, connect, wholeLog } from '../engine/engine-kit.ts';
import { type CaptureSite, change, getJson, openCaptureSite, send } from './capture-kit.ts';

let site: CaptureSite;
beforeAll(async () => {
  site = await openCaptureSite();
});

const entryOf = async (id: number | undefined): Promise<Entry> =>
  (await getJson(site, `/api/entries/${id}`)).body as unknown as Entry;
const countAll = async (): Promise<number> => (await site.admin.call('log.count', { view: wholeLog() })).count;

describe('what is sent is stored', () => {
  test('one object, with everything that it says', async () => {
    const before = await countAll();
    const sent = change({
      action: 'POST /api/pte/456/',
      status: 200,
      request: {
        method: 'POST',
        path: '/api/pte/456/',
        query: 'a=1',
        body: { big: 1, nota: 'ñ' },
        responseBody: 'ok',
        address: '10.0.0.7',
        durationMs: 12.5,
        correlationId: 'c-1',
      },
      source: 'ops',
      sourceEntryId: 99,
      extra: { turno: 'noche' },
    });
    const { status, body } = await send(site, sent);
    expect([status, body.stored, body.duplicates, body.ids.length]).toEqual([201, 1, 0, 1]);
    expect(await countAll()).toBe(before + 1);
    expect(await entryOf(body.ids[0])).toMatchObject({
      id: body.ids[0],
      eventId: sent.eventId,
      occurredAt: '2026-03-10T09:15:00Z',
      actor: { id: '7', login: 'maria.lopez', name: 'María López', email: 'maria@example.org' },
      event: 'UPDATE',
      module: { number: 1, name: 'PTEs' },
      target: 'PTE',
      recordId: '456',
      field: 'estatus',
      oldValue: '1 (PENDIENTE)',
      newValue: '2 (EN PROCESO)',
      action: 'POST /api/pte/456/',
      status: 200,
      request: sent.request,
      source: 'ops',
      sourceEntryId: '99',
      extra: { turno: 'noche' },
      origin: null,
    });
  });

  test('as little as can be: nothing but that something happened', async () => {
    const { status, body } = await send(site, {});
    expect(status).toBe(201);
    const entry = await entryOf(body.ids[0]);
    expect(entry).toMatchObject({ actor: null, event: null, source: 'Pozos' });
    expect(Math.abs(Date.parse(entry.occurredAt) - Date.now())).toBeLessThan(60_000);
    expect(entry.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  test('a request alone is a REQUEST, as the audit log calls it', async () => {
    const { body } = await send(site, { actor: null, status: 404, request: { method: 'GET', path: '/api/x/' } });
    expect(await entryOf(body.ids[0])).toMatchObject({
      event: 'REQUEST',
      action: 'GET /api/x/',
      target: 'API Request',
      module: { number: null, name: 'API Request' },
      status: 404,
    });
  });

  test('numbers that JavaScript can’t hold stay as they were written', async () => {
    const { body } = await send(
      site,
      '{"recordId": 12345678901234567890, "request": {"body": {"id": 98765432109876543210.5, "n": 1e400}}}',
    );
    expect((await entryOf(body.ids[0])).recordId).toBe('12345678901234567890');
  });

  test('spellings: people and modules in one word, values that are no text, events in small letters', async () => {
    const { body } = await send(site, [
      change({ actor: 'ana', module: 3, event: 'status change', oldValue: { a: [1] }, newValue: 7 }),
      change({ actor: null, module: 'Catálogos', event: ' create ', oldValue: null, newValue: true }),
    ]);
    expect(await entryOf(body.ids[0])).toMatchObject({
      actor: { login: 'ana' },
      module: { number: 3 },
      event: 'STATUS_CHANGE',
      oldValue: '{"a":[1]}',
      newValue: '7',
    });
    expect(await entryOf(body.ids[1])).toMatchObject({
      actor: null,
      module: { number: null, name: 'Catálogos' },
      event: 'CREATE',
      oldValue: null,
      newValue: 'true',
    });
  });

  test('an array, NDJSON, and both packed: ids in their order', async () => {
    const many = Array.from({ length: 30 }, (_, i) => change({ recordId: `many-${i}` }));
    const lines = (list: readonly unknown[]) => `\n${list.map((item) => JSON.stringify(item)).join('\r\n')}\n\n`;
    const gzip = { 'content-encoding': 'gzip' };
    const ndjson = { 'content-type': 'application/x-ndjson; charset=UTF-8' };
    for (const [body, headers] of [
      [JSON.stringify(many.slice(0, 10)), {}],
      [lines(many.slice(10, 15)), ndjson],
      [gzipSync(JSON.stringify(many.slice(15, 20))), gzip],
      [gzipSync(lines(many.slice(20, 30))), { ...gzip, ...ndjson }],
    ] as const) {
      const { status, body: receipt } = await send(site, body, headers);
      expect(status).toBe(201);
      expect(receipt.stored).toBe(receipt.ids.length);
      expect(receipt.ids).toEqual(receipt.ids.map((_, i) => (receipt.ids[0] ?? 0) + i));
    }
    const { body } = await send(site, many);
    expect([body.stored, body.duplicates]).toEqual([0, 30]);
    expect((await entryOf(body.ids[17])).recordId).toBe('many-17');
  });
});

describe('nothing is stored twice', () => {
  test('the same event id is the same entry, whatever else is said of it', async () => {
    const eventId = randomUUID();
    const first = await send(site, { eventId, detail: 'uno' });
    const before = await countAll();
    const again = await send(site, {
      eventId: eventId.toUpperCase(),
      detail: 'dos',
      occurredAt: '2020-01-01T00:00:00Z',
    });
    expect([again.status, again.body.stored, again.body.duplicates]).toEqual([201, 0, 1]);
    expect(again.body.ids).toEqual(first.body.ids);
    expect(await countAll()).toBe(before);
    expect((await entryOf(first.body.ids[0])).detail).toBe('uno');
  });

  test('twice in one batch, and sent by many at once', async () => {
    const eventId = randomUUID();
    const { body } = await send(site, [change({ eventId }), change({ eventId }), change()]);
    expect([body.stored, body.duplicates]).toEqual([2, 1]);
    expect(body.ids[0]).toBe(body.ids[1]);
    expect(body.ids[2]).toBe((body.ids[0] ?? 0) + 1);

    const ids = Array.from({ length: 20 }, () => randomUUID());
    const before = await countAll();
    const answers = await Promise.all(ids.flatMap((id) => [1, 2, 3].map(() => send(site, change({ eventId: id })))));
    expect(answers.reduce((sum, { body: { stored } }) => sum + stored, 0)).toBe(20);
    expect(await countAll()).toBe(before + 20);
  });

  test('what was captured, exported and imported is the same entry', async () => {
    const { body } = await send(site, change({ occurredAt: '2026-03-11T09:15:00.123456Z' }));
    const entry = await entryOf(body.ids[0]);
    const again = await send(site, change({ eventId: entry.eventId, occurredAt: entry.occurredAt }));
    expect(again.body).toMatchObject({ stored: 0, duplicates: 1, ids: body.ids });
  });
});

describe('who may', () => {
  test('a capture token can only capture', async () => {
    const capture = connect(site.engine, 'window', site.captureToken);
    expect((await getJson(site, '/api/entries', site.captureToken)).status).toBe(403);
    expect((await getJson(site, '/api/entries/1', site.captureToken)).status).toBe(403);
    for (const call of [
      capture.call('log.count', { view: wholeLog() }),
      capture.call('token.list', {}),
      capture.call('account.list', {}),
      capture.call('session.current', {}),
      capture.call('preferences.read', {}),
      capture.call('capture.readSettings', {}),
      capture.call('token.create', { name: 'x', scope: 'read' }),
    ]) {
      expect(await codeOf(call)).toBe('forbidden');
    }
    for (const token of [site.readToken, site.session]) {
      expect((await send(site, change(), { authorization: `Bearer ${token}` })).status).toBe(403);
    }
    for (const authorization of ['', 'Bearer x', `Bearer ${site.captureToken}x`, `Basic ${site.captureToken}`]) {
      const { status, body } = await send(site, 'not even read', { authorization });
      expect([status, body.error.code]).toEqual([401, 'unauthenticated']);
    }
  });

  test('a read token can only read', async () => {
    const reading = connect(site.engine, 'window', site.readToken);
    expect((await reading.call('log.count', { view: wholeLog() })).count).toBeGreaterThan(0);
    expect((await getJson(site, '/api/entries?limit=1')).status).toBe(200);
    for (const call of [
      reading.call('token.list', {}),
      reading.call('setup.leaveDemo', {}),
      reading.call('preferences.write', { key: 'x', value: 1 }),
      reading.call('capture.store', { entries: [change()] }),
      reading.call('account.create', { login: 'x', name: 'x', role: 'admin', password: 'una frase larga' }),
    ]) {
      expect(await codeOf(call)).toBe('forbidden');
    }
  });

  test('tokens are listed with their last use, and end at once when they are revoked', async () => {
    const { token, info } = await site.admin.call('token.create', { name: ' Otro ', scope: 'capture' });
    expect(info).toMatchObject({ name: 'Otro', scope: 'capture', lastUsedAt: null, revokedAt: null });
    expect(token).toMatch(/^bitacora_capture_[\w-]{43}$/);
    expect(token.endsWith(info.hint)).toBe(true);
    const other = { ...site, captureToken: token };
    expect((await send(other, change())).status).toBe(201);
    const found = async () => (await site.admin.call('token.list', {})).tokens.find(({ id }) => id === info.id);
    expect((await found())?.lastUsedAt).toMatch(/^20\d\d-/);
    const revoked = await site.admin.call('token.revoke', { id: info.id });
    expect(revoked.revokedAt).toMatch(/^20\d\d-/);
    expect((await send(other, change())).status).toBe(401);
    expect(await site.admin.call('token.revoke', { id: info.id })).toEqual(revoked);
    expect(await codeOf(site.admin.call('token.revoke', { id: 9999 }))).toBe('not_found');
    expect(JSON.stringify(await found())).not.toContain(token.slice(20));
  });
});

describe('what can’t be taken', () => {
  test.each([
    [{ eventId: 'x' }, 'eventId'],
    [{ eventId: 7 }, 'eventId'],
    [{ occurredAt: 'ayer' }, 'occurredAt'],
    [{ occurredAt: '2026-02-30T00:00:00Z' }, 'occurredAt'],
    [{ occurredAt: 1_772_360_000 }, 'occurredAt'],
    [{ event: {} }, 'event'],
    [{ event: 'x'.repeat(1001) }, 'event'],
    [{ actor: 7 }, 'actor'],
    [{ actor: { nombre: 'ana' } }, 'actor.nombre'],
    [{ actor: { id: [1] } }, 'actor.id'],
    [{ module: { number: 1.5 } }, 'module.number'],
    [{ module: [] }, 'module'],
    [{ status: 99 }, 'status'],
    [{ status: '200' }, 'status'],
    [{ request: 'GET /' }, 'request'],
    [{ request: { durationMs: 'x' } }, 'request.durationMs'],
    [{ request: { headers: {} } }, 'request.headers'],
    [{ extra: [] }, 'extra'],
    [{ evnt: 'CREATE' }, 'evnt'],
    [{ eventId: 'x', status: 'y' }, 'eventId, status'],
    [7, '(body)'],
    [null, '(body)'],
    [[[]], '(body)'],
    [[], '(body)'],
  ])('%j is 422 and names %s', async (body, fields) => {
    const before = await countAll();
    const answer = await send(site, body);
    expect([answer.status, answer.body.error.code, answer.body.error.details.fields]).toEqual([422, 'invalid', fields]);
    expect(await countAll()).toBe(before);
  });

  test('one bad entry keeps the whole batch out, and its place is named', async () => {
    const before = await countAll();
    const { status, body } = await send(site, [change(), change({ status: 1 }), change({ actor: { id: {} } }), 5]);
    expect([status, body.error.details.fields]).toEqual([422, '[1].status, [2].actor.id, [3]']);
    expect(await countAll()).toBe(before);
  });

  test('a fault never tells the value', async () => {
    const { body } = await send(site, { status: 'hunter2hunter2', eventId: 'hunter2hunter2' });
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  test.each([
    ['{"a":', {}, 400, 'unreadable'],
    ['{} {}', {}, 400, 'unreadable'],
    ['{}\nx\n', { 'content-type': 'application/x-ndjson' }, 400, 'unreadable'],
    [Buffer.from([0x22, 0xff, 0x22]), {}, 400, 'unreadable'],
    ['not gzip', { 'content-encoding': 'gzip' }, 400, 'unreadable'],
    [gzipSync('{}').subarray(0, 12), { 'content-encoding': 'gzip' }, 400, 'unreadable'],
    ['{}', { 'content-encoding': 'br' }, 415, 'unsupported_media'],
    ['{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media'],
    ['{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'unsupported_media'],
    ['{}', { 'content-type': '' }, 415, 'unsupported_media'],
    ['', {}, 400, 'unreadable'],
    ['['.repeat(100_000), {}, 400, 'unreadable'],
    [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, {}, 422, 'invalid'],
    [`{"request":{"body":${'['.repeat(10_000)}12345678901234567890${']'.repeat(10_000)}}}`, {}, 422, 'invalid'],
    [`{"extra":${'{"a":'.repeat(300)}1${'}'.repeat(300)}}`, {}, 422, 'invalid'],
  ] as const)('%.40s under %j is %s', async (body, headers, status, code) => {
    const answer = await send(site, body, headers);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect((await send(site, change())).status).toBe(201);
  });

  test('a body of 16 MiB is stored and comes back, one byte more is 413, packed or not', {
    timeout: 60_000,
  }, async () => {
    const frame = JSON.stringify({ detail: '' });
    const fits = JSON.stringify({ detail: 'x'.repeat(maxCaptureBytes - frame.length) });
    expect(fits.length).toBe(maxCaptureBytes);
    const { status, body } = await send(site, fits);
    expect(status).toBe(201);
    expect((await entryOf(body.ids[0])).detail?.length).toBe(maxCaptureBytes - frame.length);
    for (const [over, headers] of [
      [`${fits} `, {}],
      [gzipSync(`${fits} `), { 'content-encoding': 'gzip' }],
    ] as const) {
      const refused = await send(site, over, headers);
      expect([refused.status, refused.body.error.code]).toEqual([413, 'too_large']);
      expect((await send(site, change())).status).toBe(201);
    }
  });

  test('ten thousand entries are stored, one more is 413', async () => {
    const before = await countAll();
    const lines = `${JSON.stringify({ event: 'CREATE', target: 'x' })}\n`.repeat(maxBatchEntries);
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const { status, body } = await send(site, lines, ndjson);
    expect([status, body.stored]).toEqual([201, maxBatchEntries]);
    for (const [over, headers] of [
      [`${lines}{}`, ndjson],
      [JSON.stringify(Array(maxBatchEntries + 1).fill({})), {}],
    ] as const) {
      const refused = await send(site, over, headers);
      expect([refused.status, refused.body.error.code]).toEqual([413, 'too_many_entries']);
    }
    expect(await countAll()).toBe(before + maxBatchEntries);
  });
});

test('nothing of this was a bug', () => {
  expect(bugsIn(site.data)).toEqual([]);
});

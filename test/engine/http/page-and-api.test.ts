import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { procedures, type Status } from '#shared/contract/procedures.ts';
import type { View } from '#shared/contract/view.ts';
import { host, openTestEngine, type TestEngine } from './test-engine.ts';

let engine: TestEngine;
let ledgerState: Status['ledger']['state'] = 'open';
let views: View[] = [];
const count = 7;

const entry = (id: number): Entry => ({
  id,
  eventId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
  occurredAt: '2026-03-01T10:00:00Z',
  occurredText: '2026-03-01T10:00:00Z',
  receivedAt: '2026-03-02T10:00:00Z',
  actor: null,
  event: 'UPDATE',
  module: null,
  target: null,
  recordId: null,
  field: null,
  oldValue: null,
  newValue: `valor ${id} ${'x'.repeat(5000)}`,
  detail: null,
  action: null,
  status: null,
  request: null,
  source: null,
  sourceEntryId: null,
  origin: null,
  extra: null,
});

beforeAll(async () => {
  engine = await openTestEngine({
    'app.status': async () => ({
      version: '9.8.7',
      ledger: { state: ledgerState, path: '/x', error: null, entries: count, indexed: count, bytes: 1, demo: false },
      needsSetup: false,
    }),
    'log.page': async ({ view, start, limit }) => {
      views.push(view);
      const from = 'after' in start ? Number(start.after) : 0;
      const ids = Array.from({ length: count }, (_, i) => count - i).slice(from, from + limit);
      return {
        rows: ids.map((id) => {
          const { receivedAt, request, ...whole } = entry(id);
          return {
            ...whole,
            newValue: { text: 'valor', before: false, after: true },
            oldValue: null,
            detail: null,
            action: null,
          };
        }),
        position: from,
        newestId: view.newestId ?? count,
        now: view.now ?? '2026-11-21T00:00:00Z',
        total: { atLeast: count, exact: true },
        next: from + limit < count ? String(from + limit) : null,
      };
    },
    'log.entry': async ({ id }) => {
      if (id > count) throw new BitacoraError('entry_not_found', { id });
      return entry(id);
    },
  });
});
afterAll(() => engine.close());

const get = (url: string, session: string | null = 'auditor', headers: Record<string, string> = {}) =>
  engine.app.inject({
    method: 'GET',
    url,
    headers: { host, ...(session === null ? {} : { authorization: `Bearer ${session}` }), ...headers },
  });

describe('the page', () => {
  it('comes under a strict policy with a new nonce each time, and is never kept', async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const answer = await get('/', null);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-|\*/);
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
      expect(answer.body).toContain(`nonce="${nonce}"`);
      expect(answer.body).not.toContain('__BITACORA');
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it('has files that are kept when their name has a hash, and asked for again otherwise', async () => {
    const script = await get('/assets/a-1.js', null);
    expect(script.statusCode).toBe(200);
    expect(script.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': expect.stringMatching(/\/javascript; charset=utf-8$/),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect((await get('/icon.svg', null)).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/index.html',
    '/nothing',
    '/assets/',
    '/assets',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/.hidden',
  ])('is nothing else: %s', async (url) => {
    const answer = await get(url, null);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.body).not.toContain('secret\n');
    expect(answer.json()).toHaveProperty('error.code');
  });
});

describe('the HTTP API', () => {
  it('tells readiness to anybody', async () => {
    ledgerState = 'open';
    expect((await get('/api/health', null)).json()).toEqual({
      status: 'ok',
      version: '9.8.7',
      ledger: 'open',
      needsSetup: false,
    });
    ledgerState = 'failed';
    const failed = await get('/api/health', null);
    expect(failed.statusCode).toBe(503);
    expect(failed.json()).toMatchObject({ error: { code: 'unavailable' } });
    ledgerState = 'open';
  });

  it('lists whole entries, page after page, in one frozen view', async () => {
    views = [];
    const ids: number[] = [];
    let after = '';
    do {
      const answer = await get(`/api/entries?query=evento%3AUPDATE&sort=-id&limit=3&zone=America/Mexico_City${after}`);
      expect(answer.statusCode).toBe(200);
      const { entries, next, total } = answer.json<{ entries: Entry[]; next: string | null; total: object }>();
      expect(total).toEqual({ atLeast: count, exact: true });
      for (const one of entries) {
        expect(one).toEqual(entry(one.id));
        ids.push(one.id);
      }
      after = next === null ? '' : `&after=${next}`;
    } while (after !== '');
    expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(views.map(({ newestId, now }) => [newestId, now])).toEqual([
      [null, null],
      [7, '2026-11-21T00:00:00Z'],
      [7, '2026-11-21T00:00:00Z'],
    ]);
    expect(views[0]).toMatchObject({
      sort: { column: 'id', descending: true },
      reading: { zone: 'America/Mexico_City', ignoreAccents: false },
    });
  });

  it('needs a session before it says anything else', async () => {
    for (const url of ['/api/entries', '/api/entries/1', '/api/entries?query=%22', '/api/entries/99']) {
      expect((await get(url, null)).statusCode).toBe(401);
      expect((await get(url, 'stranger')).statusCode).toBe(401);
    }
  });

  it.each([
    ['/api/entries?limit=0', 422, 'limit'],
    ['/api/entries?limit=1001', 422, 'limit'],
    ['/api/entries?limit=x', 422, 'limit'],
    ['/api/entries?sort=nothing', 422, 'sort'],
    ['/api/entries?sort=--id', 422, 'sort'],
    ['/api/entries?accents=maybe', 422, 'accents'],
    ['/api/entries?after=nonsense', 422, 'after'],
    ['/api/entries?query=a&query=b', 422, 'query'],
    ['/api/entries/abc', 422, 'id'],
    ['/api/entries/-1', 422, 'id'],
  ])('names what is not valid: %s', async (url, expected, field) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(expected);
    expect(answer.json()).toMatchObject({ error: { code: 'invalid', details: { fields: field } } });
  });

  it('refuses a bookmark of another question, and points at what can’t be read in a query', async () => {
    const { next } = (await get('/api/entries?query=a&limit=1')).json<{ next: string }>();
    expect((await get(`/api/entries?query=a&limit=1&after=${next}`)).statusCode).toBe(200);
    expect((await get(`/api/entries?query=b&limit=1&after=${next}`)).statusCode).toBe(422);
    const unreadable = await get('/api/entries?query=evento:', 'auditor', { 'accept-language': 'es' });
    expect(unreadable.statusCode).toBe(400);
    expect(unreadable.json()).toMatchObject({ error: { code: 'query_unreadable' } });
    expect(unreadable.json<{ error: { message: string } }>().error.message).toMatch(/^No se entiende la consulta/);
  });

  it('gives one entry by its ID', async () => {
    expect((await get('/api/entries/3')).json()).toEqual(entry(3));
    for (const id of ['0', '99', '9007199254740993']) {
      const missing = await get(`/api/entries/${id}`);
      expect(missing.statusCode).toBe(404);
      expect(missing.json()).toMatchObject({ error: { code: 'entry_not_found' } });
    }
  });

  it('describes every public procedure and route, and none of the host’s', async () => {
    const { openapi, paths } = (await get('/api/openapi.json', null)).json<{ openapi: string; paths: object }>();
    expect(openapi).toBe('3.1.0');
    const expected = Object.entries(procedures)
      .filter(([, { access }]) => access !== 'host')
      .map(([name]) => `/rpc/${name}`);
    expect(Object.keys(paths).filter((path) => path.startsWith('/rpc/'))).toEqual(expected);
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/entries', '/api/entries/{id}', '/api/health', '/api/openapi.json', '/upload']),
    );
  });
});

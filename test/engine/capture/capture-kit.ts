import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import type { Engine } from '#main/engine/create-engine.ts';
import type { HttpHost } from '#main/http/create-http-host.ts';
import type { CaptureReceipt } from '#shared/contract/capture.ts';
import type { WireError } from '#shared/contract/errors.ts';
import { spellingsOf } from '../../unit/redaction/planted-secrets.ts';
import { type Caller, openEngine, setUp, temporaryFolder } from '../engine/engine-kit.ts';
import { openHost } from '../http/open-host.ts';

const hosts: HttpHost[] = [];
afterAll(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

export interface CaptureSite {
  readonly engine: Engine;
  readonly data: string;
  readonly url: string;
  readonly admin: Caller;
  readonly session: string;
  readonly captureToken: string;
  readonly readToken: string;
}

/** A real engine behind a real HTTP server, with a token of each kind. */
export const openCaptureSite = async ({ recordReads = false } = {}): Promise<CaptureSite> => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const engine = await openEngine(data);
  const { admin, session } = await setUp(engine);
  const host = await openHost(engine.dispatch, data);
  hosts.push(host);
  // Tests that count entries while they read them don't count their own reading.
  const settings = await admin.call('capture.readSettings', {});
  if (settings.recordReads !== recordReads) await admin.call('capture.writeSettings', { ...settings, recordReads });
  const { token: captureToken } = await admin.call('token.create', { name: 'Pozos', scope: 'capture' });
  const { token: readToken } = await admin.call('token.create', { name: 'Informe', scope: 'read' });
  return { engine, data, url: host.url, admin, session: session.token, captureToken, readToken };
};

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: CaptureReceipt & { readonly error: WireError & { readonly details: { readonly fields?: string } } };
}

export const send = async (
  site: CaptureSite,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> => {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await fetch(`${site.url}/api/entries`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${site.captureToken}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: raw ? (body as string) : JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answered['body'] };
};

export const getJson = async (
  site: CaptureSite,
  route: string,
  token: string | null = site.readToken,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> => {
  const answer = await fetch(new URL(route, site.url), {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

export const change = (cells: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  eventId: randomUUID(),
  occurredAt: '2026-03-10T09:15:00.000Z',
  actor: { id: 7, login: 'maria.lopez', name: 'María López', email: 'maria@example.org' },
  event: 'UPDATE',
  module: { number: 1, name: 'PTEs' },
  target: 'PTE',
  recordId: 456,
  field: 'estatus',
  oldValue: '1 (PENDIENTE)',
  newValue: '2 (EN PROCESO)',
  detail: 'Status changed for PTE-2026-123',
  ...cells,
});

/** Every byte that a folder keeps. */
export const bytesUnder = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file)),
  );

/** Nothing of what was planted is among the bytes, however it is spelled. */
export const expectNothingOf = (bytes: Buffer, needles: readonly string[]): void => {
  for (const needle of needles) {
    for (const spelling of spellingsOf(needle)) {
      if (spelling.length >= 8) expect(bytes.includes(spelling), spelling).toBe(false);
      // Also as the search index has it, in small letters.
      if (spelling.length >= 12) expect(bytes.includes(spelling.toLowerCase()), spelling).toBe(false);
    }
  }
};

/** The places of an entry in which something can be planted. */
export const plantingPlaces: readonly ((body: unknown) => Record<string, unknown>)[] = [
  (body) => change({ request: { method: 'POST', path: '/api/x/', body } }),
  (body) => change({ request: { method: 'POST', path: '/api/x/', responseBody: body } }),
  (body) => change({ extra: { told: body } }),
  (body) => change({ detail: body }),
  (body) => change({ newValue: body, oldValue: body }),
];
export const textPlaces: readonly ((body: string) => Record<string, unknown>)[] = [
  (text) => change({ action: text }),
  (text) => change({ request: { path: text, query: text } }),
  (text) => change({ recordId: text, sourceEntryId: text }),
  (text) => change({ target: text, module: { name: text }, source: text, event: text }),
  (text) => change({ actor: { id: text, login: text, name: text, email: text } }),
];

import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../engine/capture/built-engine.ts';
import {
  bytesUnder,
  expectNothingOf,
  openCaptureSite,
  plantingPlaces,
  textPlaces,
} from '../../engine/capture/capture-kit.ts';
import { bugsIn, connect, temporaryFolder, wholeLog } from '../../engine/engine/engine-kit.ts';
import { plantedSecrets } from '../../unit/redaction/planted-secrets.ts';
import { openHost, python, startWatchedProgram, until } from './django-kit.ts';

interface Asked {
  readonly path: string;
  readonly type: string;
  readonly body: string | null;
}

const json = (where: string, body: unknown): Asked => ({
  path: where,
  type: 'application/json',
  body: JSON.stringify(body),
});

/** A body as a program of the web would send it, by what it looks like. */
const asItIs = (body: unknown): Asked => {
  if (typeof body !== 'string') return json('/echo/', body);
  if (body.startsWith('--x7')) return { path: '/echo/', type: 'multipart/form-data; boundary=x7', body };
  if (/^[^\s=&]+=\S*$/.test(body)) return { path: '/echo/', type: 'application/x-www-form-urlencoded', body };
  if (/^\s*[[{]/.test(body)) return { path: '/echo/', type: 'application/json', body };
  return { path: '/echo/', type: 'text/plain', body };
};

/** The ways in which a Django program comes by a secret, one after the other. */
const ways: readonly ((body: unknown, place: number) => Asked)[] = [
  asItIs,
  asItIs,
  (body) =>
    // An address has no line breaks, which would be left out.
    typeof body === 'string' && !/[\r\n]/.test(body)
      ? { path: `/echo/?${body.replace(/^.*\?/s, '')}`, type: 'text/plain', body: null }
      : asItIs(body),
  (body) =>
    typeof body === 'string' && /^\/[\w/]/.test(body)
      ? { path: body, type: 'text/plain', body: null }
      : { path: '/echo/', type: '', body: typeof body === 'string' ? body : JSON.stringify(body) },
  (body) => json('/note/', { told: body }),
  (body) => json('/call/', { told: typeof body === 'string' ? body : JSON.stringify(body) }),
  (body, place) => {
    const text = typeof body === 'string' && body.length < 900 && place % 2 === 0 ? body : null;
    const list = text === null ? plantingPlaces : textPlaces;
    const put = list[Math.floor(place / 7) % list.length] as (body: unknown) => Record<string, unknown>;
    return json('/record/', put(text ?? body));
  },
];

test.skipIf(python === undefined)(
  'five hundred secrets that pass through a Django program while Bitácora is away: none is on disk, there or here',
  { timeout: 120_000 },
  async () => {
    const site = await openCaptureSite();
    const port = await freePort();
    const spool = path.join(temporaryFolder(), 'spool');
    const program = startWatchedProgram(`http://127.0.0.1:${port}`, site.captureToken, spool);
    try {
      const url = `http://127.0.0.1:${await program.line()}`;
      const planted = plantedSecrets(500, 78);
      expect(new Set(planted.map(({ carrier }) => carrier)).size).toBeGreaterThan(35);
      for (const [place, { body }] of planted.entries()) {
        const { path: where, type, body: sent } = (ways[place % ways.length] as (typeof ways)[number])(body, place);
        const answer = await fetch(url + where, {
          method: 'POST',
          headers: { 'content-type': type },
          // Bytes: a text would be given a type where there is none.
          body: sent === null ? null : new TextEncoder().encode(sent),
        });
        await answer.arrayBuffer();
        expect([where, answer.status]).toEqual([where, 200]);
      }
      const state = async (): Promise<Record<string, unknown>> =>
        (await (await fetch(`${url}/status/`)).json()) as Record<string, unknown>;
      await until(async () => (await state()).problem !== null);
      expect(await state()).toMatchObject({ dropped: 0, failed: 0, refused: 0, sent: 0 });
      const needles = [...planted.map(({ secret }) => secret.needle), site.captureToken];
      const waiting = bytesUnder(spool);
      expectNothingOf(waiting, needles);
      for (const kept of ['"REQUEST"', 'guardar_nota', 'PTE-2026-123', '[redacted:', '"nota"', '"datos"', '"failed"'])
        expect(waiting.includes(kept), kept).toBe(true);

      const host = await openHost(site, port);
      try {
        await until(async () => (await state()).problem === null);
        await until(async () => {
          const { waiting_files: files } = await state();
          return Number(files) <= 1;
        });
        expect(await state()).toMatchObject({ dropped: 0, failed: 0, refused: 0 });
        // Each of the ways left its entries: 500 requests at least, and what they did.
        expect((await site.admin.call('log.count', { view: wholeLog() })).count).toBeGreaterThan(900);
        await connect(site.engine, 'host').call('index.catchUp', {});
        const stored = bytesUnder(site.data);
        expectNothingOf(stored, needles);
        for (const kept of ['PTE-2026-123', '[redacted:', 'guardar_nota'])
          expect(stored.includes(kept), kept).toBe(true);
      } finally {
        await host.close();
      }
      expectNothingOf(bytesUnder(spool), needles);
      expectNothingOf(program.log(), needles);
      expect(program.log().toString()).toContain("Bitácora can't be reached");
      expect(existsSync(path.join(spool, 'refused'))).toBe(false);
      expect(bugsIn(site.data)).toEqual([]);
    } finally {
      await program.end();
    }
  },
);

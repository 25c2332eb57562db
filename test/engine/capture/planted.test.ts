import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { plantedSecrets } from '../../unit/redaction/planted-secrets.ts';
import { bugsIn, codeOf, connect } from '../engine/engine-kit.ts';
import {
  bytesUnder,
  change,
  expectNothingOf,
  openCaptureSite,
  plantingPlaces,
  send,
  textPlaces,
} from './capture-kit.ts';

test('five hundred secrets in bodies of every form: none is on disk', { timeout: 120_000 }, async () => {
  const site = await openCaptureSite();
  const planted = plantedSecrets(500, 77);
  expect(new Set(planted.map(({ carrier }) => carrier)).size).toBeGreaterThan(35);
  const entries = planted.map(({ body }, i) => {
    const text = i % 3 === 0 && typeof body === 'string' && body.length < 900 ? body : null;
    return text === null
      ? (plantingPlaces[i % plantingPlaces.length] as (typeof plantingPlaces)[number])(body)
      : (textPlaces[i % textPlaces.length] as (typeof textPlaces)[number])(text);
  });
  for (let start = 0; start < entries.length; start += 50) {
    const some = entries.slice(start, start + 50);
    const lines = some.map((entry) => JSON.stringify(entry)).join('\n');
    const answer = await send(
      site,
      ...((start % 100 === 0
        ? [JSON.stringify(some), {}]
        : [gzipSync(lines), { 'content-encoding': 'gzip', 'content-type': 'application/x-ndjson' }]) as [
        string | Uint8Array,
        Record<string, string>,
      ]),
    );
    expect([answer.status, answer.body.stored]).toEqual([201, 50]);
  }
  // The change of a secret field, told field by field; a body that is refused; one that can't be read.
  await send(site, change({ field: 'password', oldValue: 'vieja-hunter2hunter2', newValue: 'nueva-hunter2hunter2' }));
  expect((await send(site, { status: 'x', detail: 'password=rechazada-hunter2hunter2' })).status).toBe(422);
  expect((await send(site, '{"password":"ilegible-hunter2hunter2"')).status).toBe(400);
  await connect(site.engine, 'host').call('index.catchUp', {});
  const needles = [...planted.map(({ secret }) => secret.needle), 'hunter2hunter2', site.captureToken, site.readToken];
  expectNothingOf(bytesUnder(site.data), needles);
  // What is no secret is there: the search above looks where things are.
  const bytes = bytesUnder(site.data);
  for (const kept of ['maria.lopez', 'PTE-2026-123', '[redacted:']) expect(bytes.includes(kept), kept).toBe(true);
  expect(bugsIn(site.data)).toEqual([]);
});

test('the list of names is a setting that holds from the next entry on', async () => {
  const site = await openCaptureSite();
  const { secretKeys } = await site.admin.call('capture.readSettings', {});
  expect(secretKeys).toContain('password');
  await site.admin.call('capture.writeSettings', { secretKeys: [...secretKeys, 'matrícula'] });
  const { body } = await send(site, { extra: { Matricula: 'XYZ-998-877', x: 'password=hunter2hunter2' } });
  expect(body.stored).toBe(1);
  expectNothingOf(bytesUnder(site.data), ['XYZ-998-877', 'hunter2hunter2']);
  expect(await site.admin.call('capture.readSettings', {})).toEqual({
    secretKeys: [...secretKeys, 'matrícula'],
    recordReads: true,
  });
  expect(await codeOf(site.admin.call('capture.writeSettings', { secretKeys: ['x'] }))).toBe('invalid');
});

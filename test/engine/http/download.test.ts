import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BitacoraError } from '#shared/contract/errors.ts';
import { host, openTestEngine, type TestEngine } from './test-engine.ts';

let engine: TestEngine | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

const content = 'id\r\n1\r\n';
const sha256 = createHash('sha256').update(content).digest('hex');
const name = 'informe "año" 2026; x.csv';

/** An engine whose exports write `content` to the place that was granted. */
const open = async (fails = false, volumes = 1): Promise<TestEngine> => {
  const places: string[] = [];
  engine = await openTestEngine({
    'session.reader': async (_input, { caller }) => {
      if (caller.kind !== 'account') throw new BitacoraError('unauthenticated');
      return { kind: 'account', name: caller.account.login };
    },
    'export.grant': async ({ path }) => {
      places.push(path);
      return { grant: 'g', name: 'x' };
    },
    'export.run': async () => {
      if (fails) throw new BitacoraError('export_disk_full', { path: 'x' });
      await writeFile(places[0] ?? '', content);
      const files = Array.from({ length: volumes }, (_none, place) => ({
        name: place === 0 ? 'bitacora.csv' : `bitacora (${place + 1}).csv`,
        bytes: content.length,
        sha256,
      }));
      const sideFile = { name: 'bitacora.csv.completeness.json', bytes: 2, sha256 };
      return { rows: 1, firstId: 1, lastId: 1, files, sideFile, shortened: 0, entryId: 2 };
    },
    'export.bundle': async ({ files, target }) => {
      const text = files.map((file) => path.basename(file)).join('\n');
      await writeFile(target, text);
      return { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
    },
    'export.files': async ({ job }) => {
      if (job !== 'j') throw new BitacoraError('not_found', { what: 'export' });
      await writeFile(places[0] ?? '', content);
      return { files: [places[0] ?? ''], sideFile: null };
    },
  });
  return engine;
};

const post = (url: string, payload: object, session: string | null = 'auditor') =>
  (engine as TestEngine).app.inject({
    method: 'POST',
    url,
    payload,
    headers: { host, ...(session === null ? {} : { authorization: `Bearer ${session}` }) },
  });
const get = (url: string) => (engine as TestEngine).app.inject({ method: 'GET', url, headers: { host } });

describe('POST /api/export', () => {
  it('answers with the document, its hash and its number of entries, and keeps nothing', async () => {
    const { folder } = await open();
    const answer = await post('/api/export', { format: 'csv', query: 'evento:UPDATE' });
    expect([answer.statusCode, answer.body]).toEqual([200, content]);
    expect(answer.headers['x-bitacora-rows']).toBe('1');
    expect(answer.headers['repr-digest']).toBe(`sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
    expect(answer.headers['content-disposition']).toContain('attachment; filename="bitacora.csv"');
    await expect.poll(() => readdir(`${folder}/downloads`)).toEqual([]);
  });

  it('answers with all volumes in a ZIP file, and with the sheet beside a document when asked to', async () => {
    const { folder } = await open(false, 3);
    const answer = await post('/api/export', { format: 'csv' });
    expect([answer.statusCode, answer.body.split('\n')]).toEqual([
      200,
      ['bitacora.csv', 'bitacora (2).csv', 'bitacora (3).csv', 'bitacora.csv.completeness.json'],
    ]);
    const digest = createHash('sha256').update(answer.body).digest('base64');
    expect(answer.headers).toMatchObject({ 'content-type': 'application/zip', 'repr-digest': `sha-256=:${digest}:` });
    expect(answer.headers['content-disposition']).toContain('filename="bitacora.zip"');
    await engine?.close();
    await open();
    const bundled = await post('/api/export', { format: 'csv', bundle: true });
    expect(bundled.body).toBe('bitacora.csv\nbitacora.csv.completeness.json');
    await expect.poll(() => readdir(`${folder}/downloads`).catch(() => [])).toEqual([]);
  });

  it('is refused in one sentence, and keeps nothing', async () => {
    const { folder } = await open(true);
    expect((await post('/api/export', { format: 'csv' }, null)).statusCode).toBe(401);
    expect((await post('/api/export', { format: 'docx' })).statusCode).toBe(422);
    expect((await post('/api/export', { format: 'csv', query: 'id:x' })).statusCode).toBe(400);
    const full = await post('/api/export', { format: 'csv' });
    expect([full.statusCode, full.json().error.code]).toEqual([507, 'export_disk_full']);
    expect(await readdir(`${folder}/downloads`)).toEqual([]);
  });
});

describe('a browser’s download', () => {
  it('is fetched once, under its name', async () => {
    await open();
    expect((await post('/downloads/target', { name })).json()).toEqual({ grant: 'g', name: 'x' });
    const { address } = (await post('/downloads/ticket', { job: 'j', file: 0 })).json() as { address: string };
    const fetched = await get(address);
    expect([fetched.statusCode, fetched.body]).toEqual([200, content]);
    const disposition = String(fetched.headers['content-disposition']);
    expect(disposition).toMatch(/^attachment; filename="[\w .;]+"; filename\*=UTF-8''[\w.%-]+$/);
    expect(decodeURIComponent(disposition.split("''")[1] ?? '')).toBe('informe _año_ 2026; x.csv');
    expect((await get(address)).statusCode).toBe(404);
  });

  it('is shown by the browser only when it is a PDF and is asked for so', async () => {
    await open();
    const shownAs = async (given: string, show: boolean): Promise<unknown[]> => {
      const { address } = (await post('/downloads/ticket', { job: 'j', file: 0, show })).json() as { address: string };
      const { headers, body } = await get(address);
      return [given, String(headers['content-disposition']).split(';')[0], headers['content-type'], body];
    };
    await post('/downloads/target', { name: 'a.pdf' });
    expect(await shownAs('pdf', true)).toEqual(['pdf', 'inline', 'application/pdf', content]);
    expect(await shownAs('pdf', false)).toEqual(['pdf', 'attachment', 'application/octet-stream', content]);
    await engine?.close();
    await open();
    await post('/downloads/target', { name: 'a.html' });
    expect(await shownAs('html', true)).toEqual(['html', 'attachment', 'application/octet-stream', content]);
  });

  it('is nobody’s who has not signed in, and of nothing that was not exported', async () => {
    await open();
    expect((await post('/downloads/target', { name }, null)).statusCode).toBe(401);
    expect((await post('/downloads/ticket', { job: 'j', file: 0 }, null)).statusCode).toBe(401);
    await post('/downloads/target', { name });
    expect((await post('/downloads/ticket', { job: 'other', file: 0 })).statusCode).toBe(404);
    expect((await post('/downloads/ticket', { job: 'j', file: 7 })).statusCode).toBe(404);
    expect((await post('/downloads/ticket', { job: 'j', file: 'side' })).statusCode).toBe(404);
    expect((await post('/downloads/ticket', { job: 'j', file: '../x' })).statusCode).toBe(422);
    expect((await get('/downloads/made-up')).statusCode).toBe(404);
  });
});

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { safeFileName } from '#main/http/passing-folder.ts';
import { openUploadFolder } from '#main/http/upload-folder.ts';
import { host, openTestEngine, type TestEngine } from './test-engine.ts';

let engine: TestEngine | undefined;
let granted: string[] = [];
const open = async (): Promise<TestEngine> => {
  granted = [];
  engine = await openTestEngine({
    'file.grant': async ({ path }, { caller }) => {
      expect(caller.kind).toBe('host');
      granted.push(path);
      return { grant: 'g1', name: 'name', bytes: (await stat(path)).size };
    },
  });
  return engine;
};
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

const send = (session: string | null, name: string | null, payload: Buffer | string = 'id;fecha\n') => {
  if (engine === undefined) throw new Error('not open');
  return engine.app.inject({
    method: 'POST',
    url: name === null ? '/upload' : `/upload?name=${encodeURIComponent(name)}`,
    headers: {
      host,
      'content-type': 'application/octet-stream',
      ...(session === null ? {} : { authorization: `Bearer ${session}` }),
    },
    payload,
  });
};

describe('an upload', () => {
  it('of an administrator becomes a private file with its name, and a grant', async () => {
    await open();
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 256));
    const answer = await send('admin', 'año 2025/../rastro.csv', content);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ grant: 'g1', name: 'name', bytes: content.length });
    const [path = ''] = granted;
    expect(path.startsWith(engine?.uploads ?? '?')).toBe(true);
    expect(path.endsWith('/rastro.csv')).toBe(true);
    expect(await readFile(path)).toEqual(content);
    if (process.platform !== 'win32') {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    }
  });

  it.each([
    [null, 'x.csv', 401],
    ['auditor', 'x.csv', 403],
    ['admin', null, 422],
    ['admin', '', 422],
  ] as const)('by %s with name %s is refused and leaves nothing: %i', async (session, name, expected) => {
    await open();
    const answer = await send(session, name);
    expect(answer.statusCode).toBe(expected);
    expect(granted).toEqual([]);
    expect(await readdir(engine?.folder ?? '')).not.toContain('uploads');
  });

  it('that breaks off leaves nothing, and the folder starts and ends empty', async () => {
    const { folder } = await open();
    const place = join(folder, 'uploads-2');
    const uploads = await openUploadFolder(place);
    const broken = new Readable({
      read() {
        this.push('half');
        this.destroy(new Error('torn'));
      },
    });
    const { signal } = new AbortController();
    await expect(uploads.receive('a', broken, signal)).rejects.toThrow('torn');
    expect(await readdir(place)).toEqual([]);
    await uploads.receive('a', Readable.from(['whole']), signal);
    expect(await readdir(place)).toHaveLength(1);
    await openUploadFolder(place);
    expect(await readdir(folder)).not.toContain('uploads-2');
  });
});

describe('a name that a browser gave', () => {
  it('never leaves its folder, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.constantFrom('..', '.', '/', '\\', 'a/..', 'C:\\x', '\u0000'),
        ),
        (name) => {
          const safe = safeFileName(name);
          expect(safe).not.toMatch(/[/\\]|^\.{0,2}$/);
          expect(safe).not.toContain('\0');
          expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255);
          expect(safe.isWellFormed()).toBe(true);
        },
      ),
    );
    expect(safeFileName('C:\\Users\\ana\\Registro año 2025.csv.gz')).toBe('Registro año 2025.csv.gz');
    expect(safeFileName(`${'ñ'.repeat(300)}.csv.gz`)).toMatch(/ñ\.csv\.gz$/);
  });
});

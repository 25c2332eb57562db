import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder, openApp } from '../e2e/open-app.ts';

const frameAnswer = (call: object): string => `new Promise((resolve) => {
  window.bitacora.onMessage((m) => m.t === 'frame' && resolve(m.frame));
  window.bitacora.send(${JSON.stringify(call)});
})`;

test('navigation, new windows, frames of other pages and downloads are denied', async () => {
  const { page } = await openApp();
  const before = page.url();
  expect(before).toBe('app://bitacora/index.html');
  expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true);
  await page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'file:///etc/passwd';
    document.body.append(link);
    link.click();
  });
  await page.waitForTimeout(300);
  expect(page.url()).toBe(before);
  expect(page.context().pages()).toHaveLength(1);
});

test('app:// serves the page and nothing beside it', async () => {
  const { page } = await openApp();
  const statuses = await page.evaluate(async () => {
    const asked = [
      '/index.html',
      '/',
      '/../main/engine.js',
      '/%2e%2e/electron/main.cjs',
      '/..%5cmain%5cengine.js',
      '/%',
    ];
    return Promise.all(asked.map(async (file) => [file, (await fetch(`app://bitacora${file}`)).status]));
  });
  expect(statuses).toEqual([
    ['/index.html', 200],
    ['/', 200],
    ...['/../main/engine.js', '/%2e%2e/electron/main.cjs', '/..%5cmain%5cengine.js', '/%'].map((file) => [file, 404]),
  ]);
});

test('frames travel to the engine and back; malformed ones are dropped; host procedures are refused to a window', async () => {
  const { page } = await openApp();
  await page.evaluate(() => {
    for (const frame of [
      null,
      1,
      'call',
      {},
      { t: 'call' },
      { t: 'call', id: 'x', procedure: 'app.status' },
      { t: 'ok', id: 1 },
    ]) {
      window.bitacora?.send(frame as never);
    }
  });
  const status = { t: 'call', id: 9001, procedure: 'app.status', input: {} };
  expect(await page.evaluate(frameAnswer(status))).toMatchObject({ t: 'ok', id: 9001, value: { ledger: {} } });
  const grant = { t: 'call', id: 9002, procedure: 'file.grant', input: { path: '/etc/passwd' } };
  expect(await page.evaluate(frameAnswer(grant))).toMatchObject({ t: 'error', id: 9002, error: { code: 'forbidden' } });
});

test('a file that a person chose or dropped is granted by name; one that a script made up is not', async () => {
  const app = await openApp();
  const file = path.join(await freshFolder(), 'trail.ndjson');
  await writeFile(file, '{"id":1}\n');
  let granted: unknown;
  await app.chooseFile(file, async () => {
    granted = await app.page.evaluate(() => window.bitacora?.chooseFile('import'));
  });
  expect(granted).toEqual({ grant: expect.any(String), name: 'trail.ndjson', bytes: 9 });

  await app.page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'test-file';
    document.body.append(input);
  });
  await app.page.setInputFiles('#test-file', file);
  expect(
    await app.page.evaluate(() => {
      const [first] = document.querySelector<HTMLInputElement>('#test-file')?.files ?? [];
      return first && window.bitacora?.grantDropped(first);
    }),
  ).toEqual({ grant: expect.any(String), name: 'trail.ndjson', bytes: 9 });

  expect(
    await app.page.evaluate(() =>
      window.bitacora?.grantDropped(new File(['x'], '/etc/passwd')).then(
        () => 'granted',
        (error: Error) => error.message,
      ),
    ),
  ).toContain('"code":"file_not_found"');
});

test('an engine that is killed comes back, and the page hears of it', async () => {
  const app = await openApp();
  await app.page.evaluate(frameAnswer({ t: 'call', id: 9001, procedure: 'app.status', input: {} }));
  await app.page.evaluate(() => {
    const states: string[] = [];
    Object.assign(window, { testStates: states });
    window.bitacora?.onMessage((message) => message.t === 'engine' && states.push(message.state));
  });
  await app.engineKill();
  await app.page.waitForFunction(() => (window as unknown as { testStates: string[] }).testStates.at(-1) === 'up');
  expect(await app.page.evaluate('testStates')).toEqual(['down', 'up']);
  const again = { t: 'call', id: 9003, procedure: 'app.status', input: {} };
  expect(await app.page.evaluate(frameAnswer(again))).toMatchObject({ t: 'ok', id: 9003 });
});

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freshFolder, openApp } from '../e2e/open-app.ts';
import { electronHere } from '../e2e/open-in-electron.ts';
import { root } from '../e2e/program.ts';

test('a second start over the same data folder ends by itself and leaves the first alone', async () => {
  const dataFolder = await freshFolder();
  const { page } = await openApp({ dataFolder });
  await page.waitForSelector('#root :is(button, input)');
  const { executable, args, env } = await electronHere();
  await promisify(execFile)(executable, [...args, root, `--data=${dataFolder}`], { env, timeout: 30_000 });
  expect(await page.evaluate(() => document.visibilityState)).toBe('visible');
});

test('the window’s place is remembered when it closes', async () => {
  const dataFolder = await freshFolder();
  const app = await openApp({ dataFolder });
  await app.page.waitForSelector('#root :is(button, input)');
  await app.close();
  const place: unknown = JSON.parse(await readFile(path.join(dataFolder, 'window', 'window-place.json'), 'utf8'));
  expect(place).toMatchObject({ bounds: { width: expect.any(Number) }, maximized: false });
});

import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { freshFolder } from '../e2e/open-app.ts';
import { electronHere } from '../e2e/open-in-electron.ts';
import { patience } from '../e2e/person.ts';
import { root, runCommand } from '../e2e/program.ts';
import { readPdf } from '../unit/export/read-pdf.ts';

/** Pages of a document that takes a while. */
const rows = 6000;
const password = 'una frase bastante larga';

let dataFolder: string;
let out: string;
beforeEach(async () => {
  dataFolder = await freshFolder();
  out = await freshFolder();
  await runCommand(['demo', '--rows', String(rows), '--data', dataFolder]);
  await runCommand(['account', 'create', 'ana', '--role', 'admin', '--data', dataFolder], password);
});

/** What the shell said in boxes, and a way to press one of their buttons: they are the system's own, which no test sees. */
interface Boxes {
  readonly told: { message: string; detail: string; buttons: string[] }[];
  press: (button: number) => void;
}

const open = async (): Promise<ElectronApplication> => {
  const { executable, args, env } = await electronHere();
  const app = await _electron.launch({
    executablePath: executable,
    args: [...args, '--disable-gpu', '--lang=es-MX', root, `--data=${dataFolder}`],
    env: { ...env, LANGUAGE: 'es_MX' },
  });
  onTestFinished(() => app.close().catch(() => undefined));
  await app.evaluate(({ dialog }, into) => {
    const boxes: Boxes = { told: [], press: () => undefined };
    Object.assign(globalThis, { boxes });
    dialog.showMessageBox = ((options: Electron.MessageBoxOptions) =>
      new Promise((resolve) => {
        const { message, detail = '', buttons = [], cancelId = 0, signal } = options;
        boxes.told.push({ message, detail, buttons });
        boxes.press = (response) => resolve({ response, checkboxChecked: false });
        signal?.addEventListener('abort', () => boxes.press(cancelId));
      })) as never;
    dialog.showSaveDialog = (() => Promise.resolve({ canceled: false, filePath: `${into}/fichas.pdf` })) as never;
  }, out);
  return app;
};

const told = (app: ElectronApplication): Promise<Boxes['told']> =>
  app.evaluate(() => (globalThis as unknown as { boxes: Boxes }).boxes.told);

/** Begins an export of a sheet an entry, as the window does it. */
const startExport = async (page: Page): Promise<void> => {
  await page.locator('#root :is(main, h1)').first().waitFor();
  await page.evaluate(async (given) => {
    const call = (procedure: string, input: object, session?: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const id = 9000 + Math.floor(Math.random() * 1e6);
        window.bitacora?.onMessage((message) => {
          if (message.t !== 'frame' || message.frame.id !== id) return;
          if (message.frame.t === 'ok') resolve(message.frame.value);
          if (message.frame.t === 'error') reject(new Error(message.frame.error.code));
        });
        window.bitacora?.send({ t: 'call', id, procedure, input, session });
      });
    const { token } = (await call('session.signIn', { login: 'ana', password: given })) as { token: string };
    const target = await window.bitacora?.chooseTarget('fichas.pdf');
    const view = {
      query: { clauses: [] },
      sort: { column: 'id', descending: false },
      reading: { zone: 'UTC', ignoreAccents: true },
      newestId: null,
      now: null,
    };
    const options = { pdf: { paper: 'a4', orientation: 'portrait', layout: 'sheets' } };
    const request = { view, format: 'pdf', zone: 'UTC', language: 'es', options };
    await call('export.start', { grant: target?.grant, request }, token);
  }, password);
};

const box = {
  message: 'Hay una exportación en curso.',
  detail: 'Bitácora se cerrará sola en cuanto todo esté en el disco y comprobado.',
  buttons: ['Cancelar y salir', 'No salir'],
};

test('the last window closes on a running export: Bitácora says so, stays when asked to, and ends when it is on the disk', async () => {
  const app = await open();
  const ended = once(app.process(), 'exit');
  const first = await app.firstWindow();
  await startExport(first);

  const again = app.waitForEvent('window');
  await first.close();
  await expect.poll(() => told(app), patience).toEqual([box]);
  await app.evaluate(() => (globalThis as unknown as { boxes: Boxes }).boxes.press(1));
  const second = await again;
  await second.locator('#root :is(main, h1)').first().waitFor();

  await second.close();
  await expect.poll(() => told(app), patience).toEqual([box, box]);
  expect((await readdir(out)).every((name) => name.endsWith('.partial'))).toBe(true);
  await ended;
  expect(await readdir(out)).toEqual(['fichas.pdf']);
  const { pages } = await readPdf(await readFile(path.join(out, 'fichas.pdf')));
  expect(pages.length).toBeGreaterThan(rows);
});

test('whoever cancels the exports and quits leaves nothing half-made; beside the window the command line exports too', async () => {
  const app = await open();
  const ended = once(app.process(), 'exit');
  const page = await app.firstWindow();
  await page.locator('#root :is(main, h1)').first().waitFor();
  const words = ['export', '--to', path.join(out, 'beside.csv'), '--json', '--data', dataFolder];
  expect(JSON.parse(await runCommand(words))).toMatchObject({ rows, entryId: rows + 1 });

  await startExport(page);
  await app.evaluate(({ app: program }) => program.quit());
  await expect.poll(() => told(app), patience).toEqual([box]);
  await app.evaluate(() => (globalThis as unknown as { boxes: Boxes }).boxes.press(0));
  await ended;
  expect((await readdir(out)).sort()).toEqual(['beside.csv', 'beside.csv.completeness.json']);
});

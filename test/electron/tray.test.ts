import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { countByCommand } from '../e2e/ledger.ts';
import { freshFolder, preparedFolder } from '../e2e/open-app.ts';
import { electronHere } from '../e2e/open-in-electron.ts';
import { goTo, patience, signIn } from '../e2e/person.ts';
import { root, runCommand } from '../e2e/program.ts';

/** The desktop program, and what its picture in the tray offers; undefined while there is none. */
const startDesktop = async (dataFolder: string) => {
  const { executable, args, env } = await electronHere();
  const words = [...args, '--disable-gpu', '--lang=es-MX', root, `--data=${dataFolder}`];
  const setting = { ...env, LANGUAGE: 'es_MX' };
  const app = await _electron.launch({ executablePath: executable, args: words, env: setting });
  const shell = app.process();
  onTestFinished(() => void shell.kill('SIGKILL'));
  const page = await app.firstWindow();
  await app.evaluate(({ Tray }) => {
    const { setContextMenu, destroy } = Tray.prototype;
    Tray.prototype.setContextMenu = function keep(menu) {
      Object.assign(globalThis, { trayLabels: menu?.items.map(({ label }) => label) });
      setContextMenu.call(this, menu);
    };
    Tray.prototype.destroy = function forget() {
      Object.assign(globalThis, { trayLabels: undefined });
      destroy.call(this);
    };
  });
  return {
    app,
    page,
    trayLabels: (): Promise<readonly string[] | undefined> =>
      app.evaluate(() => (globalThis as { trayLabels?: readonly string[] }).trayLabels),
    closeWindow: async (): Promise<void> => {
      await page.close();
      await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
    },
    startAgain: async () => {
      const [again] = await Promise.all([
        app.waitForEvent('window'),
        promisify(execFile)(executable, words, { env: setting, timeout: 60_000 }),
      ]);
      return again;
    },
    quit: async (): Promise<void> => {
      const gone = once(shell, 'exit');
      await app.evaluate(({ app: program }) => program.quit());
      await gone;
    },
  };
};

test('capture goes on when the window is closed, if that was chosen; a second start brings the window, Quit ends it', async () => {
  const { page, trayLabels, closeWindow, startAgain, quit } = await startDesktop(await preparedFolder());
  await signIn(page);
  await goTo(page, 'Ajustes');
  await page.getByRole('link', { name: 'Captura' }).click();
  await page.getByRole('switch', { name: 'Recibir registros' }).click();
  const free = page.getByRole('button', { name: 'Usar uno que esté libre' });
  await page.getByText('Captura activa').or(free).first().waitFor();
  if ((await free.count()) > 0) await free.click();
  await page.getByText('Captura activa').waitFor();
  const url = (await page.locator('code').first().textContent()) ?? '';
  expect(await trayLabels()).toBeUndefined();
  await page.getByRole('switch', { name: 'Seguir capturando con la ventana cerrada' }).click();
  await expect
    .poll(trayLabels, patience)
    .toEqual(['Abrir Bitácora', '', `Captura activa · ${url.replace('http://', '')}`, '', 'Salir de Bitácora']);

  await closeWindow();
  expect((await fetch(`${url}/api/health`)).status).toBe(200);

  const again = await startAgain();
  await again.getByRole('heading', { name: 'Iniciar sesión' }).waitFor();

  await quit();
  await expect(fetch(`${url}/api/health`)).rejects.toThrow();
});

test('a log is followed on when the window is closed, also while capture over HTTP is off', async () => {
  const dataFolder = await preparedFolder();
  const log = path.join(await freshFolder(), 'audit.log');
  const write = (record: number): void =>
    appendFileSync(
      log,
      `${JSON.stringify({ timestamp: '2026-03-10T09:15:00Z', event: 'UPDATE', object_id: record })}\n`,
    );
  write(1);
  await runCommand(['follow', 'add', log, '--source', 'Tienda', '--data', dataFolder]);
  const { page, trayLabels, closeWindow, quit } = await startDesktop(dataFolder);
  const stored = (): Promise<number> => countByCommand(dataFolder, 'origen:Tienda');
  await signIn(page);
  await goTo(page, 'Ajustes');
  await page.getByRole('link', { name: 'Captura' }).click();
  await page.getByText('Captura apagada').waitFor();
  expect(await trayLabels()).toBeUndefined();
  await page.getByRole('switch', { name: 'Seguir capturando con la ventana cerrada' }).click();
  await expect
    .poll(trayLabels, patience)
    .toEqual(['Abrir Bitácora', '', 'Sigue 1 archivo de registro', '', 'Salir de Bitácora']);
  const group = page.getByRole('region', { name: 'Archivos seguidos' });
  await group.getByRole('button', { name: /^Pausar/ }).click();
  await expect.poll(trayLabels, patience).toBeUndefined();
  await group.getByRole('button', { name: /^Continuar/ }).click();
  await expect.poll(async () => (await trayLabels())?.length, patience).toBe(5);

  await closeWindow();
  write(2);
  await expect.poll(stored, patience).toBe(2);
  await quit();
});

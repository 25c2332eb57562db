import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { prepareLedger } from '../e2e/ledger.ts';
import { electronHere } from '../e2e/open-in-electron.ts';
import { goTo, patience, signIn } from '../e2e/person.ts';
import { root } from '../e2e/program.ts';

const preparedFolder = prepareLedger();

test('capture goes on when the window is closed, if that was chosen; a second start brings the window, Quit ends it', async () => {
  const dataFolder = await preparedFolder();
  const { executable, args, env } = await electronHere();
  const words = [...args, '--disable-gpu', '--lang=es-MX', root, `--data=${dataFolder}`];
  const setting = { ...env, LANGUAGE: 'es_MX' };
  const app = await _electron.launch({ executablePath: executable, args: words, env: setting });
  const shell = app.process();
  onTestFinished(() => void shell.kill('SIGKILL'));
  const page = await app.firstWindow();
  await app.evaluate(({ Tray }) => {
    const { setContextMenu } = Tray.prototype;
    Tray.prototype.setContextMenu = function keep(menu) {
      Object.assign(globalThis, { trayLabels: menu?.items.map(({ label }) => label) });
      setContextMenu.call(this, menu);
    };
  });
  const trayLabels = (): Promise<readonly string[] | undefined> =>
    app.evaluate(() => (globalThis as { trayLabels?: readonly string[] }).trayLabels);

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

  await page.close();
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);

  const [again] = await Promise.all([
    app.waitForEvent('window'),
    promisify(execFile)(executable, words, { env: setting, timeout: 60_000 }),
  ]);
  await again.getByRole('heading', { name: 'Iniciar sesión' }).waitFor();

  const gone = once(shell, 'exit');
  await app.evaluate(({ app: program }) => program.quit());
  await gone;
  await expect(fetch(`${url}/api/health`)).rejects.toThrow();
});

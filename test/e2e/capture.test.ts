import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { openApp, preparedFolder } from './open-app.ts';
import type { OpenedApp } from './opened-app.ts';
import { goTo, patience, signIn } from './person.ts';
import { keepScreen } from './screens.ts';

const post = async (url: string, token: string, body: unknown): Promise<number> => {
  const answer = await fetch(`${url}/api/entries`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
};

/** A port that some other program has, and keeps until the test is over. */
const takenPort = async (): Promise<number> => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  return (other.address() as AddressInfo).port;
};

const group = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

const openCapture = async (page: Page): Promise<void> => {
  await goTo(page, 'Ajustes');
  await page.getByRole('navigation', { name: 'Partes de los ajustes' }).getByRole('link', { name: 'Captura' }).click();
  await group(page, 'Captura').waitFor();
};

/** Switches capture on in the desktop program, whose usual port may be anybody's on this machine; answers with the address. */
const switchOn = async (app: OpenedApp): Promise<string> => {
  const { kind, page } = app;
  const address = group(page, 'Captura');
  if (kind === 'electron') {
    await address.getByText('Captura apagada').waitFor();
    await address.getByRole('switch', { name: 'Recibir registros' }).click();
    // A port that is somebody else's is told, with a way out.
    await address.getByLabel('Puerto').fill(String(await takenPort()));
    await address.getByRole('button', { name: 'Usar este puerto' }).click();
    await address.getByRole('alert').getByText('Otro programa usa el puerto').waitFor();
    await keepScreen(app, 'capture-port-taken');
    await address.getByRole('button', { name: 'Usar uno que esté libre' }).click();
  }
  await address.getByText('Captura activa').waitFor();
  return (await address.locator('code').first().textContent()) ?? '';
};

test('capture in the settings: an address, a token that is shown once, who sends, what was refused, and revoking', async () => {
  const dataFolder = await preparedFolder();
  const app = await openApp({ dataFolder });
  const { page } = app;
  await signIn(page);
  await openCapture(page);
  const url = await switchOn(app);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await group(page, 'Captura').locator('pre').textContent()).toContain(`${url}/api/entries`);

  const tokens = group(page, 'Tokens');
  await tokens.getByText('Todavía no hay ninguno.').waitFor();
  await tokens.getByRole('button', { name: 'Nuevo token' }).click();
  await tokens.getByLabel('Nombre').fill('Pozos');
  await tokens.getByRole('button', { name: 'Crear el token' }).click();
  const token = (await tokens.getByRole('status').locator('code').textContent()) ?? '';
  expect(token).toMatch(/^bitacora_capture_/);
  await keepScreen(app, 'capture-token');
  await tokens.getByRole('button', { name: 'Ya lo copié' }).click();
  await expect.poll(() => tokens.getByText(token).count(), patience).toBe(0);

  expect(await post(url, token, [{ event: 'UPDATE' }, { event: 'CREATE' }])).toBe(201);
  expect(await post(url, token, { status: 'no' })).toBe(422);
  const row = group(page, 'Orígenes').getByRole('row').filter({ hasText: 'Pozos' });
  await expect
    .poll(() => row.getByRole('cell').allInnerTexts(), patience)
    .toMatchObject(['Pozos', '2', '2', '2', '2', /./]);
  const spool = group(page, 'Cola');
  await spool.getByText(/^1 · datos que no son válidos · /).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await keepScreen(app, 'capture');

  const files = group(page, 'Archivos de registro');
  await files.getByRole('switch', { name: 'Escribir copias' }).click();
  const logger = (name: string): Locator => files.getByRole('row').filter({ hasText: name });
  await files.getByRole('button', { name: 'Cambiar «payments»' }).click();
  const changed = files.getByRole('form', { name: 'Cambiar «payments»' });
  await changed.getByLabel('Tamaño en MiB').fill('0');
  await changed.getByRole('button', { name: 'Guardar' }).click();
  await changed.getByRole('alert').getByText('El tamaño va de 0,001 a 2048 MiB.').waitFor();
  await changed.getByLabel('Tamaño en MiB').fill('12,5');
  await changed.getByLabel('Copias que se guardan').fill('7');
  await changed.getByRole('button', { name: 'Guardar' }).click();
  await changed.waitFor({ state: 'detached' });
  await logger('payments.log').getByText('12,5 MiB × 7').waitFor();

  // A logger of one's own, in a file that has a logger already; what fits its rule goes there.
  await files.getByRole('button', { name: 'Nuevo registrador' }).click();
  const made = files.getByRole('form', { name: 'Nuevo registrador' });
  await made.getByLabel('Nombre').fill('pozos');
  await made.getByLabel('Archivo').fill('audit.log');
  await made.getByText('«audit.log» es de «audit»').waitFor();
  await made.getByRole('button', { name: 'Guardar' }).click();
  await made.getByRole('alert').getByText('Cada regla necesita al menos un valor').waitFor();
  await made.getByLabel('Afectación').fill('Pozo*');
  await made.getByLabel('Afectación').press('Enter');
  expect(await seriousFindings(page)).toEqual([]);
  await keepScreen(app, 'capture-logger');
  await made.getByRole('button', { name: 'Guardar' }).click();
  await logger('pozos').getByText('Afectación: Pozo*').waitFor();
  await logger('pozos').scrollIntoViewIfNeeded();
  await keepScreen(app, 'capture-loggers');
  expect(await post(url, token, [{ event: 'UPDATE', target: 'Pozo 7' }, { event: 'CREATE' }])).toBe(201);
  const audit = path.join(dataFolder, 'logs', 'audit.log');
  const written = async (): Promise<string[]> =>
    (await readFile(audit, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { logger: string }).logger);
  await expect.poll(written, patience).toEqual(['pozos', 'audit']);
  await files.getByRole('button', { name: 'Volver a los de origen' }).click();
  const reset = page.getByRole('dialog', { name: 'Volver a los registradores de origen' });
  await reset.getByRole('button', { name: 'Volver a los de origen' }).click();
  await reset.waitFor({ state: 'detached' });
  await expect.poll(() => logger('pozos').count(), patience).toBe(0);
  await logger('payments.log').getByText('10 MiB × 5').waitFor();

  await row.getByRole('link', { name: 'Pozos' }).click();
  await page.getByRole('main').getByText('CREATE', { exact: true }).first().waitFor();
  await openCapture(page);

  await tokens.getByRole('button', { name: 'Revocar «Pozos»' }).click();
  const sure = page.getByRole('dialog', { name: 'Revocar el token de «Pozos»' });
  await keepScreen(app, 'capture-revoke');
  await sure.getByRole('button', { name: 'Revocar', exact: true }).click();
  await sure.waitFor({ state: 'detached' });
  await tokens.getByRole('button', { name: 'Ver 1 revocado' }).waitFor();
  expect(await post(url, token, { event: 'UPDATE' })).toBe(401);

  await page.getByRole('switch', { name: 'Recibir registros' }).click();
  await group(page, 'Captura').getByText('Captura apagada').waitFor();
  if (app.kind === 'electron') await expect(post(url, token, {})).rejects.toThrow();
  expect(app.faults).toEqual([]);
});

import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { freshFolder, openApp, preparedFolder } from './open-app.ts';
import { goTo, patience, rowsAreHere, searchFor, shownIds, signIn, totalIs } from './person.ts';
import { keepScreen } from './screens.ts';

const lineOf = (order: number): string =>
  `${JSON.stringify({ timestamp: '2026-03-10T09:15:00Z', user: 'ana', event: 'UPDATE', model_name: 'Pedido', object_id: order })}\n`;

test('a log of another program is followed from the settings, paused, gone on with, and followed no more', async () => {
  const folder = await freshFolder();
  const log = path.join(folder, 'audit.log');
  writeFileSync(log, `${lineOf(1)}${lineOf(2)}no es un registro\n`);
  const app = await openApp({ dataFolder: await preparedFolder(), followIn: folder });
  const { page } = app;
  await signIn(page);
  await goTo(page, 'Ajustes');
  await page.getByRole('link', { name: 'Captura' }).click();
  const group = page.getByRole('region', { name: 'Archivos seguidos' });
  await group.getByText('Todavía no se sigue ninguno.').waitFor();
  await group.getByRole('button', { name: 'Seguir un archivo' }).click();
  const form = group.getByRole('form', { name: 'Seguir un archivo' });
  await form.getByRole('button', { name: 'Seguirlo' }).click();
  if (app.kind === 'browser') {
    await form.getByText('Escriba la ruta del archivo.').waitFor();
    await form.getByLabel('Ruta del archivo').fill('/etc/passwd');
    await form.getByRole('button', { name: 'Seguirlo' }).click();
    await form.getByRole('alert').getByText('Desde el navegador solo se siguen archivos').waitFor();
    await form.getByLabel('Ruta del archivo').fill(path.join(folder, 'adit.log'));
    await form.getByRole('button', { name: 'Seguirlo' }).click();
    await form.getByRole('alert').getByText('No se encuentra el archivo').waitFor();
    await keepScreen(app, 'follow-wrong');
    await form.getByLabel('Ruta del archivo').fill(log);
  } else {
    await form.getByText('Elija un archivo.').waitFor();
    await app.chooseFile(log, () => form.getByRole('button', { name: 'Elegir el archivo…' }).click());
    await form.getByText('audit.log', { exact: true }).waitFor();
  }
  await form.getByLabel('Origen').fill('Tienda');
  await keepScreen(app, 'follow-form');
  await form.getByRole('button', { name: 'Seguirlo' }).click();

  const followed = group.getByRole('listitem', { name: log });
  const figure = (name: string): Promise<string | null> =>
    followed.locator('dl > div').filter({ hasText: name }).locator('dd').textContent();
  await followed.getByText('se sigue', { exact: true }).waitFor();
  await expect.poll(() => figure('Registros guardados'), patience).toBe('2');
  expect(await figure('Líneas rechazadas')).toBe('1');
  await followed.getByText('Las líneas rechazadas, con su motivo, están en').waitFor();
  appendFileSync(log, lineOf(3));
  renameSync(log, `${log}.1`);
  writeFileSync(log, lineOf(4));
  await expect.poll(() => figure('Registros guardados'), patience).toBe('4');
  expect(await seriousFindings(page)).toEqual([]);
  await followed.scrollIntoViewIfNeeded();
  await keepScreen(app, 'follow');

  await followed.getByRole('button', { name: 'Pausar «audit.log»' }).click();
  await followed.getByText('en pausa', { exact: true }).waitFor();
  appendFileSync(log, lineOf(5));
  await followed.getByRole('button', { name: 'Continuar con «audit.log»' }).click();
  await followed.getByText('se sigue', { exact: true }).waitFor();
  await expect.poll(() => figure('Registros guardados'), patience).toBe('5');

  await followed.getByRole('button', { name: 'Dejar de seguir «audit.log»' }).click();
  const sure = page.getByRole('dialog', { name: 'Dejar de seguir el archivo' });
  await keepScreen(app, 'follow-end');
  await sure.getByRole('button', { name: 'Cancelar' }).click();
  await sure.waitFor({ state: 'detached' });
  await followed.getByRole('button', { name: 'Dejar de seguir «audit.log»' }).click();
  await sure.getByRole('button', { name: 'Dejar de seguir', exact: true }).click();
  await group.getByText('Todavía no se sigue ninguno.').waitFor();

  await goTo(page, 'Registro');
  await rowsAreHere(page);
  await searchFor(page, 'origen:Tienda');
  await totalIs(page, 5);
  expect((await shownIds(page)).length).toBe(5);
  expect(app.faults.filter((fault) => !/status of (403|404|422)/.test(fault))).toEqual([]);
});

test('where no folder was named, the command is shown that follows a log', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  // The desktop program always has its dialog.
  if (app.kind === 'electron') return;
  const { page } = app;
  await signIn(page);
  await goTo(page, 'Ajustes');
  await page.getByRole('link', { name: 'Captura' }).click();
  const group = page.getByRole('region', { name: 'Archivos seguidos' });
  await group.getByText('bitacora follow add').waitFor();
  expect(await group.getByRole('button', { name: 'Seguir un archivo' }).count()).toBe(0);
});

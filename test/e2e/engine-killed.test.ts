import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { countByCommand } from './ledger.ts';
import { freshFolder, openApp, preparedFolder } from './open-app.ts';
import type { OpenedApp } from './opened-app.ts';
import {
  entryPanel,
  goTo,
  grid,
  header,
  importFigures,
  patience,
  previewFile,
  rowsAreHere,
  shownIds,
  shownTotal,
  signIn,
  startImport,
} from './person.ts';
import { unreadableCount, writeTrail } from './trail.ts';

const rowHeight = 28;
const viewport = (page: Page): Locator => grid(page).locator('.ag-grid-viewport');
const scrolledRows = (page: Page): Promise<number> =>
  viewport(page).evaluate((element, height) => Math.round(element.scrollTop / height), rowHeight);

const scrollBy = async (page: Page, rows: number): Promise<void> => {
  const from = await scrolledRows(page);
  await viewport(page).hover();
  await page.mouse.wheel(0, rows * rowHeight);
  await expect.poll(() => scrolledRows(page), patience).toBe(from + rows);
};

/**
 * In a browser the closed connections of the engine that ended are noted on the console, and so is that the next one does
 * not know the file yet (404); anything else is a fault.
 */
const otherFaults = ({ faults }: OpenedApp): readonly string[] =>
  // In a browser the engine serves the page too: a part of the window that is fetched while it is gone fails, is told on the
  // console, and is fetched again when it is shown.
  faults.filter((fault) => !/net::ERR_|status of (404|50[23])|Failed to fetch dynamically imported/.test(fault));

test('the engine ends while somebody scrolls: the window keeps everything and its rows come back', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);
  await page.keyboard.press('/');
  await page.keyboard.type('evento:UPDATE ');
  await page.getByRole('button', { name: /^evento:\s?UPDATE$/ }).waitFor();
  await header(page, 'Usuario').click();
  await expect.poll(() => header(page, 'Usuario').getAttribute('aria-sort'), patience).toBe('ascending');
  await rowsAreHere(page);
  await grid(page).getByRole('gridcell', { name: 'UPDATE', exact: true }).nth(3).click();
  await entryPanel(page).getByRole('heading', { level: 2 }).waitFor();
  const title = await entryPanel(page).locator('header').textContent();
  const total = await shownTotal(page);
  const address = page.url();

  await scrollBy(page, 500);
  await app.engineKill();
  await scrollBy(page, 500);

  await expect.poll(async () => (await shownIds(page)).length, patience).toBeGreaterThan(10);
  expect(page.url()).toBe(address);
  expect(await entryPanel(page).locator('header').textContent()).toBe(title);
  expect(await header(page, 'Usuario').getAttribute('aria-sort')).toBe('ascending');
  await expect.poll(() => shownTotal(page), patience).toBe(total);
  await page.getByText('Reconectando con el motor').waitFor({ state: 'detached' });
  expect(await scrolledRows(page)).toBe(1000);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await page.getByRole('alert').count()).toBe(0);

  // And it goes on working.
  await page.getByRole('button', { name: 'Quitar evento:UPDATE' }).click();
  await expect.poll(() => shownTotal(page), patience).toBe(3000);
  expect(otherFaults(app)).toEqual([]);
});

test('the engine ends during an import: it is told or goes on, and nothing is stored twice', async () => {
  const rows = 40_000;
  const dataFolder = await preparedFolder();
  const file = await writeTrail(await freshFolder(), 'grande.csv', rows, 11);
  const app = await openApp({ dataFolder });
  const { page } = app;
  await signIn(page);
  await goTo(page, 'Importar');
  await previewFile(app, file);
  await startImport(page);
  await page.getByRole('heading', { name: 'Importando grande.csv' }).waitFor();
  await expect.poll(async () => (await importFigures(page)).Guardadas ?? 0, patience).toBeGreaterThan(0);
  await app.engineKill();

  const done = page.getByRole('heading', { name: 'Importación terminada' });
  const stopped = page.getByRole('heading', { name: 'La importación no terminó' });
  await done.or(stopped).waitFor();
  // In Electron the new engine was never told of the file that the person chose: it has to be chosen once more.
  if (await stopped.isVisible()) {
    await page.getByRole('alert').getByText('sigue desde donde estaba').waitFor();
    await page.getByRole('button', { name: 'Elegir archivo…' }).click();
    await page.getByRole('heading', { name: 'Importar un archivo' }).waitFor();
    await previewFile(app, file);
    await startImport(page);
    await done.waitFor();
  }
  const figures = await importFigures(page);
  expect(figures).toMatchObject({ Rechazadas: unreadableCount });
  expect(await countByCommand(dataFolder, '')).toBe(3000 + rows);
  await page.getByRole('button', { name: 'Ver en el registro' }).click();
  await expect.poll(() => shownTotal(page), patience).toBe(3000 + rows);
  expect(otherFaults(app)).toEqual([]);
});

import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { readXlsx } from '../engine/export/read-xlsx.ts';
import { seriousFindings } from './accessibility.ts';
import { freshFolder, openApp, preparedFolder } from './open-app.ts';
import { digitsOf, grid, patience, searchFor, shownIds, shownTotal, signIn } from './person.ts';
import { keepScreen } from './screens.ts';

test('a view leaves as a document: chosen with Ctrl+E, followed in the status bar, whole on the disk', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  const folder = await freshFolder();
  await signIn(page);
  await searchFor(page, 'evento:UPDATE');
  await expect.poll(() => shownTotal(page), patience).toBeGreaterThan(0);
  const total = await shownTotal(page);

  await page.keyboard.press('Control+e');
  const dialog = page.getByRole('dialog', { name: 'Exportar' });
  const whole = (await dialog.getByText(/^Toda la vista \(/).textContent()) ?? '';
  expect(digitsOf(whole)).toBe(total);
  await keepScreen(app, 'export-excel');
  await dialog.getByText('PDF', { exact: true }).click();
  await keepScreen(app, 'export-pdf');
  await dialog.getByText('CSV', { exact: true }).click();
  await dialog.getByLabel('Separador').selectOption('Coma');
  await keepScreen(app, 'export-csv');
  expect(await seriousFindings(page)).toEqual([]);

  const begin = () => dialog.getByRole('button', { name: 'Exportar' }).click();
  const indicator = page.getByRole('button', { name: 'Exportación lista' });
  const file = await app.exportTo(folder, begin, async () => {
    await indicator.click();
    await page.getByRole('button', { name: 'Descargar' }).click();
  });
  const rows = parse(await readFile(file), { bom: true, columns: true }) as Record<string, string>[];
  expect(rows.length).toBe(total);
  expect(new Set(rows.map(({ event }) => event))).toEqual(new Set(['UPDATE']));
  expect(Object.keys(rows[0] ?? {})).toContain('oldValue');
  const shown = await shownIds(page);
  expect(rows.slice(0, shown.length).map(({ id }) => digitsOf(id ?? ''))).toEqual(shown);
  if (app.kind === 'electron') await indicator.click();
  await page.getByRole('list', { name: 'Exportaciones' }).waitFor();
  await keepScreen(app, 'export-done');
  await page.getByRole('button', { name: /^Quitar .+ de la lista$/ }).click();
  await indicator.waitFor({ state: 'detached' });

  // Only the rows that were picked, as a workbook.
  await grid(page).locator('[role=row][row-index="0"] [col-id=id]').click();
  await grid(page)
    .locator('[role=row][row-index="2"] [col-id=id]')
    .click({ modifiers: ['Shift'] });
  await page.keyboard.press('Control+e');
  await dialog.getByText('Seleccionadas (3)').click();
  await dialog.getByText('Excel', { exact: true }).click();
  const book = await app.exportTo(folder, begin, async () => {
    await indicator.click();
    await page.getByRole('button', { name: 'Descargar' }).click();
  });
  // What is said follows the language; under the pointer it stays.
  const said = page.getByRole('alert');
  await said.filter({ hasText: /^«.+\.xlsx» está lista\.$/ }).hover();
  await keepScreen(app, 'export-ready.es');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('textbox').fill('English');
  await page.keyboard.press('Enter');
  await said.filter({ hasText: /^“.+\.xlsx” is ready\.$/ }).waitFor();
  await said.last().getByRole('button', { name: 'Close' }).waitFor();
  await keepScreen(app, 'export-ready.en');
  const [metadata, sheet] = await readXlsx(await readFile(book));
  expect([metadata?.name, sheet?.rows]).toEqual(['Metadatos', 4]);
  expect(['A2', 'A3', 'A4'].map((at) => Number(sheet?.cells.get(at)?.value))).toEqual(shown.slice(0, 3));
  expect(app.faults).toEqual([]);
});

import { expect, test } from 'vitest';
import { dropFile } from './drop-file.ts';
import { countByCommand, firstByCommand, preparedRows } from './ledger.ts';
import { freshFolder, openApp } from './open-app.ts';
import {
  addressedQuery,
  back,
  correctColumn,
  goTo,
  grid,
  header,
  importFigures,
  importIsDone,
  makeLedger,
  patience,
  previewFile,
  rowsAreHere,
  searchFor,
  shownIds,
  shownTotal,
  startImport,
  totalIs,
} from './person.ts';
import { keepScreen } from './screens.ts';
import { unreadableCount, writeTrail } from './trail.ts';

test('a new ledger, a file into it, and any entry of it found', async () => {
  const dataFolder = await freshFolder();
  const trail = await writeTrail(await freshFolder(), 'actividad.csv', preparedRows, 7);
  const app = await openApp({ dataFolder });
  const { page } = app;
  const totalAgrees = async (): Promise<number> => {
    const count = await countByCommand(dataFolder, addressedQuery(page));
    await totalIs(page, count);
    return count;
  };

  // The ledger and its first administrator.
  await makeLedger(page);

  // The file: what is guessed wrongly is corrected, what can't be read is told with its reason.
  await goTo(page, 'Importar');
  await previewFile(app, trail);
  await correctColumn(page);
  await keepScreen(app, 'import-preview');
  await startImport(page);
  await importIsDone(page);
  expect(await importFigures(page)).toEqual({
    Leídas: preparedRows + unreadableCount,
    Guardadas: preparedRows,
    'Ya estaban': 0,
    Rechazadas: unreadableCount,
  });
  const reasons = await page.locator('main table tbody tr td:nth-child(2)').allInnerTexts();
  expect(reasons).toEqual([
    'La fecha «2026-02-31 10:00» no existe en el calendario o en el reloj.',
    'La fila no tiene fecha.',
    'No se entiende la fecha «antier por la tarde».',
  ]);
  await keepScreen(app, 'import-done');

  // The same file once more, dropped this time.
  await dropFile(page, trail);
  await page.getByRole('heading', { name: 'Cómo se va a leer' }).waitFor();
  await correctColumn(page);
  await startImport(page);
  await importIsDone(page);
  expect(await importFigures(page)).toMatchObject({ Guardadas: 0, 'Ya estaban': preparedRows });

  // A word, marked where it occurs.
  await page.getByRole('button', { name: 'Ver en el registro' }).click();
  await rowsAreHere(page);
  await totalIs(page, preparedRows);
  await searchFor(page, 'zafiro');
  expect(await totalAgrees()).toBe(1);
  await expect
    .poll(async () => new Set(await grid(page).locator('mark').allInnerTexts()), patience)
    .toEqual(new Set(['zafiro', 'Zafiro']));
  await page.getByRole('button', { name: 'Quitar zafiro' }).click();
  await totalIs(page, preparedRows);

  // Filters by facet: include one event, exclude one person.
  const facets = page.getByRole('complementary', { name: 'Qué hay en la vista' });
  await facets.getByRole('checkbox', { name: /^UPDATE, / }).click();
  const chip = page.getByRole('button', { name: /^evento:\s?UPDATE$/ });
  await chip.waitFor();
  const updates = await totalAgrees();
  expect(updates).toBeGreaterThan(0);
  expect(updates).toBeLessThan(preparedRows);
  const exclude = facets
    .getByRole('region', { name: 'Usuario' })
    .getByRole('button', { name: /^Excluir / })
    .first();
  await exclude.click();
  await page.getByRole('button', { name: /^−\s?usuario:/ }).waitFor();
  const rest = await totalAgrees();
  expect(rest).toBeGreaterThan(0);
  expect(rest).toBeLessThan(updates);

  // A chip off, on again by the back button, and one step further back.
  await chip.click();
  await expect.poll(() => chip.getAttribute('aria-pressed'), patience).toBe('false');
  const withoutEvent = await totalAgrees();
  expect(withoutEvent).toBeGreaterThan(rest);
  await back(page);
  await expect.poll(() => chip.getAttribute('aria-pressed'), patience).toBe('true');
  await totalIs(page, rest);
  await back(page);
  await totalIs(page, updates);

  // Sorted by columns, both ways.
  for (const [title, column] of [
    ['Fecha', 'occurredAt'],
    ['Usuario', 'actor'],
    ['Campo', 'field'],
  ] as const) {
    await header(page, title).click();
    await expect.poll(() => header(page, title).getAttribute('aria-sort'), patience).toMatch(/^(de|a)scending$/);
    const sign = (await header(page, title).getAttribute('aria-sort')) === 'descending' ? '-' : '';
    const first = await firstByCommand(dataFolder, 'evento:UPDATE', `${sign}${column}`);
    await expect.poll(async () => (await shownIds(page))[0], patience).toBe(first);
  }
  await totalIs(page, updates);

  // A period, dragged in the timeline.
  const timeline = page.getByRole('region', { name: 'Registros en el tiempo' });
  const box = await timeline.boundingBox();
  if (box === null) throw new Error('the timeline is not there');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 32, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.7, box.y + 32, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: /^fecha:/ }).waitFor();
  const inPeriod = await totalAgrees();
  expect(inPeriod).toBeGreaterThan(0);
  expect(inPeriod).toBeLessThan(updates);
  await keepScreen(app, 'log-filtered');

  expect(app.faults).toEqual([]);
  expect(await shownTotal(page)).toBe(inPeriod);
});

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { admin, password } from './ledger.ts';
import { freshFolder, openApp } from './open-app.ts';
import { goTo, grid, header, patience, rowsAreHere, searchBox, searchFor, signIn } from './person.ts';
import { runCommand } from './program.ts';
import { keepScreen } from './screens.ts';

/** Texts that somebody else wrote: hidden directions, markup, nothing, and a value that is long until it differs. */
const rows = [
  { registro_id: 'R-1', campo: 'adjunto', valor_anterior: null, valor_actual: 'informe\u202Egpj.exe' },
  { registro_id: 'R-2', campo: 'nota', valor_anterior: '', valor_actual: '<img src=x onerror=alert(1)>' },
  { registro_id: 'R-3', campo: 'ruta', valor_anterior: '/srv/datos/pozo/antiguo/2026/a', valor_actual: null },
  {
    registro_id: 'R-4',
    campo: 'descripcion_larga_del_cambio',
    valor_anterior: `${'igual, '.repeat(30)}antes`,
    valor_actual: `${'igual, '.repeat(30)}después del zafiro`,
  },
] as const;

const prepare = async (): Promise<string> => {
  const folder = await freshFolder();
  const file = path.join(folder, 'textos.ndjson');
  const lines = rows.map((row, index) =>
    JSON.stringify({
      id: index + 1,
      fecha: `2026-03-0${index + 1}T10:00:00Z`,
      usuario: 'ines.prado',
      empleado: 'Inés Prado',
      evento: 'UPDATE',
      ...row,
    }),
  );
  await writeFile(file, `${lines.join('\n')}\n`);
  const data = path.join(folder, 'data');
  const map = path.join(folder, 'map.json');
  await writeFile(map, JSON.stringify({ empleado: 'actorName' }));
  await runCommand(['import', file, '--map', map, '--data', data]);
  const { login, name } = admin;
  await runCommand(['account', 'create', login, '--role', 'admin', '--name', name, '--data', data], password);
  return data;
};

/** The cell of a column in the row of a record. */
const cell = (page: Page, record: string, column: string): Locator =>
  grid(page)
    .locator('[role=row][row-index]')
    .filter({ has: page.locator('[col-id=recordId]').getByText(record) })
    .locator(`[col-id=${column}]`);
const title = (locator: Locator): Promise<string | null> => locator.locator('[title]').first().getAttribute('title');

test('cells show logged text as it is: hits, hidden characters, no markup, titles, what is no value', async () => {
  const app = await openApp({ dataFolder: await prepare() });
  const { page } = app;
  await signIn(page);

  // A direction that would turn the name of a file around is a mark, and the text keeps its direction to itself.
  await cell(page, 'R-1', 'change').getByText('\\u202E', { exact: true }).waitFor();
  expect(await cell(page, 'R-1', 'change').locator('bdi').textContent()).toBe('informe\\u202Egpj.exe');
  // No value, an empty one, and one that is gone are three things.
  await cell(page, 'R-1', 'change').getByRole('img', { name: 'sin valor' }).waitFor();
  await cell(page, 'R-2', 'change').getByText('vacío').waitFor();
  await cell(page, 'R-3', 'change').getByRole('img', { name: 'sin valor' }).waitFor();
  // Markup is text.
  expect(await cell(page, 'R-2', 'change').textContent()).toContain('<img src=x onerror=alert(1)>');
  expect(await grid(page).locator('[role=gridcell] img').count()).toBe(0);
  // What two long values share is left out, so that their difference is in sight.
  expect(await cell(page, 'R-4', 'change').textContent()).toMatch(/^….*antes → ….*después del zafiro$/u);
  // Long texts are told whole, people by their login.
  expect(await title(cell(page, 'R-4', 'field'))).toBe('descripcion_larga_del_cambio');
  expect(await title(cell(page, 'R-4', 'actor'))).toContain('ines.prado');

  // Hits, in every cell where they are, accents aside; they go with the search.
  await searchFor(page, 'ZAFIRO');
  await expect.poll(() => grid(page).locator('mark').allInnerTexts(), patience).toEqual(['zafiro']);
  await keepScreen(app, 'cells-hit');
  await page.keyboard.press('Control+Shift+Backspace');
  await cell(page, 'R-1', 'change').waitFor();
  await expect.poll(() => grid(page).locator('mark').count(), patience).toBe(0);

  // A mark is drawn at once, in the row that is there.
  await cell(page, 'R-2', 'id').click();
  await page.keyboard.press('m');
  await cell(page, 'R-2', 'id').getByRole('img', { name: 'marcado' }).waitFor();
  await page.keyboard.press('m');
  await expect.poll(() => grid(page).getByRole('img', { name: 'marcado' }).count(), patience).toBe(0);

  // Headers say how the rows are sorted; by mouse and by key.
  const sorting = (column: string): Promise<string | null> => header(page, column).getAttribute('aria-sort');
  expect(await sorting('Fecha')).toBe('descending');
  await header(page, 'Registro').click();
  await expect.poll(() => sorting('Registro'), patience).toBe('ascending');
  expect(await sorting('Fecha')).toBe('none');
  await header(page, 'Registro').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => sorting('Registro'), patience).toBe('descending');

  // Another language and zone reach the cells that stand.
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('textbox').fill('UTC');
  await page.keyboard.press('Enter');
  await cell(page, 'R-1', 'occurredAt').getByText('2026-03-01 10:00:00').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('textbox').fill('English');
  await page.keyboard.press('Enter');
  await cell(page, 'R-2', 'change').getByText('empty').waitFor();
  await header(page, 'Change').waitFor();
  expect(app.faults).toEqual([]);
});

test('a window that is loaded anew opens with the search and the columns that it was left with', async () => {
  const app = await openApp({ dataFolder: await prepare() });
  const { page } = app;
  await signIn(page);
  await page.getByRole('button', { name: 'Columnas' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Usuario' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => header(page, 'Usuario').count(), patience).toBe(0);
  await searchFor(page, 'zafiro');
  await expect.poll(() => grid(page).locator('mark').count(), patience).toBe(1);
  await page.reload();
  await searchBox(page).waitFor();
  await rowsAreHere(page);
  await expect.poll(() => grid(page).locator('mark').allInnerTexts(), patience).toEqual(['zafiro']);
  expect(await header(page, 'Usuario').count()).toBe(0);
  // The parts that come later come without a word on the console.
  await goTo(page, 'Ajustes');
  await page.getByRole('heading', { name: 'Acerca de' }).waitFor();
  expect(app.faults).toEqual([]);
});

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { preparedRows } from './ledger.ts';
import { freshFolder, openApp, preparedFolder } from './open-app.ts';
import { entryPanel, goTo, patience, rowsAreHere, searchBox, signIn, totalIs } from './person.ts';
import { keepScreen } from './screens.ts';

test('files that hold no trail get one sentence each, and the next file can be chosen', async () => {
  const folder = await freshFolder();
  const binary = path.join(folder, 'foto.ndjson');
  const empty = path.join(folder, 'vacio.csv');
  const prose = path.join(folder, 'carta.txt');
  await writeFile(binary, randomBytes(4096));
  await writeFile(empty, '');
  await writeFile(prose, 'Estimada Ana:\n\nAdjunto va lo que pediste.\n');
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);
  await goTo(page, 'Importar');
  for (const [file, sentence] of [
    [binary, '«foto.ndjson» no es un archivo de texto'],
    [empty, 'El archivo «vacio.csv» está vacío: no hay nada que importar.'],
    [prose, 'No se reconoce el formato de «carta.txt»'],
  ] as const) {
    await app.chooseFile(file, () => page.getByRole('button', { name: 'Elegir archivo…' }).click());
    await page.getByRole('alert').getByText(sentence).waitFor();
    expect(await page.getByRole('alert').count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Importar', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Elegir otro archivo' }).click();
  }
  expect(app.faults.filter((fault) => !fault.includes('status of 422'))).toEqual([]);
});

test('a query that can’t be read is underlined and the rows stay; long texts and unknown ids are answered', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);
  await totalIs(page, preparedRows);

  await searchBox(page).fill('desde:2026-13-45 pozo');
  await page.getByRole('alert').getByText('No se entiende la consulta en el carácter').waitFor();
  expect(await searchBox(page).getAttribute('aria-invalid')).toBe('true');
  await page.locator('u').first().waitFor();
  await rowsAreHere(page);
  await totalIs(page, preparedRows);
  await keepScreen(app, 'query-unreadable');

  // Ten thousand characters find nothing, or are told to be too many; the window lives on.
  await searchBox(page).fill('pozo '.repeat(2000));
  await searchBox(page).press('Enter');
  await searchBox(page).fill('x'.repeat(10_000));
  await searchBox(page).press('Enter');
  await page.getByRole('alert').or(page.getByText('Ningún registro cumple esta vista')).first().waitFor();
  await keepScreen(app, 'query-long');
  await page.keyboard.press('Control+Shift+Backspace');
  await expect.poll(() => searchBox(page).inputValue(), patience).toBe('');
  await totalIs(page, preparedRows);
  await rowsAreHere(page);

  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+g');
  await page.getByRole('dialog').getByRole('textbox').fill('987654');
  await page.keyboard.press('Enter');
  await page.getByText('No hay ningún registro con el ID 987654.').waitFor();
  expect(await entryPanel(page).count()).toBe(0);

  await page.keyboard.press('Control+g');
  await page.getByRole('dialog').getByRole('textbox').fill('ayer o así');
  await page.keyboard.press('Enter');
  await page.getByText('Eso no es un ID ni una fecha.').waitFor();
  expect(app.faults.filter((fault) => !/status of (400|404|413|422)/.test(fault))).toEqual([]);
});

test('a ledger file that is not ours is refused with one sentence and left as it was', async () => {
  const dataFolder = await freshFolder();
  const file = path.join(dataFolder, 'ledger.db');
  await writeFile(file, 'esto no es un libro '.repeat(500));
  const sentence = /no es un libro de Bitácora; no se ha tocado|is not a Bitácora ledger; it has not been touched/;
  if (inject('appKind') === 'browser') {
    await expect(openApp({ dataFolder })).rejects.toThrow(sentence);
    return;
  }
  const app = await openApp({ dataFolder });
  await app.page.getByRole('alert').getByText(sentence).waitFor();
  expect(await app.page.getByRole('button').allTextContents()).toContain('Reintentar');
  await keepScreen(app, 'ledger-not-ours');
  expect(app.faults).toEqual([]);
});

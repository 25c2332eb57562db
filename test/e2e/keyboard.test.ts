import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { preparedRows } from './ledger.ts';
import { freshFolder, openApp, preparedFolder } from './open-app.ts';
import { entryPanel, grid, patience, rowsAreHere, searchBox, shownIds, signIn, totalIs } from './person.ts';
import { watchedRecord, writeTrail } from './trail.ts';

const openId = (page: Page): Promise<number> =>
  page.evaluate(() => Number(new URLSearchParams(window.location.hash.split('?')[1]).get('entry')));
const openIdIs = (page: Page, id: number): Promise<void> => expect.poll(() => openId(page), patience).toBe(id);

const goToPlace = async (page: Page, place: string): Promise<void> => {
  await page.keyboard.press('Control+g');
  const dialog = page.getByRole('dialog', { name: 'Ir a un registro' });
  await dialog.waitFor();
  await page.keyboard.type(place);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
};

test('everything in the log by keyboard alone', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);

  // Search, and down into the rows.
  await page.keyboard.press('/');
  await expect.poll(() => searchBox(page).evaluate((box) => box === document.activeElement), patience).toBe(true);
  await page.keyboard.type(`registro:${watchedRecord} `);
  await totalIs(page, 5);
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await shownIds(page)).length, patience).toBe(5);
  const [first, second, third] = await shownIds(page);
  if (first === undefined || second === undefined || third === undefined) throw new Error('rows are missing');

  // Rows: Enter opens, arrows take the panel along, n and N go to the next and the previous hit, Escape closes.
  await page.keyboard.press('Enter');
  await openIdIs(page, first);
  await page.keyboard.press('ArrowDown');
  await openIdIs(page, second);
  await page.keyboard.press('n');
  await openIdIs(page, third);
  await page.keyboard.press('N');
  await openIdIs(page, second);
  await page.keyboard.press('Escape');
  await entryPanel(page).waitFor({ state: 'detached' });
  await page.keyboard.press(' ');
  await openIdIs(page, second);
  await page.keyboard.press('Escape');
  await entryPanel(page).waitFor({ state: 'detached' });

  // Chips: from the start of the text back onto the last one, which Delete takes away.
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Delete');
  await totalIs(page, preparedRows);

  // To an id and to a date.
  await goToPlace(page, '1 234');
  await openIdIs(page, 1234);
  await grid(page).getByRole('gridcell', { name: '1 234' }).waitFor();
  await goToPlace(page, '2026-06-20');
  await expect.poll(() => entryPanel(page).locator('header').textContent(), patience).toMatch(/2026-06-(19|20)/);

  // The palette knows entries by their numbers.
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('textbox').waitFor();
  await page.keyboard.type('2500');
  await page.keyboard.press('Enter');
  await openIdIs(page, 2500);

  // Every key is told.
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Teclas' });
  await help.getByText('Ir a un ID o una fecha').waitFor();
  await help.getByText('Paleta de acciones').waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await openIdIs(page, 2500);
  expect(app.faults).toEqual([]);
});

/** Imports a file from outside of the window: over the HTTP interface, as the same person. */
const importFromOutside = async (page: Page, file: string): Promise<void> => {
  const { origin } = new URL(page.url());
  const token = await page.evaluate(
    () => (JSON.parse(window.sessionStorage.getItem('bitacora.session') ?? '') as { token: string }).token,
  );
  const post = async (path: string, type: string, body: string): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
    return response.text();
  };
  const upload = await post('/upload?name=mas.csv', 'application/octet-stream', await readFile(file, 'utf8'));
  const { grant } = JSON.parse(upload) as { grant: string };
  await post('/rpc/import.run', 'application/json', JSON.stringify({ grant, options: {} }));
};

// Only a served Bitácora can be reached from outside of its window.
test.skipIf(inject('appKind') === 'electron')('new entries are announced and come with F5, not before', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);
  await totalIs(page, preparedRows);
  const before = await shownIds(page);
  await importFromOutside(page, await writeTrail(await freshFolder(), 'mas.csv', 250, 21));
  await page.getByRole('button', { name: '250 nuevos · F5' }).waitFor();
  expect(await shownIds(page)).toEqual(before);
  await page.keyboard.press('F5');
  await totalIs(page, preparedRows + 250);
  await page.getByRole('button', { name: /nuevos/ }).waitFor({ state: 'detached' });
  await rowsAreHere(page);
  expect(app.faults).toEqual([]);
});

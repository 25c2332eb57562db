import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { admin, password } from './ledger.ts';
import type { OpenedApp } from './opened-app.ts';

/** What a person does and sees, in the words of the Spanish window. Everything waits for what it needs. */

/** Long enough for a busy machine; nothing waits this long unless it fails. */
export const patience = { timeout: 30_000 } as const;

export const digitsOf = (text: string): number => Number(text.replace(/\D/g, ''));

export const fillAccount = async (page: Page, { login, name }: { login: string; name: string }): Promise<void> => {
  await page.getByLabel('Usuario', { exact: true }).fill(login);
  await page.getByLabel('Nombre completo').fill(name);
  await page.getByLabel('Contraseña', { exact: true }).fill(password);
  await page.getByLabel('La contraseña otra vez').fill(password);
};

export const makeLedger = async (page: Page): Promise<void> => {
  await fillAccount(page, admin);
  await page.getByRole('button', { name: 'Crear el libro' }).click();
  await page.getByText('El libro todavía no tiene registros').waitFor();
};

export const enter = async (page: Page, login: string, word: string): Promise<void> => {
  await page.getByLabel('Usuario', { exact: true }).fill(login);
  await page.getByLabel('Contraseña', { exact: true }).fill(word);
  await page.getByRole('button', { name: 'Entrar' }).click();
};

export const signIn = async (page: Page, login: string = admin.login): Promise<void> => {
  await enter(page, login, password);
  await searchBox(page).waitFor();
  await rowsAreHere(page);
};

export const goTo = (page: Page, screen: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: screen }).click();

export const searchBox = (page: Page): Locator =>
  page.getByRole('combobox', { name: /^(Buscar en el registro|Search the log)$/ });
export const entryPanel = (page: Page): Locator =>
  page.getByRole('region', { name: /^(Registro abierto|Open entry)$/ });
export const grid = (page: Page): Locator =>
  page.getByRole('region', { name: /^(Registros de la vista|Entries of the view)$/ });

/** Chooses a file through the dialog and waits for its preview. */
export const previewFile = async (app: OpenedApp, file: string): Promise<void> => {
  await app.chooseFile(file, () => app.page.getByRole('button', { name: 'Elegir archivo…' }).click());
  await app.page.getByRole('heading', { name: 'Cómo se va a leer' }).waitFor();
};

/** Says that the column `empleado` is the person's name, which nothing in the file tells. */
export const correctColumn = async (page: Page): Promise<void> => {
  const column = page.getByRole('columnheader').filter({ hasText: 'empleado' });
  await column.getByRole('combobox').selectOption('actorName');
  await column.getByText('elegido').waitFor();
};

export const startImport = (page: Page): Promise<void> =>
  page.getByRole('main').getByRole('button', { name: 'Importar', exact: true }).click();

export const importIsDone = (page: Page): Promise<void> =>
  page.getByRole('heading', { name: 'Importación terminada' }).waitFor();

/** The figures of an import, by their names. */
export const importFigures = (page: Page): Promise<Record<string, number>> =>
  page
    .locator('main dl > div')
    .evaluateAll((pairs) =>
      Object.fromEntries(
        pairs.map((pair) => [
          pair.querySelector('dt')?.textContent ?? '',
          Number((pair.querySelector('dd')?.textContent ?? '').replace(/\D/g, '')),
        ]),
      ),
    );

/** The query that the address holds, as text that the command line takes. */
export const addressedQuery = (page: Page): string => {
  const params = new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '');
  return [...params.getAll('on'), params.get('q') ?? ''].join(' ').trim();
};

/** How many entries the status bar says the view has; −1 while that is not known exactly. */
export const shownTotal = async (page: Page): Promise<number> => {
  const text = (await page.locator('footer').getByRole('status').first().textContent()) ?? '';
  return text.includes('≥') ? -1 : digitsOf(text.split(/ (?:de|of) /)[0] ?? '');
};

export const totalIs = (page: Page, count: number): Promise<void> =>
  expect.poll(() => shownTotal(page), patience).toBe(count);

export const rowsAreHere = (page: Page): Promise<void> =>
  grid(page).locator('[role=row][row-index] [col-id=id]').filter({ hasText: /\d/ }).first().waitFor();

/** What stands around the rows has come too: the timeline and the facets. Nothing is asked of the engine then. */
export const viewIsWhole = async (page: Page): Promise<void> => {
  await page.getByRole('main').locator('svg rect').first().waitFor({ state: 'attached' });
  await page.getByRole('main').getByRole('checkbox').first().waitFor();
};

/** The ids of the rows in sight, from the top; rows on their way are left out. */
export const shownIds = async (page: Page): Promise<number[]> => {
  const rows = await grid(page)
    .locator('[role=row][row-index]')
    .evaluateAll((found) =>
      found.map((row) => ({
        place: Number(row.getAttribute('row-index')),
        id: Number((row.querySelector('[col-id=id]')?.textContent ?? '').replace(/\D/g, '')),
      })),
    );
  return rows
    .filter(({ id }) => id > 0)
    .sort((a, b) => a.place - b.place)
    .map(({ id }) => id);
};

/** The same once a glide has ended and its rows have come: what a quarter of a second does not change. */
export const idsAtRest = async (page: Page): Promise<number[]> => {
  let seen = await shownIds(page);
  for (;;) {
    await page.waitForTimeout(250);
    const now = await shownIds(page);
    if (now.length > 0 && now.join() === seen.join()) return now;
    seen = now;
  }
};

export const header = (page: Page, title: string): Locator =>
  grid(page).getByRole('columnheader', { name: title, exact: true });

/** Searches for a text and waits until it is part of the view. */
export const searchFor = async (page: Page, text: string): Promise<void> => {
  await searchBox(page).fill(text);
  await searchBox(page).press('Enter');
  await expect.poll(() => page.getByRole('main').locator('[aria-busy=true]').count(), patience).toBe(0);
};

export const back = (page: Page): Promise<void> => page.evaluate(() => window.history.back());

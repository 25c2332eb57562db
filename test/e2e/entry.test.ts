import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { countByCommand } from './ledger.ts';
import { openApp, preparedFolder } from './open-app.ts';
import { addressedQuery, entryPanel, grid, patience, searchFor, signIn, totalIs } from './person.ts';
import { keepScreen } from './screens.ts';
import { watchedRecord } from './trail.ts';

const openRow = async (page: Page, text: string): Promise<void> => {
  await grid(page).getByRole('gridcell', { name: text, exact: true }).first().click();
  await entryPanel(page).getByRole('heading', { level: 2, name: text }).waitFor();
};

/** The parts that a comparison emphasises on one side. */
const emphasised = (panel: Locator, side: string): Promise<string[]> =>
  panel.getByRole('group', { name: side }).locator('b').allInnerTexts();

test('an entry beside the grid: its change in every way, the life of its record, what is around it', async () => {
  const dataFolder = await preparedFolder();
  const app = await openApp({ dataFolder });
  const { page } = app;
  const panel = entryPanel(page);
  await signIn(page);
  await searchFor(page, `registro:${watchedRecord}`);
  await totalIs(page, 5);

  // A text over several lines, by line, word and character.
  await openRow(page, 'observaciones');
  await panel.getByRole('button', { name: 'palabra' }).click();
  await expect.poll(() => emphasised(panel, 'Valor anterior'), patience).toContain('colocado');
  expect((await emphasised(panel, 'Valor actual')).join('')).toContain('retirado');
  await panel.getByRole('button', { name: 'línea' }).click();
  await expect
    .poll(async () => (await emphasised(panel, 'Valor anterior')).join(''), patience)
    .toContain('Sello zafiro colocado');
  expect((await emphasised(panel, 'Valor anterior')).join('')).not.toContain('Primera visita');
  await panel.getByRole('button', { name: 'carácter' }).click();
  await expect
    .poll(async () => (await emphasised(panel, 'Valor anterior')).join(''), patience)
    .toMatch(/^(?!.*Sello)(?!colocado$).+/);
  await keepScreen(app, 'entry-text');

  // JSON, by field.
  await openRow(page, 'configuracion');
  await panel.getByRole('button', { name: 'campo', exact: true }).click();
  const paths = panel.getByRole('listitem').filter({ has: page.locator('small') });
  await expect.poll(() => paths.count(), patience).toBeGreaterThan(0);
  const changes = await panel.getByRole('region', { name: 'Cambio' }).textContent();
  expect(changes).toMatch(/bomba\.presion\s*cambiado/);
  expect(changes).toMatch(/40[\s\S]*55/);
  expect(changes).not.toContain('turno');
  await keepScreen(app, 'entry-json');

  // The record's life, with the change that nobody logged.
  const life = panel.getByRole('region', { name: `El registro ${watchedRecord} en el tiempo` });
  await life.getByText('el valor cambió sin registro').waitFor();
  expect(await life.textContent()).toMatch(/«125»[\s\S]*«130»/);
  await life.getByRole('button', { name: /CREATE/ }).click();
  await panel.getByRole('group', { name: 'Valor actual' }).getByText('clave').waitFor();
  await life.getByRole('button', { name: '5 entradas · ver todas' }).waitFor();

  // What the same person did around it.
  const around = panel.getByRole('region', { name: 'Alrededor de este registro' });
  await around.getByRole('combobox').selectOption({ label: '± 1 hora' });
  await around.getByRole('button', { name: 'ver' }).click();
  await expect.poll(() => addressedQuery(page), patience).toMatch(/user:ines\.prado/);
  await totalIs(page, await countByCommand(dataFolder, addressedQuery(page)));
  await totalIs(page, 2);
  expect(app.faults).toEqual([]);
});

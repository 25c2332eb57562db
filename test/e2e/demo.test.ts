import { expect, test } from 'vitest';
import { openApp } from './open-app.ts';
import { rowsAreHere, totalIs, viewIsWhole } from './person.ts';
import { keepScreen } from './screens.ts';

test('the demo: made at once, entered without a password, left again', async () => {
  const app = await openApp();
  const { page } = app;
  await page.getByRole('button', { name: 'Abrir la demostración' }).click();
  await rowsAreHere(page);
  await totalIs(page, 50_000);
  // A question that is under way when the demo is left is ended, which a browser tells on its console.
  await viewIsWhole(page);
  await keepScreen(app, 'demo');

  await page
    .locator('footer')
    .getByRole('button', { name: /administración|auditoría/ })
    .click();
  await page.getByRole('menuitem', { name: 'Salir de la demostración' }).click();
  await page.getByRole('heading', { name: 'Para empezar' }).waitFor();
  expect(app.faults).toEqual([]);
});

test('started with --demo, the window opens in the demo; signing out of it asks for no password', async () => {
  const app = await openApp({ demo: true });
  const { page } = app;
  await rowsAreHere(page);
  await totalIs(page, 50_000);
  await page
    .locator('footer')
    .getByRole('button', { name: /administración|auditoría/ })
    .click();
  await page.getByRole('menuitem', { name: 'Cerrar la sesión' }).click();
  await page.getByRole('button', { name: 'Abrir la demostración' }).waitFor();
  expect(await page.getByLabel('Contraseña').count()).toBe(0);
  await page.getByRole('button', { name: 'Abrir la demostración' }).click();
  await rowsAreHere(page);
  await totalIs(page, 50_000);
  expect(app.faults).toEqual([]);
});

import { expect, test } from 'vitest';
import { openApp } from './open-app.ts';
import { rowsAreHere, totalIs } from './person.ts';
import { keepScreen } from './screens.ts';

test('the demo: made at once, entered without a password, left again', async () => {
  const app = await openApp();
  const { page } = app;
  await page.getByRole('button', { name: 'Abrir la demostración' }).click();
  await rowsAreHere(page);
  await totalIs(page, 50_000);
  await keepScreen(app, 'demo');

  await page
    .locator('footer')
    .getByRole('button', { name: /administración|auditoría/ })
    .click();
  await page.getByRole('menuitem', { name: 'Salir de la demostración' }).click();
  await page.getByRole('heading', { name: 'Para empezar' }).waitFor();
  expect(app.faults).toEqual([]);
});

test('started with --demo, the window opens in the demo', async () => {
  const app = await openApp({ demo: true });
  await rowsAreHere(app.page);
  await totalIs(app.page, 50_000);
  expect(app.faults).toEqual([]);
});

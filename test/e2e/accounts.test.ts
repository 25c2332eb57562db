import { expect, test } from 'vitest';
import { admin, auditor, password } from './ledger.ts';
import { openApp, preparedFolder } from './open-app.ts';
import { enter, fillAccount, goTo, signIn } from './person.ts';
import { keepScreen } from './screens.ts';

test('a wrong password says one sentence and the right one enters; an administrator makes accounts', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await enter(page, admin.login, 'otra frase bastante larga');
  await page.getByRole('alert').getByText('El usuario o la contraseña no son correctos.').waitFor();
  expect(await page.getByRole('alert').count()).toBe(1);
  expect(await page.getByLabel('Contraseña', { exact: true }).inputValue()).toBe('');
  await keepScreen(app, 'sign-in-wrong');
  await enter(page, admin.login, password);
  await page.getByRole('navigation').getByRole('link', { name: 'Importar' }).waitFor();

  await goTo(page, 'Ajustes');
  await page.getByRole('cell', { name: auditor.login }).waitFor();
  await page.getByRole('button', { name: 'Nueva cuenta' }).click();
  await fillAccount(page, { login: 'eva.sanz', name: 'Eva Sanz' });
  await page.getByRole('radio', { name: /Auditoría/ }).check();
  await page.getByRole('button', { name: 'Crear la cuenta' }).click();
  await page.getByRole('cell', { name: 'eva.sanz' }).waitFor();
  // A refused password is an answer with its status, which a browser notes on its console.
  expect(app.faults.filter((fault) => !fault.includes('401 (Unauthorized)'))).toEqual([]);
});

test('an auditor reads, and is offered neither the import nor the accounts', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page, auditor.login);
  expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Registro', 'Ajustes']);
  await page.evaluate(() => {
    window.location.hash = '#/import';
  });
  expect(await page.getByRole('button', { name: 'Elegir archivo…' }).count()).toBe(0);
  await goTo(page, 'Ajustes');
  await page.getByRole('heading', { name: 'Acerca de' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Cuentas' }).count()).toBe(0);
  expect(app.faults).toEqual([]);
});

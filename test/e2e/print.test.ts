import { expect, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { openApp, preparedFolder } from './open-app.ts';
import { patience, searchFor, shownTotal, signIn } from './person.ts';
import { keepScreen } from './screens.ts';

test('a view is shown as it will be printed: Ctrl+P, its pages, and the document for the printer', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);
  await searchFor(page, 'evento:UPDATE');
  await expect.poll(() => shownTotal(page), patience).toBeGreaterThan(0);

  await page.keyboard.press('Control+p');
  const dialog = page.getByRole('dialog', { name: 'Imprimir' });
  await dialog.getByLabel('Papel').selectOption('Carta');
  await dialog.getByLabel('Orientación').selectOption('Vertical');
  await keepScreen(app, 'print-options');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Vista previa' }).click();

  const sheet = dialog.getByRole('img', { name: /^Página 1 de \d+$/ });
  await sheet.waitFor({ timeout: 60_000 });
  const canvas = dialog.locator('canvas');
  /** Width to height, and how many of its dots are ink. */
  const look = () =>
    canvas.evaluate((element) => {
      const { width, height, dataset } = element as HTMLCanvasElement;
      const dots = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      let ink = 0;
      for (let at = 0; at < dots.length; at += 4) if ((dots[at] ?? 255) < 128) ink += 1;
      return { drawn: dataset.drawn, shape: width / height, ink };
    });
  await expect.poll(async () => (await look()).drawn, patience).toBe('1');
  const first = await look();
  expect(first.shape).toBeCloseTo(612 / 792, 1);
  expect(first.ink).toBeGreaterThan(5000);
  // Its pages are there to be seen: no message says so as well, over them.
  await page.getByRole('button', { name: 'Exportación lista', includeHidden: true }).waitFor({ state: 'attached' });
  expect(await page.getByText(/está lista\.$/).count()).toBe(0);
  await keepScreen(app, 'print-preview');
  expect(await seriousFindings(page)).toEqual([]);

  await dialog.getByRole('button', { name: 'Página siguiente' }).click();
  await expect.poll(async () => (await look()).drawn, patience).toBe('2');
  expect((await look()).ink).toBeGreaterThan(5000);

  if (app.kind === 'browser') {
    // The browser has the document itself, to be shown, and prints it from there.
    const asked = page
      .context()
      .waitForEvent('request', (request) => /\/downloads\/[0-9a-f-]{36}$/.test(request.url()));
    await dialog.getByRole('button', { name: 'Imprimir', exact: true }).click();
    expect((await asked).isNavigationRequest()).toBe(true);
    await dialog.waitFor({ state: 'detached' });
  }
  expect(app.faults).toEqual([]);
});

import { expect, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { preparedRows } from './ledger.ts';
import { openApp, preparedFolder } from './open-app.ts';
import { entryPanel, goTo, grid, header, idsAtRest, patience, rowsAreHere, shownIds, signIn } from './person.ts';
import { keepScreen } from './screens.ts';

test('new entries are counted, F5 brings them in; followed, they come by themselves and nothing chosen is lost', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await signIn(page);
  // The program captures, and this test is what it captures from.
  await goTo(page, 'Ajustes');
  await page.getByRole('link', { name: 'Captura' }).click();
  if (app.kind === 'electron') {
    await page.getByRole('switch', { name: 'Recibir registros' }).click();
    await page.getByLabel('Puerto').waitFor();
    if ((await page.getByRole('button', { name: 'Usar uno que esté libre' }).count()) > 0) {
      await page.getByRole('button', { name: 'Usar uno que esté libre' }).click();
    }
  }
  await page.getByText('Captura activa').waitFor();
  const url = (await page.locator('code').first().textContent()) ?? '';
  await page.getByRole('button', { name: 'Nuevo token' }).click();
  await page.getByLabel('Nombre').fill('Pozos');
  await page.getByRole('button', { name: 'Crear el token' }).click();
  const token =
    (await page.getByRole('region', { name: 'Tokens' }).getByRole('status').locator('code').textContent()) ?? '';
  const capture = async (count: number): Promise<void> => {
    const entries = Array.from({ length: count }, () => ({ event: 'UPDATE', target: 'Pozo', field: 'estado' }));
    const answer = await fetch(`${url}/api/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(entries),
    });
    expect(answer.status).toBe(201);
  };
  await goTo(page, 'Registro');
  await rowsAreHere(page);

  await capture(3);
  await page.getByRole('button', { name: '3 nuevos · F5' }).waitFor();
  await keepScreen(app, 'log-new');
  expect(await shownIds(page)).not.toContain(preparedRows + 3);
  await page.keyboard.press('F5');
  await expect.poll(async () => (await shownIds(page))[0], patience).toBe(preparedRows + 3);

  // An entry is open and its row chosen; the key follows.
  await grid(page).locator('[role=row][row-index="2"] [col-id=id]').click();
  await entryPanel(page).waitFor();
  const chosen = preparedRows + 1;
  await page.keyboard.press('f');
  const button = page.getByRole('button', { name: 'Seguir', exact: true });
  await expect.poll(() => button.getAttribute('aria-pressed'), patience).toBe('true');

  // Some hundred entries a second, in small batches; meanwhile no frame shows fewer rows than fit.
  const watched = page.evaluate(async () => {
    const places = (): number => document.querySelectorAll('[role=row][row-index] [col-id=id]').length;
    const filled = (): number =>
      [...document.querySelectorAll('[role=row][row-index] [col-id=id]')].filter((cell) => cell.textContent !== '')
        .length;
    const least = { places: Number.POSITIVE_INFINITY, filled: Number.POSITIVE_INFINITY };
    const until = performance.now() + 4000;
    while (performance.now() < until) {
      await new Promise(requestAnimationFrame);
      least.places = Math.min(least.places, places());
      least.filled = Math.min(least.filled, filled());
    }
    return least;
  });
  const batches = 12;
  for (let batch = 0; batch < batches; batch += 1) await capture(1);
  await expect.poll(async () => (await shownIds(page))[0], patience).toBe(preparedRows + 3 + batches);
  const selected = grid(page).locator('[role=row][aria-selected=true]');
  await expect.poll(() => selected.count(), patience).toBe(1);
  expect(Number(((await selected.locator('[col-id=id]').textContent()) ?? '').replace(/\D/g, ''))).toBe(chosen);
  await entryPanel(page).waitFor();
  const least = await watched;
  expect(least.filled).toBeGreaterThan(15);
  await keepScreen(app, 'log-follow');
  expect(await seriousFindings(page)).toEqual([]);

  // Scrolled away it waits with a word, and goes on at the top.
  await grid(page).locator('[role=row][row-index="5"]').hover();
  await page.mouse.wheel(0, 3000);
  await page.getByRole('button', { name: 'Seguimiento en pausa · volver arriba' }).waitFor();
  const before = await idsAtRest(page);
  await capture(2);
  const paused = page.getByRole('button', { name: '2 nuevos · seguimiento en pausa · F5' });
  await paused.waitFor();
  expect(await shownIds(page)).toEqual(before);
  await keepScreen(app, 'log-follow-paused');
  await paused.click();
  await expect.poll(async () => (await shownIds(page))[0], patience).toBe(preparedRows + 5 + batches);

  // So it does under another order.
  await header(page, 'Registro').click();
  await page.getByRole('button', { name: 'Seguimiento en pausa · ordenar por lo más nuevo' }).click();
  await capture(1);
  await expect.poll(async () => (await shownIds(page))[0], patience).toBe(preparedRows + 6 + batches);
  await page.keyboard.press('f');
  await expect.poll(() => button.getAttribute('aria-pressed'), patience).toBe('false');
  await capture(1);
  await page.getByRole('button', { name: '1 nuevo · F5' }).waitFor();
  expect(app.faults).toEqual([]);
});

import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { preparedRows } from './ledger.ts';
import { openApp, preparedFolder } from './open-app.ts';
import type { OpenedApp } from './opened-app.ts';
import { grid, header, patience, searchFor, signIn, totalIs } from './person.ts';
import { keepScreen } from './screens.ts';

/** AG Grid takes one Page-Down in a tenth of a second, milliseconds: as fast as anybody presses it. */
const pagePause = 120;

/** As many rows as the grid holds at once in these tests, as if a browser drew boxes no taller. */
const windowRows = 1000;
const rowHeight = 28;

const bar = (page: Page): Locator => page.getByRole('scrollbar', { name: 'Lugar en la vista' });

/** The log under a ledger of three windows, by id, so that the id tells the position: the first row has the last id. */
const openLong = async (): Promise<OpenedApp> => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  await page.evaluate((rows) => document.documentElement.style.setProperty('--window-rows', String(rows)), windowRows);
  await signIn(page);
  await totalIs(page, preparedRows);
  await header(page, 'ID').click();
  await expect.poll(() => header(page, 'ID').getAttribute('aria-sort'), patience).toBe('descending');
  await expect.poll(async () => (await sight(page)).ids[0], patience).toBe(preparedRows);
  return app;
};

interface Seen {
  /** Ids from the top; rows on their way are 0. */
  readonly ids: readonly number[];
  /** Pixels from the top of the grid’s rows to each row. */
  readonly tops: readonly number[];
  readonly chosen: readonly number[];
  /** The row that has the keyboard. */
  readonly focused: number;
  /** Pixels that the grid itself has to scroll. */
  readonly height: number;
}

/** What is in sight at this moment. */
const sight = (page: Page): Promise<Seen> =>
  grid(page).evaluate((region) => {
    const viewport = region.querySelector('.ag-grid-viewport');
    const box = viewport?.getBoundingClientRect();
    const head = region.querySelector('.ag-header')?.getBoundingClientRect().height ?? 0;
    const idOf = (row: Element | null | undefined): number =>
      Number((row?.querySelector('[col-id=id]')?.textContent ?? '').replace(/\D/g, ''));
    const rows = [...region.querySelectorAll('[role=row][row-index]')]
      .map((row) => ({ row, top: row.getBoundingClientRect().top - (box?.top ?? 0) - head }))
      .filter(({ top }) => top > -28 && top + head < (box?.height ?? 0))
      .sort((a, b) => a.top - b.top);
    return {
      ids: rows.map(({ row }) => idOf(row)),
      tops: rows.map(({ top }) => Math.round(top)),
      chosen: rows.filter(({ row }) => row.classList.contains('ag-row-selected')).map(({ row }) => idOf(row)),
      focused: idOf(document.activeElement?.closest('[row-index]')),
      height: viewport?.scrollHeight ?? 0,
    };
  });

/** Waits until every row in sight is here, and checks that none is missing between them. */
const wholeSight = async (page: Page): Promise<Seen> => {
  await expect.poll(async () => (await sight(page)).ids.every((id) => id > 0), patience).toBe(true);
  const seen = await sight(page);
  const [first = 0] = seen.ids;
  expect(seen.ids).toEqual(seen.ids.map((_, index) => first - index));
  const [top = 0] = seen.tops;
  expect(seen.tops).toEqual(seen.tops.map((_, index) => top + index * rowHeight));
  // The box that the browser draws is never taller than a window, whatever the view.
  expect(seen.height).toBeLessThanOrEqual((windowRows + 2) * rowHeight);
  return seen;
};

const firstIs = async (page: Page, id: number): Promise<void> => {
  await expect.poll(async () => (await sight(page)).ids, patience).toContain(id);
};

test('a view longer than the grid’s window is scrolled by rows from end to end, by wheel and by keys', async () => {
  const app = await openLong();
  const { page } = app;
  const rows = await page.locator('.ag-grid-viewport').boundingBox();
  if (rows === null) throw new Error('the grid is not there');
  await page.mouse.move(rows.x + 300, rows.y + 300);
  expect(await bar(page).getAttribute('aria-valuetext')).toMatch(/^1 de 3\s000$/);

  // Each turn of the wheel moves as many pixels as it says, across every border between windows.
  let gone = 0;
  while (gone < preparedRows * rowHeight) {
    gone += 5000;
    await page.mouse.wheel(0, 5000);
    const most = preparedRows * rowHeight;
    const placeOf = async (): Promise<number> => {
      const { ids, tops } = await sight(page);
      const at = ids.findIndex((id) => id > 0);
      return (preparedRows - (ids[at] ?? 0)) * rowHeight - (tops[at] ?? 0);
    };
    if (gone + 2000 < most) await expect.poll(placeOf, patience).toBe(gone);
    await wholeSight(page);
  }
  expect((await wholeSight(page)).ids.at(-1)).toBe(1);

  // The row that was chosen is found again, chosen still.
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await expect.poll(async () => (await sight(page)).focused, patience).toBe(preparedRows);
  expect((await wholeSight(page)).chosen).toEqual([preparedRows]);
  await page.keyboard.press('End');
  await expect.poll(async () => (await sight(page)).focused, patience).toBe(1);
  expect((await wholeSight(page)).chosen).toEqual([1]);
  await page.keyboard.press('Control+Home');
  await expect.poll(async () => (await sight(page)).focused, patience).toBe(preparedRows);

  // Page by page and row by row across a border: the current row goes on from where it was, and is the chosen one.
  let at = preparedRows;
  while (at > preparedRows - 1.2 * windowRows) {
    await page.waitForTimeout(pagePause);
    await page.keyboard.press('PageDown');
    const was = at;
    await expect.poll(async () => (await sight(page)).focused < was, patience).toBe(true);
    at = (await sight(page)).focused;
    const { ids } = await wholeSight(page);
    expect(was - at).toBeLessThanOrEqual(ids.length);
    await expect.poll(async () => (await sight(page)).chosen, patience).toEqual([at]);
  }
  for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await sight(page)).chosen, patience).toEqual([at - 3]);
  expect((await sight(page)).focused).toBe(at - 3);
  expect(app.faults).toEqual([]);
});

test('the bar beside a long view goes anywhere in it, and what was chosen stays chosen', async () => {
  const app = await openLong();
  const { page } = app;
  await grid(page).getByRole('gridcell', { name: '2 997', exact: true }).click();
  await expect.poll(async () => (await sight(page)).chosen, patience).toEqual([2997]);
  const track = await bar(page).boundingBox();
  if (track === null) throw new Error('the bar is not there');
  const x = track.x + track.width / 2;
  const dragTo = async (share: number): Promise<void> => {
    await page.mouse.move(x, track.y + track.height * share, { steps: 8 });
  };
  const place = async (): Promise<number> => Number(await bar(page).getAttribute('aria-valuenow'));

  // To the middle and to the end, as one drags.
  await page.mouse.move(x, track.y + 5);
  await page.mouse.down();
  await dragTo(0.5);
  await expect.poll(async () => Math.abs((await place()) - preparedRows / 2) < 100, patience).toBe(true);
  const middle = await wholeSight(page);
  expect(Math.abs((middle.ids[0] ?? 0) - preparedRows / 2)).toBeLessThan(100);
  await keepScreen(app, 'long-view');
  await dragTo(1.1);
  await firstIs(page, 1);
  await wholeSight(page);
  expect(await seriousFindings(page)).toEqual([]);
  await page.mouse.up();

  // A press on the track goes there.
  await page.mouse.click(x, track.y + track.height / 3);
  await expect.poll(async () => Math.abs((await place()) - preparedRows / 3) < 100, patience).toBe(true);
  await wholeSight(page);

  // Back at the start the row is chosen as it was.
  await page.mouse.click(x, track.y + 1);
  await firstIs(page, preparedRows);
  expect((await wholeSight(page)).chosen).toEqual([2997]);

  // To an id far away, and on from there.
  await page.keyboard.press('Control+g');
  await page.getByRole('dialog', { name: 'Ir a un registro' }).waitFor();
  await page.keyboard.type('700');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await sight(page)).focused, patience).toBe(700);
  await page.keyboard.press('n');
  await expect.poll(async () => (await sight(page)).focused, patience).toBe(699);
  await wholeSight(page);

  // A view that fits needs no bar.
  await searchFor(page, 'zafiro');
  await expect.poll(() => bar(page).count(), patience).toBe(0);
  expect(app.faults).toEqual([]);
});

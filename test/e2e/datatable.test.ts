import { copyFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type CaptureSite, change, openCaptureSite, send } from '../engine/capture/capture-kit.ts';
import { pageFolderOf } from '../engine/http/open-host.ts';
import { launchChromium } from './open-in-browser.ts';

/** The library that the activity log's page was made with, against our route. */
describe.skipIf(inject('appKind') === 'electron')('DataTables with server-side processing', () => {
  let site: CaptureSite;
  let browser: Browser;
  let page: Page;
  const rows = 57;

  beforeAll(async () => {
    site = await openCaptureSite();
    const entries = Array.from({ length: rows }, (_, i) =>
      change({
        occurredAt: new Date(Date.UTC(2026, 2, 1, 0, i)).toISOString(),
        actor:
          i % 2 === 0
            ? { id: 3, login: 'juan.perez', name: 'Juan Pérez' }
            : { id: 7, login: 'maria.lopez', name: 'María López' },
        event: i % 3 === 0 ? 'CREATE' : 'UPDATE',
        module: { number: (i % 6) + 1 },
        target: `Tabla ${String.fromCharCode(65 + (i % 26))}`,
        recordId: i,
        detail: `cambio <b>${100 + i}</b>`,
      }),
    );
    expect((await send(site, entries)).body.stored).toBe(rows);
    const folder = pageFolderOf(site.data);
    const library = createRequire(import.meta.url).resolve('datatables.net');
    copyFileSync(path.join(path.dirname(library), 'dataTables.min.js'), path.join(folder, 'dataTables.js'));
    writeFileSync(
      path.join(folder, 'table.html'),
      `<!doctype html><meta charset="utf-8"><table id="t"><thead><tr><th>ID<th>Evento<th>Afectación<th>Detalle<th>Fecha<th>Usuario</tr></thead></table>
       <script src="/dataTables.js"></script><script src="/table.js"></script>`,
    );
    writeFileSync(
      path.join(folder, 'table.js'),
      `window.filters = {};
       window.table = new DataTable('#t', {
         serverSide: true, processing: true, pageLength: 10, order: [[0, 'desc']],
         ajax: {
           url: '/api/registro_actividad/datatable',
           headers: { Authorization: 'Bearer ${site.readToken}' },
           data: (asked) => Object.assign(asked, window.filters),
         },
         columns: ['id', 'evento', 'afectacion', 'detalle', 'fecha', 'usuario'].map((data) => ({ data, render: DataTable.render.text() })),
       });`,
    );
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(`${site.url}/table.html`);
    await page.waitForSelector('#t tbody tr:nth-child(10)');
  });
  afterAll(() => browser?.close());

  /** Does something to the table and waits for what it then shows. */
  const after = async (script: string): Promise<{ cells: string[][]; info: string }> => {
    await page.evaluate(`new Promise((resolve) => { window.table.one('draw', resolve); ${script}; })`);
    return (await page.evaluate(`({
      cells: [...document.querySelectorAll('#t tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
      info: document.querySelector('.dt-info').textContent,
    })`)) as { cells: string[][]; info: string };
  };

  test('its first page, the others, and the counts that it shows', async () => {
    const first = await after('window.table.ajax.reload()');
    expect(first.info).toBe('Showing 1 to 10 of 57 entries');
    expect(first.cells.map(([id]) => Number(id))).toEqual([57, 56, 55, 54, 53, 52, 51, 50, 49, 48]);
    expect(first.cells[0]).toEqual([
      '57',
      'UPDATE',
      'Tabla E',
      'cambio <b>156</b>',
      '2026-03-01 00:56:00',
      'juan.perez',
    ]);
    const last = await after("window.table.page('last').draw('page')");
    expect(last.info).toBe('Showing 51 to 57 of 57 entries');
    expect(last.cells.map(([id]) => Number(id))).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  test.each([0, 1, 2, 3, 4, 5])('a click on the heading of column %i sorts both ways', async (column) => {
    const sorted = async (direction: string) =>
      (await after(`window.table.page.len(100).order([${column}, '${direction}']).draw()`)).cells;
    const up = await sorted('asc');
    const down = await sorted('desc');
    expect(up).toHaveLength(rows);
    const values = up.map((row) => (column === 0 ? Number(row[column]) : String(row[column])));
    if (column !== 5) expect(values).toEqual([...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(down.map((row) => row[column])).toEqual([...up].reverse().map((row) => row[column]));
  });

  test('its search box and the three filters', async () => {
    const found = await after("window.table.search('CAMBIO <b>14').draw()");
    expect(found.info).toBe('Showing 1 to 10 of 10 entries (filtered from 57 total entries)');
    expect((await after("window.table.search('').draw()")).info).toMatch(/of 57 entries$/);
    for (const [filters, count] of [
      [{ usuario_id: 3 }, 29],
      [{ evento: 'CREATE' }, 19],
      [{ afectacion: 1 }, 10],
      [{ filtro: 'maría lópez' }, 28],
      [{ usuario_id: 7, evento: 'UPDATE', afectacion: 2 }, 10],
    ] as const) {
      const { info } = await after(`window.filters = ${JSON.stringify(filters)}; window.table.draw()`);
      expect(info).toContain(`of ${count} entries (filtered from 57 total entries)`);
    }
    const none = await after("window.filters = { filtro: 'nada de esto' }; window.table.draw()");
    expect(none.info).toBe('Showing 0 to 0 of 0 entries (filtered from 57 total entries)');
  });
});

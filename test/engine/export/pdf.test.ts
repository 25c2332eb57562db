import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { asShown, readPdf, squeezed } from '../../unit/export/read-pdf.ts';
import { type ExportDesk, hardValues, openExportDesk } from './export-kit.ts';

let desk: ExportDesk;
beforeAll(async () => {
  desk = await openExportDesk();
});

describe('PDF', () => {
  it('holds every entry as the ledger has it, in the order of the view', async () => {
    const result = await desk.run('all.pdf', {
      format: 'pdf',
      columns: ['recordId', 'actor', 'event', 'oldValue', 'newValue', 'detail'],
    });
    expect(result).toMatchObject({
      rows: hardValues.length,
      firstId: 1,
      lastId: hardValues.length,
      shortened: 0,
      sideFile: null,
    });
    const { pages } = await readPdf(await readFile(path.join(desk.folder, 'all.pdf')));
    // What every page repeats is taken off, so that a value that goes over a page's end is in one piece.
    const text = pages
      .map((page) => page.replace(/SHA-256delcontenido.*$/su, '').replace(/^IDUsuarioEvento.*?Detalle/su, ''))
      .join('')
      .replace(/Valor(?:anterior|actual)delregistro\d+,\d+caracteres\(continúa\)/gu, '');
    let at = text.indexOf('Detalle');
    for (const entry of [...desk.entries.values()].reverse()) {
      const row = text.indexOf(`${entry.id}${squeezed(entry.actor?.name ?? entry.actor?.login ?? '')}`, at);
      expect(row, `entry ${entry.id}`).toBeGreaterThanOrEqual(at);
      const value = asShown(entry.oldValue ?? '');
      expect(text.slice(row).includes(value), `entry ${entry.id}: ${value.slice(0, 80)}`).toBe(true);
      at = row;
    }
  });

  it('carries its completeness sheet inside, with the hash of the same rows as NDJSON', async () => {
    const { files } = await desk.run('same.ndjson', { format: 'ndjson' });
    const document = await desk.run('same.pdf', {
      format: 'pdf',
      columns: ['id', 'event'],
      options: { pdf: { paper: 'letter', orientation: 'portrait', layout: 'sheets' } },
    });
    const { pages, sizes } = await readPdf(await readFile(path.join(desk.folder, 'same.pdf')));
    expect(pages[0]).toContain(files[0]?.sha256);
    expect(pages[0]).toContain(`Registroseneldocumento${hardValues.length}`);
    expect(sizes[0]).toEqual([612, 792]);
    expect(document.files).toHaveLength(1);
    expect(await desk.window.call('log.entry', { id: document.entryId ?? 0 })).toMatchObject({
      event: 'EXPORT',
      target: 'pdf',
    });
  });
});

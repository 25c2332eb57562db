import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { readZipParts } from '#main/export/xlsx/read-zip.ts';
import type { Entry } from '#shared/contract/entry.ts';
import { microsOf } from '#shared/text/zoned-time.ts';
import { bugsIn, codeOf, wholeLog } from '../engine/engine-kit.ts';
import { type ExportDesk, hardValues, openExportDesk } from './export-kit.ts';

let desk: ExportDesk;
beforeAll(async () => {
  desk = await openExportDesk();
});

const read = (name: string): Promise<Buffer> => readFile(path.join(desk.folder, name));
const rowsOf = async (name: string, delimiter = ','): Promise<Record<string, string>[]> =>
  parse(await read(name), { bom: true, columns: true, delimiter, record_delimiter: '\r\n' }) as Record<
    string,
    string
  >[];
const raw = { delimiter: ',', bom: false, guard: false } as const;

describe('CSV', () => {
  it('holds every entry as the ledger has it', async () => {
    const result = await desk.run('raw.csv', { options: { csv: raw } });
    const rows = await rowsOf('raw.csv');
    expect(result).toMatchObject({ rows: hardValues.length, firstId: 1, lastId: hardValues.length, shortened: 0 });
    expect(rows.map((row) => Number(row.id))).toEqual([...desk.entries.keys()].reverse());
    for (const row of rows) {
      const entry = desk.entries.get(Number(row.id)) as Entry;
      expect(row.oldValue).toBe(entry.oldValue ?? '');
      expect(row.newValue).toBe(entry.newValue ?? '');
      expect([row.eventId, row.recordId, row.actorName, row.event]).toEqual([
        entry.eventId,
        entry.recordId,
        entry.actor?.name ?? '',
        entry.event,
      ]);
      expect(row.occurredAt).toMatch(/-06:00$/);
      expect(microsOf(row.occurredAt ?? '')).toBe(microsOf(entry.occurredAt));
    }
  });

  it('has no cell that a spreadsheet takes for a formula, and loses nothing by it', async () => {
    await desk.run('guarded.csv', { options: { csv: { delimiter: ';', bom: true, guard: true } } });
    expect((await read('guarded.csv')).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    for (const row of await rowsOf('guarded.csv', ';')) {
      expect(Object.values(row).filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([]);
      const value = desk.entries.get(Number(row.id))?.oldValue ?? '';
      expect([value, `'${value}`]).toContain(row.oldValue);
    }
  });

  it('has the columns that are asked for, and always the id', async () => {
    await desk.run('few.csv', { columns: ['actor', 'event'], options: { csv: raw } });
    expect((await read('few.csv')).toString().split('\r\n')[0]).toBe('id,actor,event');
  });

  it('is read back by our own importer as the same entries', async () => {
    await desk.run('again.csv', { options: { csv: raw } });
    const { grant } = await desk.host.call('file.grant', { path: path.join(desk.folder, 'again.csv') });
    expect(await desk.window.call('import.run', { grant, options: {} })).toMatchObject({
      read: hardValues.length,
      stored: 0,
      duplicates: hardValues.length,
      rejected: 0,
    });
  });
});

describe('NDJSON', () => {
  it('holds every entry as the API answers it', async () => {
    await desk.run('all.ndjson', { format: 'ndjson' });
    const lines = (await read('all.ndjson')).toString().split('\n');
    expect(lines.pop()).toBe('');
    const entries = lines.map((line) => JSON.parse(line) as Entry);
    expect(entries).toEqual([...desk.entries.values()].reverse());
  });
});

describe('an export', () => {
  it('says in a file beside it what it holds, with the hash of what is on the disk', async () => {
    const result = await desk.run('told.csv');
    const sha256 = createHash('sha256')
      .update(await read('told.csv'))
      .digest('hex');
    expect(result.files).toEqual([{ name: 'told.csv', bytes: (await read('told.csv')).length, sha256 }]);
    const sheet = JSON.parse((await read('told.csv.completeness.json')).toString());
    expect(sheet).toMatchObject({
      query: '-evento:EXPORT',
      sort: '-id',
      rows: hardValues.length,
      firstId: 1,
      lastId: hardValues.length,
      missing: { count: 0 },
      operator: 'Ana (ana)',
      zone: 'America/Mexico_City',
      files: [{ sha256 }],
    });
    expect(sheet.ledgerEntries).toBeGreaterThan(hardValues.length);
    expect(sheet.sheet['Registros en el documento']).toBe(hardValues.length);
  });

  it('is an entry itself', async () => {
    const { entryId, files } = await desk.run('entry.csv');
    expect(await desk.window.call('log.entry', { id: entryId ?? 0 })).toMatchObject({
      event: 'EXPORT',
      source: 'bitacora',
      target: 'csv',
      recordId: 'entry.csv',
      actor: { login: 'ana' },
      extra: { rows: hardValues.length, files },
    });
  });

  it('follows the sort of its view and keeps to the rows that were picked', async () => {
    const view = { ...wholeLog(), sort: { column: 'event', descending: false } as const };
    await desk.run('picked.csv', { view, ids: [5, 2, 3, 4], options: { csv: raw } });
    const rows = await rowsOf('picked.csv');
    expect(rows.map((row) => `${row.event} ${row.id}`)).toEqual(['CREATE 2', 'CREATE 4', 'UPDATE 3', 'UPDATE 5']);
    expect(JSON.parse((await read('picked.csv.completeness.json')).toString()).selected).toBe(true);
  });

  it('of nothing has its head only', async () => {
    const view = wholeLog([{ kind: 'word', exclude: false, value: { text: 'no hay tal cosa', prefix: false } }]);
    const result = await desk.run('none.csv', { view, columns: ['id', 'event'], options: { csv: raw } });
    expect(result).toMatchObject({ rows: 0, firstId: null, lastId: null });
    expect((await read('none.csv')).toString()).toBe('id,event\r\n');
    const empty = await desk.run('none.ndjson', { view, format: 'ndjson' });
    expect(empty.files[0]?.bytes).toBe(0);
  });

  it('takes the place of an older file only when it is whole', async () => {
    await writeFile(path.join(desk.folder, 'old.csv'), 'lo de antes');
    const controller = new AbortController();
    const cancelled = codeOf(
      desk.run('old.csv', {}, { signal: controller.signal, onProgress: () => controller.abort() }),
    );
    expect(await cancelled).toBe('cancelled');
    expect((await read('old.csv')).toString()).toBe('lo de antes');
    await desk.run('old.csv', { columns: ['id'] });
    expect((await read('old.csv')).toString()).not.toContain('lo de antes');
    expect((await readdir(desk.folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('is refused for a place that can’t be, and nothing stays', async () => {
    expect(await codeOf(desk.run('no/such/folder/a.csv'))).toBe('file_unwritable');
    expect(await codeOf(desk.run(`${'a'.repeat(300)}.csv`))).toBe('file_unwritable');
    expect(await codeOf(desk.run('a\0b.csv'))).toBe('file_unwritable');
    await mkdir(path.join(desk.folder, 'a-folder.csv'));
    expect(await codeOf(desk.run('a-folder.csv'))).toBe('file_unwritable');
    expect((await readdir(desk.folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('takes a name with everything that a file system allows', async () => {
    const name = 'año 2026: «uno» & "dos" | $HOME %PATH% \\ \'x\' 😀.csv';
    const result = await desk.run(name);
    expect(result.files[0]?.name).toBe(name);
    expect((await read(name)).length).toBe(result.files[0]?.bytes);
  });

  it('runs beside others', async () => {
    const results = await Promise.all([
      desk.run('one.csv'),
      desk.run('two.ndjson', { format: 'ndjson' }),
      desk.run('three.csv', { columns: ['id'] }),
    ]);
    expect(results.map((result) => result.rows)).toEqual([hardValues.length, hardValues.length, hardValues.length]);
  });

  it('is put with others into one ZIP file, for whoever can only be sent one', async () => {
    await desk.run('año.csv', { columns: ['id'] });
    const files = ['año.csv', 'año.csv.completeness.json'].map((name) => path.join(desk.folder, name));
    const target = path.join(desk.folder, 'all.zip');
    const { bytes, sha256 } = await desk.host.call('export.bundle', { files, target });
    const zip = await read('all.zip');
    expect([zip.length, createHash('sha256').update(zip).digest('hex')]).toEqual([bytes, sha256]);
    const parts = await readZipParts(zip);
    expect([...parts]).toEqual(
      await Promise.all(files.map(async (file) => [path.basename(file), await readFile(file, 'utf8')])),
    );
    const nowhere = path.join(desk.folder, 'no', 'all.zip');
    expect(await codeOf(desk.host.call('export.bundle', { files, target: nowhere }))).toBe('file_unwritable');
    const cancelled = AbortSignal.abort();
    const never = { files, target: `${target}2` };
    expect(await codeOf(desk.host.call('export.bundle', never, { signal: cancelled }))).toBe('cancelled');
    expect(await codeOf(desk.window.call('export.bundle', { files, target }))).toBe('forbidden');
    expect((await readdir(desk.folder)).filter((name) => /partial|zip2/.test(name))).toEqual([]);
  });

  it('is for those who signed in, at a place that was granted once', async () => {
    const { grant } = await desk.host.call('export.grant', { path: path.join(desk.folder, 'once.csv') });
    const request = { view: wholeLog(), format: 'csv', zone: 'UTC', language: 'es' } as const;
    await desk.window.call('export.run', { grant, request });
    expect(await codeOf(desk.window.call('export.run', { grant, request }))).toBe('not_found');
    expect(await codeOf(desk.window.call('export.grant', { path: '/tmp/x.csv' }))).toBe('forbidden');
    expect(bugsIn(desk.data)).toEqual([]);
  });
});

describe('an export of the engine’s own', () => {
  it('goes on when the window is gone, and whoever comes back hears of it', async () => {
    const { grant } = await desk.host.call('export.grant', { path: path.join(desk.folder, 'later.csv') });
    const request = { view: wholeLog(), format: 'csv', zone: 'UTC', language: 'es' } as const;
    const { job } = await desk.window.call('export.start', { grant, request });
    await desk.host.call('export.settle', {});
    const controller = new AbortController();
    const seen: string[] = [];
    await codeOf(
      desk.window.call(
        'export.watch',
        {},
        {
          signal: controller.signal,
          onEvent: (event) => {
            const { jobs } = event as { jobs: { job: string; state: string }[] };
            seen.push(...jobs.map((shown) => `${shown.job} ${shown.state}`));
            controller.abort();
          },
        },
      ),
    );
    expect(seen).toContain(`${job} done`);
    expect(await desk.host.call('export.files', { job })).toEqual({
      files: [path.join(desk.folder, 'later.csv')],
      sideFile: path.join(desk.folder, 'later.csv.completeness.json'),
    });
    await desk.window.call('export.cancel', { job });
    expect(await codeOf(desk.host.call('export.files', { job }))).toBe('not_found');
  });
});

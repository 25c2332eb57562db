import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { previewFile } from '#main/capture/preview-file.ts';
import type { ImportOptions } from '#shared/contract/import.ts';
import { importContent, options, writeScratch } from './import-scratch.ts';

const preview = async (name: string, content: string | Uint8Array, given: Partial<ImportOptions> = {}) =>
  previewFile(await writeScratch(name, content), options(given), new AbortController().signal);

const line = '{"id":1,"fecha":"2026-03-09","usuario":"peña","detalle":"Válvula “5” €"}\n';

describe('encodings', () => {
  it.each([
    ['UTF-8', 'utf-8', Buffer.from(line)],
    ['UTF-8 with a mark', 'utf-8', Buffer.from(`\uFEFF${line}`)],
    ['UTF-16 LE with a mark', 'utf-16le', Buffer.from(`\uFEFF${line}`, 'utf16le')],
    ['UTF-16 LE without', 'utf-16le', Buffer.from(line, 'utf16le')],
    ['UTF-16 BE with a mark', 'utf-16be', Buffer.from(`\uFEFF${line}`, 'utf16le').swap16()],
    ['UTF-16 BE without', 'utf-16be', Buffer.from(line, 'utf16le').swap16()],
    ['Windows-1252', 'latin1', iconv.encode(line, 'win1252')],
  ])('%s', async (_name, encoding, bytes) => {
    expect((await preview('a.ndjson', bytes)).encoding).toBe(encoding);
    const { entries } = await importContent('a.ndjson', bytes);
    expect(entries[0]).toMatchObject({ actorLogin: 'peña', detail: 'Válvula “5” €' });
  });

  it('reads a line in another encoding than its file’s by itself', async () => {
    const bytes = Buffer.concat([Buffer.from(line.repeat(20)), iconv.encode(line.replace('1', '2'), 'win1252')]);
    const { entries } = await importContent('a.ndjson', bytes);
    expect(new Set(entries.map((entry) => entry.detail))).toEqual(new Set(['Válvula “5” €']));
  });

  it('rejects the lines of a wrongly declared encoding, and never throws for them', async () => {
    const { result } = await importContent('a.ndjson', Buffer.from(`\uFEFF${line}`, 'utf16le'), {
      encoding: 'latin1',
    }).catch((error: { code: string }) => ({ result: error.code }));
    expect(result).toBe('import_binary');
    const wrong = await importContent('b.ndjson', Buffer.from(line), { encoding: 'latin1' });
    expect(wrong.entries[0]?.actorLogin).toBe('peÃ±a');
  });
});

describe('CSV', () => {
  const head = ['id', 'fecha', 'usuario', 'detalle'];
  it.each([',', ';', '\t'] as const)('with %j between its cells', async (delimiter) => {
    const content = `\uFEFF${head.join(delimiter)}\r\n1${delimiter}2026-03-09${delimiter}ana${delimiter}"a${delimiter}b"\r\n`;
    expect(await preview('a.csv', content)).toMatchObject({ format: 'csv', delimiter, rejects: [] });
    const { entries } = await importContent('a.csv', content);
    expect(entries[0]).toMatchObject({ sourceEntryId: '1', actorLogin: 'ana', detail: `a${delimiter}b`, extra: null });
  });

  it('is told by its content when the name says nothing', async () => {
    const { entries } = await importContent('export.dat', `${head.join(';')}\n1;2026-03-09;ana;x, y, z\n`);
    expect(entries[0]).toMatchObject({ detail: 'x, y, z' });
  });

  it('takes empty cells for absent, keeps cells without a name, and does not miss cells at the end', async () => {
    const { entries, result } = await importContent(
      'a.csv',
      'id,fecha,detalle,detalle,,otro\n1,2026-03-09,a,b,c,\n2,2026-03-09\n3,2026-03-09,,,,x,y,z\n',
    );
    expect(result).toMatchObject({ read: 3, stored: 3 });
    expect(entries.map(({ detail, extra }) => [detail, extra === null ? null : JSON.parse(extra)])).toEqual([
      ['a', { 'detalle (2)': 'b', 'column 5': 'c' }],
      [null, null],
      [null, { otro: 'x', 'column 7': 'y', 'column 8': 'z' }],
    ]);
  });

  it('can have nothing but its header', async () => {
    expect((await importContent('a.csv', 'id,fecha\n')).result).toMatchObject({ read: 0, stored: 0 });
  });

  it('with unknown columns only can still be previewed and mapped', async () => {
    const content = 'a,b\n2026-03-09,x\n';
    const seen = await preview('a.csv', content);
    expect(seen.columns.map(({ name, target }) => [name, target])).toEqual([
      ['a', 'extra'],
      ['b', 'extra'],
    ]);
    expect(seen.rejects[0]?.reason).toBe('no_date');
    const mapped = await importContent('a.csv', content, { map: { a: 'occurredAt', b: 'field' } });
    expect(mapped.entries[0]).toMatchObject({ field: 'x', extra: null });
  });
});

describe('the order of days and months', () => {
  it.each([
    ['dmy', '03/04/2026', '25/04/2026'],
    ['mdy', '03/04/2026', '04/25/2026'],
    ['dmy', '03/04/2026', '05/06/2026'],
  ])('is guessed %s from %s and %s', async (order, first, second) => {
    expect((await preview('a.csv', `id,fecha\n1,${first}\n2,${second}\n`)).dateOrder).toBe(order);
  });

  it('is the person’s when given', async () => {
    expect((await preview('a.csv', 'id,fecha\n1,25/04/2026\n', { dateOrder: 'mdy' })).rejects[0]?.reason).toBe(
      'date_impossible',
    );
  });
});

describe('a preview', () => {
  it('shows the columns, what they are taken for, samples, rows and rejects', async () => {
    const content = `${line}{"id":2,"fecha":"mañana","user":{"id":4,"username":"ana"}}\n`;
    const seen = await preview('a.ndjson', content, { map: { detalle: 'newValue' } });
    expect(seen).toMatchObject({ file: 'a.ndjson', format: 'ndjson', gzip: false, delimiter: null });
    expect(seen.columns).toEqual([
      { name: 'id', target: 'sourceEntryId', guessed: true, samples: ['1', '2'] },
      { name: 'fecha', target: 'occurredAt', guessed: true, samples: ['2026-03-09', 'mañana'] },
      { name: 'usuario', target: 'actorLogin', guessed: true, samples: ['peña'] },
      { name: 'detalle', target: 'newValue', guessed: false, samples: ['Válvula “5” €'] },
      { name: 'user.id', target: 'actorId', guessed: true, samples: ['4'] },
      { name: 'user.username', target: 'actorLogin', guessed: true, samples: ['ana'] },
    ]);
    expect(seen.rows).toEqual([
      ['1', '2026-03-09', 'peña', 'Válvula “5” €', null, null],
      ['2', 'mañana', null, null, '4', 'ana'],
    ]);
    expect(seen.rejects).toEqual([
      { line: 2, reason: 'date_unreadable', details: { text: 'mañana', zone: 'UTC' }, excerpt: expect.any(String) },
    ]);
  });
});

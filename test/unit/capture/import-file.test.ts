import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BitacoraError } from '#shared/contract/errors.ts';
import { importContent, makeFolder, readRejects, runImport, writeScratch } from './import-scratch.ts';
import { MemoryLedger } from './memory-ledger.ts';

const row = (id: number, more: object = {}): string =>
  JSON.stringify({
    id,
    evento: 'UPDATE',
    registro_id: id % 7,
    fecha: '2026-03-09T14:30:00.000Z',
    valor_actual: `v${id}`,
    ...more,
  });
const rows = (count: number, from = 1): string =>
  Array.from({ length: count }, (_, index) => `${row(from + index)}\n`).join('');

describe('importing NDJSON', () => {
  it('stores every row, skips blank lines without counting them, and keeps the line numbers', async () => {
    const { result, entries } = await importContent('a.ndjson', `${row(1)}\n\n  \r\n${row(2)}\r\n${row(3)}`);
    expect(result).toMatchObject({ read: 3, stored: 3, duplicates: 0, rejected: 0, rejectsFile: null, warning: null });
    expect(entries.map((entry) => [entry.sourceEntryId, entry.sourceLine])).toEqual([
      ['1', 1],
      ['2', 4],
      ['3', 5],
    ]);
  });

  it('stores nothing twice when the file is imported again', async () => {
    const path = await writeScratch('a.ndjson', rows(4500));
    const ledger = new MemoryLedger();
    expect((await runImport(path, {}, ledger)).result).toMatchObject({ read: 4500, stored: 4500, duplicates: 0 });
    expect((await runImport(path, {}, ledger)).result).toMatchObject({ read: 4500, stored: 0, duplicates: 4500 });
    expect(ledger.mostAtOnce).toBe(1);
    expect(ledger.unfinished).toBe(0);
  });

  it('keeps rows that are truly alike when they have no id of their own, and still finds the file’s second import', async () => {
    const line = '{"evento":"UPDATE","fecha":"2026-03-09 14:30:00","usuario":"ana"}\n';
    const path = await writeScratch('alike.ndjson', line.repeat(5));
    const ledger = new MemoryLedger();
    expect((await runImport(path, {}, ledger)).result).toMatchObject({ read: 5, stored: 5 });
    expect((await runImport(path, {}, ledger)).result).toMatchObject({ read: 5, stored: 0, duplicates: 5 });
  });

  it('gives an entry the same identity from NDJSON, CSV, a JSON list and gzip', async () => {
    const fields = { id: '7', evento: 'UPDATE', fecha: '2026-03-09T14:30:00.000Z', usuario: 'ana', campo: 'estatus' };
    const csv = `${Object.keys(fields).join(';')};vacía\n${Object.values(fields).join(';')};\n`;
    const files = [
      await writeScratch('a.ndjson', `${JSON.stringify({ ...fields, vacía: null })}\n`),
      await writeScratch('b.csv', csv),
      await writeScratch('c.json', JSON.stringify([fields], null, 2)),
      await writeScratch('d.csv.gz', gzipSync(csv)),
    ];
    const ledger = new MemoryLedger();
    for (const path of files) await runImport(path, { source: path }, ledger);
    expect(ledger.entries).toHaveLength(1);
  });

  it('rejects what can’t be read, with its line, reason and whole text, and stores the rest', async () => {
    const long = `{"evento":"${'x'.repeat(500)}`;
    const content = `${row(1)}\n${long}\n[1,2]\n{"evento":"CREATE"}\n${row(2, { fecha: '2026-02-30' })}\n${row(3)}\n`;
    const { result, entries } = await importContent('bad.ndjson', content);
    expect(result).toMatchObject({ read: 6, stored: 2, rejected: 4 });
    expect(entries.map((entry) => entry.sourceEntryId)).toEqual(['1', '3']);
    expect(result.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'not_json'],
      [3, 'not_object'],
      [4, 'no_date'],
      [5, 'date_impossible'],
    ]);
    expect(result.rejects[0]?.excerpt).toBe(long.slice(0, 200));
    const written = await readRejects(result.rejectsFile);
    expect(written.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(written[0]?.text).toBe(long);
    expect(written[3]).toMatchObject({
      es: 'La fecha «2026-02-30» no existe en el calendario o en el reloj.',
      en: 'The date “2026-02-30” does not exist on the calendar or the clock.',
    });
  });

  it('writes the same rejects again when the import is repeated, and none when there are none', async () => {
    const path = await writeScratch('bad.ndjson', `${row(1)}\nnonsense\n{"fecha":"2026-03-09","id":2}\n`);
    const ledger = new MemoryLedger();
    const first = (await runImport(path, {}, ledger)).result;
    const text = await readFile(first.rejectsFile ?? '', 'utf8');
    const second = (await runImport(path, {}, ledger)).result;
    expect(second.rejectsFile).toBe(first.rejectsFile);
    expect(await readFile(second.rejectsFile ?? '', 'utf8')).toBe(text);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });

  it('keeps a long number exactly as it was written', async () => {
    const { entries } = await importContent(
      'long.ndjson',
      '{"id":12345678901234567890,"fecha":"2026-03-09","registro_id":9007199254740993,"otro":{"clave":12345678901234567891}}\n',
    );
    expect(entries[0]).toMatchObject({
      sourceEntryId: '12345678901234567890',
      recordId: '9007199254740993',
      extra: '{"otro":{"clave":12345678901234567891}}',
    });
  });

  it('ends with well-formed texts whatever the file holds', async () => {
    const { entries } = await importContent(
      'odd.ndjson',
      '{"id":1,"fecha":"2026-03-09","valor_actual":"\\ud800 half","valor_anterior":"nul \\u0000","detalle":"pair \\ud83d\\ude00"}\n',
    );
    expect(entries[0]).toMatchObject({ newValue: '\uFFFD half', oldValue: 'nul \u0000', detail: 'pair 😀' });
  });

  it('skips a line over the limit in bounded memory and keeps its beginning', async () => {
    const folder = await makeFolder();
    const path = `${folder}/long.ndjson`;
    const huge = `{"evento":"${'y'.repeat(70 * 1024 * 1024)}"}`;
    await writeFile(path, `${row(1)}\n${huge}\n${row(2)}\n`);
    const { result } = await runImport(path);
    expect(result).toMatchObject({ read: 3, stored: 2, rejected: 1 });
    expect(result.rejects[0]).toMatchObject({ line: 2, reason: 'row_too_long', details: { bytes: huge.length } });
    const [written] = await readRejects(result.rejectsFile);
    expect(written?.text).toBe(huge.slice(0, 64 * 1024));
  });
});

describe('going on after an interruption', () => {
  const interrupted = async (content: string | Uint8Array, name: string, given = {}) => {
    const path = await writeScratch(name, content);
    const whole = await runImport(path, given);
    const again = await writeScratch(name, content);
    const ledger = new MemoryLedger();
    ledger.failAfter = 2;
    await expect(runImport(again, given, ledger)).rejects.toThrow('killed');
    const kept = ledger.entries.length;
    ledger.failAfter = Number.POSITIVE_INFINITY;
    const { result } = await runImport(again, given, ledger);
    return { whole, result, ledger, kept };
  };
  const expectSame = ({ whole, result, ledger, kept }: Awaited<ReturnType<typeof interrupted>>) => {
    expect(kept).toBeGreaterThan(0);
    expect(ledger.entries).toEqual(whole.entries);
    expect(result.read).toBe(whole.result.read);
    expect(result.rejected).toBe(whole.result.rejected);
    expect(result.stored).toBe(whole.result.stored - kept);
    expect(result.duplicates).toBe(whole.result.duplicates + kept);
    expect(result.rejects).toEqual(whole.result.rejects);
    expect(ledger.unfinished).toBe(0);
  };
  const withBad = Array.from({ length: 7000 }, (_, i) => (i % 500 === 3 ? `bad ${i}\n` : `${row(i)}\n`)).join('');

  it('stores the rest and nothing twice, and the rejects stay complete', async () => {
    const run = await interrupted(withBad, 'a.ndjson');
    expectSame(run);
    expect(run.result.read).toBe(run.result.stored + run.result.duplicates + run.result.rejected);
    const strip = async (path: string | null) => readFile(path ?? '', 'utf8');
    expect(await strip(run.result.rejectsFile)).toBe(await strip(run.whole.result.rejectsFile));
  });

  const csv = Array.from({ length: 7000 }, (_, i) => `${i};2026-03-09;"a ""quoted""\nvalue ${i}"\r\n`).join('');
  const list = Array.from({ length: 7000 }, (_, i) => ({ id: i, fecha: '2026-03-09', detalle: `]}{["${i}` }));
  it.each([
    ['gzip', 'a.ndjson.gz', gzipSync(withBad)],
    ['UTF-16', 'b.ndjson', Buffer.from(`\uFEFF${withBad}`, 'utf16le')],
    ['UTF-8 with a byte order mark', 'c.ndjson', `\uFEFF${withBad}`],
    ['CSV', 'd.csv', `id;fecha;detalle\r\n${csv}`],
    ['a JSON list', 'e.json', JSON.stringify(list, null, 2)],
  ])('does so in %s', async (_what, name, content) => {
    expectSame(await interrupted(content, name));
  });

  it('numbers rows that are alike as an unbroken run would', async () => {
    const line = '{"evento":"UPDATE","fecha":"2026-03-09 14:30:00","usuario":"ana"}\n';
    expectSame(await interrupted(line.repeat(7000), 'alike.ndjson'));
  });

  it('starts anew when the rejects file is gone', async () => {
    const path = await writeScratch('a.ndjson', withBad);
    const ledger = new MemoryLedger();
    ledger.failAfter = 2;
    await expect(runImport(path, {}, ledger)).rejects.toThrow('killed');
    const kept = ledger.entries.length;
    await rm(join(dirname(path), 'rejects'), { recursive: true });
    ledger.failAfter = Number.POSITIVE_INFINITY;
    const { result } = await runImport(path, {}, ledger);
    expect(result).toMatchObject({ read: 7000, rejected: 14, duplicates: kept, stored: 6986 - kept });
    expect(await readRejects(result.rejectsFile)).toHaveLength(14);
  });

  it('passes a full disk on and keeps what was stored', async () => {
    const path = await writeScratch('a.ndjson', rows(9000));
    const ledger = new MemoryLedger();
    ledger.failAfter = 1;
    ledger.failure = new BitacoraError('disk_full');
    await expect(runImport(path, {}, ledger)).rejects.toMatchObject({ code: 'disk_full' });
    expect(ledger.appends).toBe(1);
    expect(ledger.entries.length).toBeGreaterThan(0);
  });

  it('is cancelled with what was stored until then', async () => {
    const path = await writeScratch('a.ndjson', rows(20_000));
    const ledger = new MemoryLedger();
    const controller = new AbortController();
    ledger.onAppend = () => {
      if (ledger.appends === 2) controller.abort();
    };
    await expect(runImport(path, {}, ledger, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(ledger.appends).toBeGreaterThanOrEqual(2);
    expect(ledger.entries.length).toBeLessThan(20_000);
    ledger.onAppend = () => undefined;
    const { result } = await runImport(path, {}, ledger);
    expect(result).toMatchObject({ read: 20_000, rejected: 0 });
    expect(ledger.entries).toHaveLength(20_000);
  });
});

describe('packed files', () => {
  it('reads members one after the other, and ignores zeros after the last', async () => {
    const packed = Buffer.concat([gzipSync(rows(10)), gzipSync(rows(5, 11)), Buffer.alloc(512)]);
    const { result } = await importContent('two.ndjson.gz', packed);
    expect(result).toMatchObject({ read: 15, stored: 15, warning: null });
  });

  it('is told by its content, whatever its name', async () => {
    expect((await importContent('plain.log', gzipSync(rows(3)))).result.stored).toBe(3);
  });

  it('stores everything before the end of a truncated file, and says so', async () => {
    const packed = gzipSync(rows(20_000));
    const { result } = await importContent('cut.ndjson.gz', packed.subarray(0, Math.floor(packed.length / 2)));
    expect(result.warning?.reason).toBe('gzip_torn');
    expect(result.stored).toBeGreaterThan(5000);
    expect(result.read).toBe(result.stored + result.rejected);
    expect(result.rejects.map(({ reason }) => reason)).toEqual(['row_cut']);
  });

  it('stores everything before the place where the data are damaged', async () => {
    // Stored (not packed) blocks, so that it is known which bytes lie before the damage: RFC 1951, 3.2.4.
    const content = rows(20_000);
    const packed = gzipSync(content, { level: 0 });
    let block = 10;
    let before = 0;
    for (let count = 0; count < 3; count += 1) {
      const length = packed.readUInt16LE(block + 1);
      before += length;
      block += 5 + length;
    }
    packed.writeUInt16LE(packed.readUInt16LE(block + 3) ^ 0xffff, block + 3);
    const { result, entries } = await importContent('bad.ndjson.gz', packed);
    const whole = content.slice(0, before).split('\n').length - 1;
    expect(whole).toBeGreaterThan(100);
    expect(result).toMatchObject({ read: whole + 1, stored: whole, rejected: 1, warning: { reason: 'gzip_torn' } });
    expect(result.rejects[0]).toMatchObject({ line: whole + 1, reason: 'row_cut' });
    expect(entries.at(-1)?.sourceEntryId).toBe(String(whole));
  });
});

describe('files that are no trail', () => {
  it.each([
    ['empty', 'import_empty', ''],
    ['blank', 'import_empty', '\n \n\n'],
    ['binary', 'import_binary', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256))],
    ['packed nothing', 'import_empty', gzipSync('')],
    ['prose', 'import_unknown_format', 'Lorem ipsum dolor sit amet\nconsectetur, adipiscing\nelit\n'],
    ['one JSON object over several lines', 'import_unknown_format', JSON.stringify({ a: 1, b: { c: 2 } }, null, 2)],
  ])('says what is wrong with a file that is %s', async (_name, code, content) => {
    await expect(importContent('file.log', content)).rejects.toMatchObject({ code });
  });

  it('names a missing file and a folder', async () => {
    const folder = await makeFolder();
    await expect(runImport(`${folder}/none`)).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(runImport(folder)).rejects.toMatchObject({ code: 'file_unreadable' });
  });

  it('refuses a zone that does not exist', async () => {
    await expect(importContent('a.ndjson', row(1), { zone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

describe('progress', () => {
  it('counts up to the whole file', async () => {
    const path = await writeScratch('a.ndjson', rows(60_000));
    const seen: number[] = [];
    await runImport(path, {}, new MemoryLedger(), {
      onProgress: (progress) => {
        expect(progress.bytes).toBeLessThanOrEqual(progress.totalBytes);
        expect(progress.stored + progress.duplicates + progress.rejected).toBeLessThanOrEqual(progress.read);
        seen.push(progress.read);
      },
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

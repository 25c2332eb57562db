import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DocumentTask, ExportedEntry } from '#main/export/document.ts';
import { type VolumeLimits, writeEntryDocument } from '#main/export/pdf/document-volumes.ts';
import { readEntryIds } from '#main/export/pdf/read-marks.ts';
import { openTypeface } from '#main/export/pdf/typeface.ts';
import { pdfFontsFolder } from '#main/export/pdf-fonts-folder.ts';
import { type ExportColumn, type ExportOptions, exportColumns } from '#shared/contract/export.ts';
import { exportedEntry, exportFacts, someInstant } from './exported-entry.ts';
import { readPdf, squeezed } from './read-pdf.ts';

const contentHash = createHash('sha256').update('content').digest('hex');
const usualColumns: readonly ExportColumn[] = [
  'id',
  'occurredAt',
  'actor',
  'event',
  'recordId',
  'oldValue',
  'newValue',
  'detail',
];

interface Given {
  readonly pdf?: Partial<ExportOptions['pdf']>;
  readonly columns?: readonly ExportColumn[];
  readonly facts?: Parameters<typeof exportFacts>[0];
  readonly limits?: VolumeLimits;
}

const write = async (entries: readonly ExportedEntry[], { pdf, columns = usualColumns, facts, limits }: Given = {}) => {
  const ids = entries.map(({ id }) => id);
  const task: DocumentTask = {
    batches: (async function* () {
      for (let at = 0; at < entries.length; at += 7) yield entries.slice(at, at + 7);
    })(),
    columns,
    facts: exportFacts({
      columns,
      rows: entries.length,
      firstId: ids.length > 0 ? Math.min(...ids) : null,
      lastId: ids.length > 0 ? Math.max(...ids) : null,
      ...facts,
    }),
    options: {
      csv: { delimiter: ',', bom: true, guard: true },
      pdf: { paper: 'a4', orientation: 'landscape', layout: 'table', ...pdf },
    },
    signal: new AbortController().signal,
    contentHash: () => contentHash,
  };
  const files: { name: string; bytes: Buffer }[] = [];
  const figures = await writeEntryDocument(
    openTypeface(pdfFontsFolder),
    task,
    async () => {
      const file = { name: `v${files.length + 1}.pdf`, bytes: Buffer.alloc(0) };
      files.push(file);
      return {
        name: file.name,
        write: async (bytes) => {
          file.bytes = Buffer.concat([file.bytes, bytes]);
        },
      };
    },
    limits,
  );
  return { figures, files, first: files[0]?.bytes ?? Buffer.alloc(0) };
};

const numbered = (count: number, given: (id: number) => Partial<ExportedEntry> = () => ({})): ExportedEntry[] =>
  Array.from({ length: count }, (_value, place) => {
    const id = count - place;
    return exportedEntry({
      id,
      occurredAt: someInstant + id * 3_600_000_000,
      event: 'UPDATE',
      recordId: `PTE-${id}`,
      ...given(id),
    });
  });

describe('the document', () => {
  it('says on its first page what it holds, and on every page what belongs to it', async () => {
    const { first } = await write(numbered(120), { facts: { query: 'evento:UPDATE usuario:"Ana Ruiz"' } });
    const { pages, info, outline } = await readPdf(first);
    expect(pages.length).toBeGreaterThan(3);
    for (const text of [
      'Registrodeauditoría',
      'evento:UPDATEusuario:"AnaRuiz"',
      '120de12',
      'Hojadecompletitud',
      contentHash,
    ])
      expect(pages[0]).toContain(text);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`Página${index + 1}de${pages.length}`);
      expect(page).toContain(`SHA-256delcontenido:${contentHash}`);
      expect(page).toContain('f'.repeat(64));
    }
    for (const page of pages.slice(1, -1)) expect(page).toContain('IDFechaUsuarioEvento');
    expect(pages.at(-1)).toContain(`Registros:120.Páginas:${pages.length}.`);
    expect(pages.at(-1)).toContain('Findeldocumento');
    expect(info).toMatchObject({
      Title: 'Registro de auditoría · ledger.db',
      Subject: 'evento:UPDATE usuario:"Ana Ruiz"',
      Author: 'Ana Ruiz (ana)',
      Creator: 'Bitácora 0.1.0',
      Language: 'es',
    });
    expect(outline.map(({ title }) => title)).toEqual(['Registro de auditoría', 'Registros', 'Firmas']);
    expect(outline[1]?.items.map(({ title }) => title)).toEqual([
      '2026-03-06',
      '2026-03-05',
      '2026-03-04',
      '2026-03-03',
      '2026-03-02',
      '2026-03-01',
    ]);
  });

  it('speaks English too, on Letter, upright', async () => {
    const { first } = await write(numbered(3), {
      pdf: { paper: 'letter', orientation: 'portrait' },
      facts: { language: 'en' },
    });
    const { pages, sizes, language } = await readPdf(first);
    expect(sizes[0]).toEqual([612, 792]);
    expect(language).toBe('en');
    for (const text of ['Auditlog', 'Completenesssheet', 'Page1of', 'Preparedby', 'Endofdocument'])
      expect(pages.join('')).toContain(text);
  });

  it('holds every value whole, in the order of the view', async () => {
    const values = [
      'Árbol, ñandú, çé; “comillas” €',
      'Ελληνικά ἀρχή',
      'Кириллица Ђ',
      '汉字 漢字 かな カナ 한국어',
      '😀🎉👍🏽',
      '→ ≤ ∑ ☑ │ ★',
      `${'palabra '.repeat(90)}fin`,
      'x'.repeat(700),
      JSON.stringify({ a: ['b'.repeat(80), { c: 'https://example.org/d/e?f=g&h=i' }] }),
    ];
    const entries = numbered(values.length, (id) => ({ oldValue: values[id - 1] ?? '', newValue: `nuevo ${id}` }));
    for (const orientation of ['landscape', 'portrait'] as const) {
      const { first } = await write(entries, { pdf: { orientation } });
      const text = (await readPdf(first)).pages.join('');
      let at = 0;
      for (const { id, oldValue } of entries) {
        const row = text.indexOf(`PTE-${id}`, at);
        expect(row).toBeGreaterThan(at);
        expect(text.indexOf(squeezed(oldValue ?? ''), row)).toBeGreaterThan(row);
        at = row;
      }
    }
  });

  it('shows a value of 40,000 characters to its end, over pages', async () => {
    const words = Array.from({ length: 4000 }, (_none, place) => `<${String(place).padStart(8, '0')}`);
    const { first } = await write([exportedEntry({ id: 7, newValue: words.join(' ') })]);
    const { pages } = await readPdf(first);
    expect(pages.length).toBeGreaterThan(4);
    expect(pages.join('').match(/<\d{8}/g)).toEqual(words);
    expect(pages[1]).toContain('Valoractualdelregistro7,39999caracteres');
  });

  it('shows marks for what hides', async () => {
    const { first } = await write([exportedEntry({ oldValue: 'a\u202eb\u0000c\ud800d\ne\tf' })]);
    expect((await readPdf(first)).pages.join('')).toContain('a‹U+202E›b‹U+0000›c‹U+D800›d↵e⇥f');
  });

  it('puts below the row what finds no column, and leaves out only what is not there', async () => {
    const entry = exportedEntry({
      id: 5,
      request: '{"method":"PUT","path":"/a","body":{"clave":"valor"}}',
      extra: '{"otro":1}',
      source: 'legado',
    });
    const { first } = await write([entry], { columns: exportColumns, pdf: { orientation: 'portrait' } });
    const text = (await readPdf(first)).pages.join('');
    for (const shown of [
      'Método:PUT',
      'Petición:{"clave":"valor"}',
      'Otrosdatos:{"otro":1}',
      'Origen:legado',
      entry.eventId,
    ])
      expect(text).toContain(shown);
    expect(text).not.toContain('Correo:');
  });

  it('of one entry can be its sheet', async () => {
    const { first } = await write([exportedEntry({ id: 9, newValue: 'línea\n'.repeat(200), event: 'UPDATE' })], {
      pdf: { layout: 'sheets' },
    });
    const { pages, outline } = await readPdf(first);
    expect(pages[0]).toContain('Fichaderegistro');
    // The sheet proper stands on its own, and can be handed on without the cover.
    expect(pages[0]).not.toContain('línea↵');
    expect(pages[1]).toContain('Registro9');
    expect(pages.join('').match(/línea↵/g)).toHaveLength(200);
    expect(outline[1]?.items.map(({ title }) => title)).toEqual(['Registro 9']);
  });

  it('of nothing says so', async () => {
    const { first, figures } = await write([], { facts: { period: null } });
    expect(figures).toEqual({ rows: 0, firstRow: null, lastRow: null, shortened: 0 });
    expect((await readPdf(first)).pages.join('')).toContain('Ningúnregistrocumpleelfiltro.');
    expect(readEntryIds(first)).toEqual([]);
  });

  it('keeps properties whole whose UTF-16 would look like a line end', async () => {
    const { first } = await write(numbered(1), {
      facts: { operator: 'Jovan Petrović čč (jp)', query: 'usuario:č\\(x)' },
    });
    expect((await readPdf(first)).info).toMatchObject({ Author: 'Jovan Petrović čč (jp)', Subject: 'usuario:č\\(x)' });
  });

  it('is the same bytes for the same entries', async () => {
    const [one, other] = [await write(numbered(20)), await write(numbered(20))];
    expect(one.first.equals(other.first)).toBe(true);
  });
});

describe('volumes', () => {
  it('are cut where they are full, and listed in an index with the hash of each', async () => {
    const limits = { volumesFrom: 50, volumeRows: 20, volumeBytes: 1e9 };
    const { files, figures } = await write(numbered(50), { limits });
    expect(figures).toEqual({ rows: 50, firstRow: 50, lastRow: 1, shortened: 0 });
    expect(files.map(({ bytes }) => readEntryIds(bytes).length)).toEqual([20, 20, 10, 0]);
    expect(files.flatMap(({ bytes }) => [...readEntryIds(bytes)])).toEqual(numbered(50).map(({ id }) => id));
    const index = (await readPdf(files[3]?.bytes ?? Buffer.alloc(0))).pages.join('');
    for (const { name, bytes } of files.slice(0, 3)) {
      expect(index).toContain(name);
      expect(index).toContain(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(index).toContain(contentHash);
    expect(index).toContain('Findeldocumento');
    const second = await readPdf(files[1]?.bytes ?? Buffer.alloc(0));
    expect(second.pages[0]).toContain('Volumen2');
    expect(second.pages.at(-1)).toContain('Findelvolumen2;sigueenelvolumen3');
  });

  it('are begun early when a file grows too large', async () => {
    const { files } = await write(numbered(300), { limits: { volumesFrom: 1e9, volumeRows: 1e9, volumeBytes: 6000 } });
    expect(files.length).toBeGreaterThan(2);
    expect(files.flatMap(({ bytes }) => [...readEntryIds(bytes)])).toEqual(numbered(300).map(({ id }) => id));
  });
});

describe('reading back', () => {
  it('finds every entry once, in order', async () => {
    const { first } = await write(numbered(200));
    expect(readEntryIds(first)).toEqual(numbered(200).map(({ id }) => id));
  });

  it('notices a file that was cut or changed', async () => {
    const { first } = await write(numbered(200));
    expect(() => readEntryIds(first.subarray(0, first.length - 100))).toThrow();
    expect(() => readEntryIds(first.subarray(100))).toThrow();
    const hurt = Buffer.from(first);
    hurt.fill(0, 300, 600);
    expect(() => readEntryIds(hurt)).toThrow();
  });
});

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExportDesk, hardValues, openExportDesk } from '../engine/export/export-kit.ts';
import { asShown, squeezed } from '../unit/export/read-pdf.ts';

/** Values that break exports, values of every script that our fonts draw, and one that is longer than many pages. */
const values = [
  ...hardValues,
  'Ñandú áéíóú ß ø Łódź',
  'Ελληνικά ἀρχή',
  'Кириллица Ђ',
  '汉字 漢字 日本語 カナ 한국어',
  '😀🎉',
  '→ ≤ ∑ ☑ │ ★',
  'a\u202eb\u0000c',
  'una\nlínea\ty otra',
  Array.from({ length: 4000 }, (_none, place) => `<${String(place).padStart(8, '0')}`).join(' '),
];

const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });

let desk: ExportDesk;
let files: readonly string[];
beforeAll(async () => {
  desk = await openExportDesk(values);
  const request = { format: 'pdf', columns: ['recordId', 'event', 'oldValue', 'detail'] } as const;
  const given = [
    { name: 'wide.pdf', pdf: { paper: 'a4', orientation: 'landscape', layout: 'table' } },
    { name: 'high.pdf', pdf: { paper: 'letter', orientation: 'portrait', layout: 'table' } },
    { name: 'sheets.pdf', pdf: { paper: 'a4', orientation: 'portrait', layout: 'sheets' } },
  ] as const;
  for (const { name, pdf } of given)
    await desk.run(name, { ...request, columns: [...request.columns], options: { pdf } });
  files = given.map(({ name }) => path.join(desk.folder, name));
});

describe('what poppler and qpdf read out of a PDF', () => {
  it('is a file without a fault', () => {
    for (const file of files)
      expect(run('qpdf', '--check', file)).toContain('No syntax or stream encoding errors found');
  });

  it('has every font inside, cut to what is used, with its characters', () => {
    for (const file of files) {
      const fonts = run('pdffonts', file)
        .split('\n')
        .slice(2)
        .filter((line) => line !== '');
      expect(fonts.length).toBeGreaterThanOrEqual(4);
      for (const font of fonts) expect(font).toMatch(/^[A-Z]{6}\+Noto\S+\s+CID TrueType\s+Identity-H\s+yes yes yes/);
    }
  });

  it('agrees with the ledger, entry by entry', () => {
    for (const file of files) {
      const text = squeezed(run('pdftotext', '-raw', file, '-'));
      for (const { recordId, oldValue } of desk.entries.values()) {
        expect(text).toContain(recordId);
        const value = oldValue ?? '';
        if (value.length < 1000) expect(text, value).toContain(asShown(value));
      }
      expect(text.match(/<\d{8}/g)).toEqual(values.at(-1)?.split(' '));
      // Those of 32,767 characters and one less and one more: pages come between, so their letters are counted.
      const lettersOf = (whole: string, letter: string): number => whole.split(letter).length - 1;
      for (const letter of ['x', 'á']) {
        const own = [...desk.entries.values()].reduce((sum, entry) => sum + lettersOf(entry.oldValue ?? '', letter), 0);
        expect(own).toBeGreaterThan(32_000);
        // What the document itself says has some of them too.
        expect(lettersOf(text, letter) - own).toBeGreaterThanOrEqual(0);
        expect(lettersOf(text, letter) - own).toBeLessThan(2000);
      }
    }
  });
});

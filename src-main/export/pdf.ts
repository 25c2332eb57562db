import { readFile } from 'node:fs/promises';
import { throwIfCancelled } from '#shared/contract/errors.ts';
import type { DocumentFormat } from './document.ts';
import { fewestFiles, writeEntryDocument } from './pdf/document-volumes.ts';
import { readEntryIds } from './pdf/read-marks.ts';
import { openTypeface } from './pdf/typeface.ts';
import { pdfFontsFolder } from './pdf-fonts-folder.ts';

/** Documents on pages: a table of entries with its completeness sheet, to be read, printed and signed. */
export const pdfFormat: DocumentFormat = {
  extension: '.pdf',
  carriesFacts: true,
  needsContentHash: true,
  volumes: (rows) => fewestFiles(rows),
  write: (task, nextFile) => writeEntryDocument(openTypeface(pdfFontsFolder), task, nextFile),
  readBack: async (files, { signal }) => {
    let rows = 0;
    let firstRow: number | null = null;
    let lastRow: number | null = null;
    for (const file of files) {
      throwIfCancelled(signal);
      const ids = readEntryIds(await readFile(file));
      rows += ids.length;
      firstRow ??= ids[0] ?? null;
      lastRow = ids.at(-1) ?? lastRow;
    }
    return { rows, firstRow, lastRow };
  },
};

import { entryLines } from '#main/store/entry-lines.ts';
import type { DocumentFormat, DocumentTask } from './document.ts';
import { lineFigures } from './read-lines.ts';
import { rowTally } from './row-tally.ts';
import { createTextBytes } from './text-bytes.ts';

/** A line per entry, whole, for machines: `application/x-ndjson`, UTF-8, no byte order mark. */
export const ndjsonFormat: DocumentFormat = {
  extension: '.ndjson',
  carriesFacts: false,
  needsContentHash: false,
  volumes: () => 1,
  write: async ({ batches }: DocumentTask, nextFile) => {
    const file = await nextFile();
    const line = entryLines();
    const tally = rowTally();
    const bytes = createTextBytes();
    for await (const batch of batches) {
      for (const entry of batch) bytes.add(line(entry));
      tally.count(batch);
      await file.write(bytes.take());
    }
    return { ...tally.figures(), shortened: 0 };
  },
  readBack: (files, { signal }) =>
    lineFigures(files, { quoted: false, head: 0, signal, idOf: (text) => (JSON.parse(text) as { id: number }).id }),
};

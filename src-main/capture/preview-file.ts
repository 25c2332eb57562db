import { throwIfCancelled } from '#shared/contract/errors.ts';
import type { ImportOptions, ImportPreview, Reject } from '#shared/contract/import.ts';
import { slotTarget } from './column-names.ts';
import { FileSource } from './file-source.ts';
import { Identity } from './identity.ts';
import { RowMapper } from './map-row.ts';
import { createDateReader } from './parse-date.ts';
import { cellValues, planFile, rowValues } from './plan-file.ts';

const shownRows = 50;
const shownSamples = 3;
const shownRejects = 20;
const shownCharacters = 200;

const shorten = (text: string): string =>
  (text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text).toWellFormed();

/**
 * How a file would be read, from its beginning (256 KiB of content): format, columns and what they are taken for, first
 * rows, and the rows of the beginning that would be rejected. Throws as `importFile` does.
 */
export const previewFile = async (
  path: string,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<ImportPreview> => {
  throwIfCancelled(signal);
  const source = await FileSource.open(path);
  try {
    const plan = await planFile(source, options);
    throwIfCancelled(signal);
    const values = plan.rows.map((row) => (row.cells === null ? rowValues(row) : cellValues(plan.header, row)));
    const mapper = new RowMapper({
      columns: plan.columns,
      header: plan.header,
      readDate: createDateReader(plan.dateOrder, options.zone),
      identity: new Identity(),
      source: options.source,
      users: null,
    });
    const rejects: Reject[] = [];
    for (const row of plan.rows) {
      if (rejects.length >= shownRejects) break;
      const mapped = mapper.map(row);
      if ('reason' in mapped)
        rejects.push({ line: row.line, ...mapped, excerpt: row.text.slice(0, 200).toWellFormed() });
    }
    const columns = plan.columnNames.map((name) => {
      const samples = new Set<string>();
      for (const row of values) {
        const value = row.get(name);
        if (value !== undefined) samples.add(shorten(value));
        if (samples.size >= shownSamples) break;
      }
      const guessed = !plan.columns.isMapped(name);
      return { name, target: slotTarget(plan.columns.slotOf(name)), guessed, samples: [...samples] };
    });
    return {
      file: source.name,
      bytes: source.size,
      format: plan.shape === 'csv' ? 'csv' : 'ndjson',
      gzip: source.gzip,
      encoding: plan.encoding,
      delimiter: plan.delimiter,
      dateOrder: plan.dateOrder,
      columns,
      rows: values.slice(0, shownRows).map((row) =>
        plan.columnNames.map((name) => {
          const value = row.get(name);
          return value === undefined ? null : shorten(value);
        }),
      ),
      rejects,
    };
  } finally {
    await source.close();
  }
};

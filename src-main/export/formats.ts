import type { ExportFormat } from '#shared/contract/export.ts';
import { csvFormat } from './csv.ts';
import type { DocumentFormat } from './document.ts';
import { ndjsonFormat } from './ndjson.ts';
import { pdfFormat } from './pdf.ts';
import { xlsxFormat } from './xlsx.ts';

/** The kinds of document, by what a request calls them. */
export const documentFormats: Readonly<Record<ExportFormat, DocumentFormat>> = {
  xlsx: xlsxFormat,
  csv: csvFormat,
  ndjson: ndjsonFormat,
  pdf: pdfFormat,
};

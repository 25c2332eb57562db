/**
 * The plain way to a PDF: jsPDF and jspdf-autotable as their first example shows them, with a built-in font.
 *
 *   node plain-pdf-child.ts TABLE.csv DOCUMENT.pdf
 *
 * Prints how long it took from the rows in memory to the file on the disk, in milliseconds, and its pages.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { jsPDF } from 'jspdf';
import { autoTable } from 'jspdf-autotable';

const [table = '', target = ''] = process.argv.slice(2);
const [head = [], ...body] = parse(readFileSync(table), { bom: true }) as string[][];
const began = performance.now();
const doc = new jsPDF({ orientation: 'landscape', unit: 'pt', format: 'a4' });
autoTable(doc, { head: [head], body, styles: { fontSize: 7 } });
writeFileSync(target, Buffer.from(doc.output('arraybuffer')));
const wall = performance.now() - began;
process.stdout.write(JSON.stringify({ wall, rows: body.length, pages: doc.getNumberOfPages() }));

import Database from 'better-sqlite3';
import excel from 'exceljs';

/**
 * exceljs's own streaming writer, used plainly: styles and shared strings off, each row committed as it comes, in the
 * order of the same query. Its process gives way after each thousand rows, else nothing would be written before the end.
 *
 *   plain-xlsx-child.ts LEDGER SQL TARGET
 */
const [ledger = '', sql = '', target = ''] = process.argv.slice(2);
const db = new Database(ledger, { readonly: true });
const began = performance.now();
const workbook = new excel.stream.xlsx.WorkbookWriter({ filename: target, useStyles: false, useSharedStrings: false });
let sheet = workbook.addWorksheet('1');
const statement = db.prepare(sql).raw();
const head = statement.columns().map(({ name }) => name);
sheet.addRow(head).commit();
let rows = 0;
for (const row of statement.iterate()) {
  if (rows > 0 && rows % 1_000_000 === 0) {
    sheet.commit();
    sheet = workbook.addWorksheet(String(rows / 1_000_000 + 1));
    sheet.addRow(head).commit();
  }
  sheet.addRow(row).commit();
  rows += 1;
  if (rows % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
}
sheet.commit();
await workbook.commit();
process.stdout.write(JSON.stringify({ wall: performance.now() - began, rows, peak: process.resourceUsage().maxRSS }));

/**
 * One cell of tab-separated text as spreadsheets read it from the clipboard: quoted when it holds a tab, a line break or
 * a quote. A value that a spreadsheet would run as a formula gets an apostrophe in front, so that it is read as text
 * (OWASP, «CSV Injection»).
 */
const cell = (value: string): string => {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value;
  return /[\t\r\n"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Rows as tab-separated text, the header first. */
export const toTsv = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((row) => row.map(cell).join('\t')).join('\r\n');

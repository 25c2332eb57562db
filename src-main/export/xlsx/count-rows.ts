import type { RowFigures } from '../document.ts';

const opening = '<row r="';

/**
 * Counts the rows of a sheet's XML as it comes, and reads the ids of the first and the last one. `idLetters`: the column
 * that has the id. The heading is row 1 and no row of ours.
 */
export const createRowCounter = (idLetters: string) => {
  const idCell = new RegExp(`<c r="${idLetters}\\d+" s="\\d+"><v>(\\d+)</v></c>`);
  /** What has come since the last row began. */
  let rest = '';
  let rows = 0;
  let firstRow: number | null = null;
  const idOf = (row: string): number => Number(idCell.exec(row)?.[1]);
  return {
    take: (chunk: Buffer): void => {
      // One character a byte: what is looked for is ASCII, and markup can't hide in a text.
      let text = rest + chunk.toString('latin1');
      let last = -1;
      for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + opening.length)) {
        // The beginning of a row may be cut after its first characters.
        if (at === 0 && rest.startsWith(opening)) {
          last = 0;
          continue;
        }
        rows += 1;
        if (rows === 3) firstRow = idOf(text.slice(Math.max(0, last), at));
        last = at;
      }
      if (last > 0) text = text.slice(last);
      else if (last < 0) text = text.slice(-opening.length + 1);
      rest = text;
    },
    figures: (): RowFigures => {
      const lastRow = rows > 1 ? idOf(rest) : null;
      return { rows: Math.max(0, rows - 1), firstRow: firstRow ?? lastRow, lastRow };
    },
  };
};

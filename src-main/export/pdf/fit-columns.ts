/** How much room a column wants, in points. */
export interface ColumnWish {
  /** Less than this can't be read. */
  readonly least: number;
  /** What most of its values take on one line. */
  readonly whole: number;
}

/**
 * Fits columns into `room`: each gets what it needs at least, and what is left goes to those that want more. Columns that
 * find no place (their width is null) are those at the end.
 */
export const fitColumns = (wishes: readonly ColumnWish[], room: number): readonly (number | null)[] => {
  let placed = 0;
  let least = 0;
  for (const wish of wishes) {
    if (placed > 0 && least + wish.least > room) break;
    least += wish.least;
    placed += 1;
  }
  const inPlace = wishes.slice(0, placed);
  const wanting = inPlace.reduce((sum, wish) => sum + Math.max(0, wish.whole - wish.least), 0);
  const left = Math.max(0, room - least);
  const widths = inPlace.map((wish) => {
    const more = Math.max(0, wish.whole - wish.least);
    return wish.least + (wanting <= left ? more : (left * more) / wanting);
  });
  const taken = widths.reduce((sum, width) => sum + width, 0);
  // What nobody wants is shared out, so that the table is as wide as the page.
  const scale = taken < room ? room / taken : 1;
  return wishes.map((_wish, index) => {
    const width = widths[index];
    return width === undefined ? null : width * scale;
  });
};

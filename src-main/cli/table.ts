const gap = '  ';
const cut = '…';

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Takes two columns of a terminal: East Asian wide characters (UAX 11) and emoji shown as pictures. */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|.*\ufe0f)/u;
const plain = /^[\x20-\x7e]*$/;

const widthOf = (text: string): number => {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
};

/** As much of the text as fits, with a mark where something is missing. */
const shorten = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + (wide.test(segment) ? 2 : 1);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}${cut}`;
};

/** Narrows the widest columns, one step at a time, until the line fits. Columns keep at least their first characters. */
const narrowColumns = (wanted: readonly number[], available: number): readonly number[] => {
  const widths = [...wanted];
  const least = 4;
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= least) break;
    const second = Math.max(least, ...widths.filter((width) => width < widest));
    const columns = widths.flatMap((width, i) => (width === widest ? [i] : []));
    for (const i of columns) {
      const step = Math.min(widest - second, Math.ceil(excess / columns.length), excess);
      widths[i] = widest - step;
      excess -= step;
    }
  }
  return widths;
};

/** Leaves the first `whole` columns as they are, if the others can still be seen then. */
const fitColumns = (wanted: readonly number[], available: number, whole: number): readonly number[] => {
  const taken = wanted.slice(0, whole).reduce((sum, width) => sum + width, 0);
  if (taken * 2 > available) return narrowColumns(wanted, available);
  return [...wanted.slice(0, whole), ...narrowColumns(wanted.slice(whole), available - taken)];
};

/**
 * Lines of aligned columns, the heads first, none wider than `width` columns of a terminal. The first `whole` columns are
 * shortened last. Every line ends with \n.
 */
export const alignTable = (
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  whole = 0,
): string => {
  const wanted = heads.map((head, i) => Math.max(widthOf(head), ...rows.map((row) => widthOf(row[i] ?? ''))));
  const widths = fitColumns(wanted, width - gap.length * (heads.length - 1), whole);
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((columns, i) => {
      const text = shorten(cells[i] ?? '', columns);
      return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
    });
    return `${shorten(padded.join(gap).trimEnd(), width)}\n`;
  };
  return [heads, ...rows].map(line).join('');
};

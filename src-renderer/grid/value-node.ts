import classes from '#renderer/log/value-text.module.css';
import { textPieces } from '#renderer/log/visible-text.ts';
import type { Span } from '#shared/text/fold.ts';

/** What `ValueText` shows, as a plain element: never HTML, hits marked, hidden characters as marks, direction to itself. */
export const valueNode = (text: string, hits: readonly Span[]): HTMLElement => {
  const node = document.createElement('bdi');
  for (const piece of textPieces(text, hits)) {
    if (!piece.hit && !piece.mark) {
      node.append(piece.text);
      continue;
    }
    const part = document.createElement(piece.hit ? 'mark' : 'span');
    if (piece.mark) part.className = classes.hidden ?? '';
    part.textContent = piece.text;
    node.append(part);
  }
  return node;
};

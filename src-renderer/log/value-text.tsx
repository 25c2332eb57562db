import type { ReactNode } from 'react';
import { textPieces } from '#renderer/log/visible-text.ts';
import type { Span } from '#shared/text/fold.ts';
import classes from './value-text.module.css';

/** Logged text on the screen: never HTML, hits marked, hidden characters as marks, its direction kept to itself. */
export const ValueText = ({
  text,
  hits,
  breaks = 'mark',
}: {
  text: string;
  hits?: readonly Span[] | undefined;
  breaks?: 'mark' | 'keep';
}): ReactNode => {
  const pieces = textPieces(text, hits, breaks);
  const alone = pieces.length === 1 ? pieces[0] : undefined;
  // Most texts are one plain piece; a grid full of them should cost no more than it must.
  if (alone !== undefined && !alone.hit && !alone.mark) return <bdi>{alone.text}</bdi>;
  let at = 0;
  return (
    <bdi>
      {pieces.map((piece) => {
        const key = at;
        at += piece.text.length + 1;
        const Tag = piece.hit ? 'mark' : 'span';
        return (
          <Tag key={key} className={piece.mark ? classes.hidden : undefined}>
            {piece.text}
          </Tag>
        );
      })}
    </bdi>
  );
};

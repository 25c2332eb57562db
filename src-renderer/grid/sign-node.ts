import type { SignShape } from '#renderer/log/sign-shapes.ts';
import classes from '#renderer/log/signs.module.css';

const svg = 'http://www.w3.org/2000/svg';

/** A sign as plain elements, as `signs.tsx` draws it: named by its label, or out of a screen reader’s way. */
export const signNodes = ({ path, text }: SignShape, label?: string): readonly Node[] => {
  const drawing = document.createElementNS(svg, 'svg');
  drawing.setAttribute('class', classes.sign ?? '');
  drawing.setAttribute('viewBox', '0 0 16 16');
  if (label === undefined) drawing.ariaHidden = 'true';
  else {
    drawing.setAttribute('role', 'img');
    const title = document.createElementNS(svg, 'title');
    title.textContent = label;
    drawing.append(title);
  }
  const line = document.createElementNS(svg, 'path');
  line.setAttribute('d', path);
  drawing.append(line);
  if (text === undefined) return [drawing];
  const copied = document.createElement('span');
  copied.className = classes.text ?? '';
  copied.textContent = text;
  return [drawing, copied];
};

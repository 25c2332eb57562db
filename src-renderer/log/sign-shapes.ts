/** A sign that the bundled fonts lack, as a drawing in a square of 16. */
export interface SignShape {
  readonly path: string;
  /** The character itself, for places where the text around the sign can be selected and copied; out of sight. */
  readonly text?: string;
}

/** ∅ stands for «no value», which is not the same as an empty one. */
export const nullShape: SignShape = {
  path: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3M3.5 14l9-12',
  text: '∅',
};
export const arrowShape: SignShape = { path: 'M2.5 8h11M10 4.5 13.5 8 10 11.5', text: ' → ' };
export const unfoldedShape: SignShape = { path: 'M4 6l4 4 4-4' };
export const foldedShape: SignShape = { path: 'M6 4l4 4-4 4' };
export const flagShape: SignShape = { path: 'M4 14V2.5h8L10 5.5l2 3H4' };
export const enterShape: SignShape = { path: 'M13 3v5.5H3.5M6.5 5.5l-3 3 3 3' };

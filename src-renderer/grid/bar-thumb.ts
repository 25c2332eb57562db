import type { Sight } from '#renderer/grid/row-window.ts';

/** The thumb of a scroll bar, in pixels of its track. */
export interface Thumb {
  readonly top: number;
  readonly length: number;
}

const leastLength = 24;

/** The thumb of a bar `track` pixels long that stands for `total` rows. */
export const thumbOf = (track: number, { first, count }: Sight, total: number): Thumb => {
  const share = total <= 0 ? 1 : Math.min(1, count / total);
  const length = Math.min(track, Math.max(leastLength, track * share));
  const hidden = total - count;
  return { top: hidden <= 0 ? 0 : Math.min(1, Math.max(0, first / hidden)) * (track - length), length };
};

/** The row that comes first into sight when the thumb’s top is put `top` pixels down its track. */
export const firstAt = (track: number, top: number, count: number, total: number): number => {
  const room = track - thumbOf(track, { first: 0, count }, total).length;
  return room <= 0 ? 0 : Math.min(1, Math.max(0, top / room)) * Math.max(0, total - count);
};

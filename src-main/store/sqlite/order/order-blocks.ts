import { firstPast } from '../first-past.ts';
import { filledOf, type HeldOrder, throughOf } from './held-order.ts';
import { blockRows } from './order-file.ts';

/**
 * The places of an order in blocks: those of its file, each with what came since and stands in it, so that a block is read
 * in one go. No block has both entries with a value and entries without one.
 */
export interface OrderBlocks {
  /** Their first places, ascending; the order's length comes last. */
  readonly starts: Uint32Array;
  /** The block of a place. */
  ofPlace(place: number): number;
  /** The block of a place of the kept order alone. */
  ofBasePlace(place: number): number;
}

/** How many of ascending numbers are below a bound. */
const countBelow = (ascending: Uint32Array, bound: number): number =>
  firstPast(0, ascending.length, (at) => (ascending[at] as number) >= bound);

/** `size`: places of a whole block. */
export const blocksOf = (held: HeldOrder, size = blockRows): OrderBlocks => {
  const { base, additions } = held;
  const { places, rows } = additions;
  const length = throughOf(held);
  const filled = filledOf(held);
  const starts: number[] = [];
  for (let place = 0; place < base.filled; place += size) starts.push(place + countBelow(places, place));
  if (starts.length === 0 && filled > 0) starts.push(0);
  const filledBlocks = starts.length;
  const firstEmpty = Math.floor(base.filled / size);
  for (let cell = firstEmpty; cell * size < base.length && base.filled < base.length; cell++) {
    starts.push(Math.max(base.filled, cell * size) + rows.length);
  }
  if (starts.length === filledBlocks && filled < length) starts.push(filled);
  const blockStarts = Uint32Array.from([...starts, length]);
  return {
    starts: blockStarts,
    ofPlace: (place) => countBelow(blockStarts.subarray(0, starts.length), place + 1) - 1,
    ofBasePlace: (place) => {
      const cell = Math.floor(place / size);
      return place < base.filled ? cell : filledBlocks + cell - firstEmpty;
    },
  };
};

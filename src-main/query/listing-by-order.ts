import type { StoredOrder } from '#main/store/sqlite/order/stored-order.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { type Blocks, createBlockListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';

/** Places of an order that are looked at together, where columns decide and where texts have to be read. */
const placesByColumns = 65_536;
const placesByTexts = 2048;

/**
 * The matches in a stored order. Entries without a value come last in both directions; equal values, and entries without
 * one, follow by id in the direction of the view.
 */
export const listByOrder = (
  set: MatchSet,
  order: StoredOrder,
  descending: boolean,
  shouldStop: () => boolean,
): Listing => {
  const { filled, length } = order;
  const plain = set.everything && length === set.newestId;
  const size = set.byColumns ? placesByColumns : placesByTexts;
  const filledBlocks = Math.ceil(filled / size);
  /** The places of a block, ascending; the filled ones and the others never share a block. */
  const placesOf = (block: number): readonly [number, number] => {
    const [first, last, within] = block < filledBlocks ? [0, filled, block] : [filled, length, block - filledBlocks];
    if (!descending) return [first + within * size, Math.min(last, first + (within + 1) * size)];
    return [Math.max(first, last - (within + 1) * size), last - within * size];
  };
  const read = (block: number): Uint32Array => {
    const [from, to] = placesOf(block);
    return order.read(from, to);
  };
  const rowsOf = (block: number): number[] => {
    const rows: number[] = [];
    for (const row of read(block)) if (plain || set.has(row)) rows.push(row);
    return descending ? rows.reverse() : rows;
  };
  // What was just counted is asked for next.
  let last: { readonly block: number; readonly rows: number[] } | null = null;
  const rows = (block: number): number[] => {
    if (last?.block !== block) last = { block, rows: rowsOf(block) };
    return last.rows;
  };
  const blocks: Blocks = {
    length: filledBlocks + Math.ceil((length - filled) / size),
    count: (block) => {
      const [from, to] = placesOf(block);
      return plain ? to - from : rows(block).length;
    },
    rows,
    blockOf: (row) => {
      if (!set.has(row)) return -1;
      for (let block = 0; block < blocks.length; block++) {
        throwIfStopped(shouldStop);
        if (read(block).includes(row)) return block;
      }
      return -1;
    },
    mayPass: () => true,
  };
  return createBlockListing(blocks, shouldStop);
};

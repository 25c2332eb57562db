import { chunkWords } from '#main/store/sqlite/columns/chunk.ts';
import type { StoredOrder } from '#main/store/sqlite/order/stored-orders.ts';
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
  // An order leads all over the ledger: one bitmap over everything is asked sooner than each chunk's.
  let flat: Uint32Array | null = null;
  const candidates = (): Uint32Array => {
    if (flat) return flat;
    flat = new Uint32Array(set.chunks * chunkWords);
    for (let chunk = 0; chunk < set.chunks; chunk++) flat.set(set.candidates(chunk), chunk * chunkWords);
    return flat;
  };
  const rowsOf = (block: number): Uint32Array => {
    const listed = Uint32Array.from(read(block));
    let count = listed.length;
    if (!plain) {
      const words = candidates();
      count = 0;
      for (let place = 0; place < listed.length; place++) {
        const row = listed[place] as number;
        if (((words[row >>> 5] as number) & (1 << (row & 31))) === 0) continue;
        if (set.byColumns || set.has(row)) listed[count++] = row;
      }
    }
    const rows = listed.subarray(0, count);
    return descending ? rows.reverse() : rows;
  };
  // What was just counted is asked for next.
  let last: { readonly block: number; readonly rows: Uint32Array } | null = null;
  const rows = (block: number): Uint32Array => {
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

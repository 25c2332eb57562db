import { chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import { firstPast } from '#main/store/sqlite/first-past.ts';
import type { StoredOrder } from '#main/store/sqlite/order/stored-orders.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { countBits, giveBack, othersOf, rowsOfBits } from './bitmap.ts';
import { type Blocks, createBlockListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';
import { TooFar, whichever } from './two-ways.ts';

/** Places of an order whose texts are read together. */
const placesByTexts = 2048;
/** Places that are walked for the first matches before it is asked where the matches stand. */
const firstPlaces = 8 * 65_536;

/** A larger share of the order's entries is counted by walking sooner than by asking where each of them stands. */
const mostShare = 0.05;

/** Adds `step` to the number of each row's block. This runs over millions of entries. */
const addRows = (
  counts: Uint32Array,
  blocks: Uint8Array | Uint16Array,
  first: number,
  rows: Uint16Array,
  step: number,
): void => {
  for (let i = 0; i < rows.length; i++) {
    const block = blocks[first + (rows[i] as number)] as number;
    counts[block] = (counts[block] as number) + step;
  }
};

/** Blocks cut into pieces of at most so many places: their first places, and which block each is of. */
const cutBlocks = (starts: Uint32Array, most: number): { readonly starts: Uint32Array; readonly of: Uint32Array } => {
  const pieces: number[] = [];
  const of: number[] = [];
  for (let block = 0; block < starts.length - 1; block++) {
    for (let place = starts[block] as number; place < (starts[block + 1] as number); place += most) {
      pieces.push(place);
      of.push(block);
    }
  }
  return { starts: Uint32Array.from([...pieces, starts.at(-1) ?? 0]), of: Uint32Array.from(of) };
};

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
  const sure = set.isSure();
  const { starts, of: blockOfPiece } = cutBlocks(order.blockStarts, sure ? Number.POSITIVE_INFINITY : placesByTexts);
  const pieces = starts.length - 1;
  const filledPieces = starts.indexOf(filled);
  /** The piece that comes at a turn, and the turn of a piece: the way there is the way back. */
  const turned = (piece: number): number =>
    !descending ? piece : piece < filledPieces ? filledPieces - 1 - piece : filledPieces + pieces - 1 - piece;
  /** The places of a block of the listing, ascending. */
  const placesOf = (block: number): readonly [number, number] => {
    const piece = turned(block);
    return [starts[piece] as number, starts[piece + 1] as number];
  };
  let mostPlaces = plain ? Number.POSITIVE_INFINITY : firstPlaces;
  let walked = 0;
  const read = (block: number): Uint32Array => {
    const [from, to] = placesOf(block);
    walked += to - from;
    if (walked > mostPlaces) throw new TooFar();
    return order.read(from, to);
  };
  // The next two run over every place. They do not branch on whether a row matches: that is not to be foreseen.
  const countMatches = (listed: Uint32Array): number => {
    // An order leads all over the ledger: one bitmap over everything is asked sooner than each chunk's.
    const words = set.allCandidates();
    let count = 0;
    for (let place = 0; place < listed.length; place++) {
      const row = listed[place] as number;
      count += ((words[row >>> 5] as number) >>> (row & 31)) & 1;
    }
    return count;
  };
  let scratch = new Uint32Array(0);
  const matchesIn = (listed: Uint32Array): Uint32Array => {
    const words = set.allCandidates();
    if (scratch.length <= listed.length) scratch = new Uint32Array(listed.length + 1);
    let count = 0;
    for (let place = 0; place < listed.length; place++) {
      const row = listed[place] as number;
      scratch[count] = row;
      count += ((words[row >>> 5] as number) >>> (row & 31)) & 1;
    }
    return scratch.slice(0, count);
  };
  const rowsOf = (block: number): Uint32Array => {
    const listed = read(block);
    const found = plain ? listed.slice() : matchesIn(listed);
    const rows = sure ? found : found.filter((row) => set.has(row));
    return descending ? rows.reverse() : rows;
  };
  /** Candidates in each of the order's blocks; null until all of them were looked for there, or where that can't be. */
  let inBlocks: Uint32Array | null = null;
  /** Null where walking is the shorter way. */
  const countInBlocks = (): Uint32Array | null => {
    let matches = 0;
    for (let chunk = 0; chunk < set.chunks; chunk++) matches += countBits(set.candidates(chunk));
    // Of the two, those that match and all others, the fewer are counted.
    const others = length - matches;
    const inverted = others < matches;
    if (Math.min(matches, others) > length * mostShare) return null;
    const blocksOfRows = order.rowBlocks();
    if (!blocksOfRows) return null;
    const { kept, later } = blocksOfRows;
    const sizes = order.blockStarts.subarray(1).map((end, block) => end - (order.blockStarts[block] as number));
    const counts = inverted ? sizes : new Uint32Array(sizes.length);
    const step = inverted ? -1 : 1;
    const add = (row: number): void => {
      const block = row < kept.length ? (kept[row] as number) : (later.get(row) as number);
      counts[block] = (counts[block] as number) + step;
    };
    const whole = Math.floor(kept.length / chunkRows);
    for (let chunk = 0; chunk < set.chunks; chunk++) {
      throwIfStopped(shouldStop);
      const first = chunk * chunkRows;
      const matching = set.candidates(chunk);
      const bits = inverted ? othersOf(matching, set.limit(chunk)) : matching;
      const rows = rowsOfBits(bits);
      if (inverted) giveBack(bits);
      if (chunk < whole) addRows(counts, kept, first, rows, step);
      else for (let i = 0; i < rows.length; i++) add(first + (rows[i] as number));
    }
    // Entries that came after the view was frozen.
    if (inverted) for (let row = set.newestId; row < length; row++) add(row);
    return counts;
  };

  // What was just counted is asked for next.
  let last: { readonly block: number; readonly rows: Uint32Array } | null = null;
  const rows = (block: number): Uint32Array => {
    if (last?.block !== block) last = { block, rows: rowsOf(block) };
    return last.rows;
  };
  const blocks: Blocks = {
    length: pieces,
    count: (block) => {
      const [from, to] = placesOf(block);
      if (plain) return to - from;
      const most = inBlocks?.[blockOfPiece[turned(block)] as number];
      if (most === 0 || (most !== undefined && sure)) return most;
      return sure ? countMatches(read(block)) : rows(block).length;
    },
    rows,
    blockOf: (row) => {
      if (!set.has(row)) return -1;
      const place = order.placesOf(Uint32Array.of(row))?.[0];
      if (place !== undefined) return turned(firstPast(0, pieces, (piece) => (starts[piece] as number) > place) - 1);
      for (let block = 0; block < blocks.length; block++) {
        throwIfStopped(shouldStop);
        if (read(block).includes(row)) return block;
      }
      return -1;
    },
    mayPass: () => true,
  };
  const walk = createBlockListing(blocks, shouldStop);
  if (plain) return walk;

  const long = (): Listing => {
    mostPlaces = Number.POSITIVE_INFINITY;
    inBlocks ??= countInBlocks();
    return walk;
  };
  let filtered = 0;
  const filterNext = (): boolean => {
    if (filtered < set.chunks) set.candidates(filtered++);
    return filtered < set.chunks;
  };
  return whichever(walk, long, filterNext);
};

import { chunkRows, chunkWords } from '#main/store/sqlite/columns/chunk.ts';
import type { StoredOrder } from '#main/store/sqlite/order/stored-orders.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { countBits, rowsOfBits } from './bitmap.ts';
import { type Blocks, createBlockListing, createShortListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';
import { sortAsAsked } from './sort-as-asked.ts';
import { TooFar, whichever } from './two-ways.ts';

/** Places of an order that are looked at together, where columns decide and where texts have to be read. */
const placesByColumns = 65_536;
const placesByTexts = 2048;
/** Places that are walked for the first matches before it is asked where the matches stand. */
const firstPlaces = 8 * placesByColumns;
/** So many matches are put into order by their places sooner than by walking. */
const fewMatches = 2 ** 17;

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
  const size = sure ? placesByColumns : placesByTexts;
  // Blocks begin where those of the file do, in both directions; the filled places and the others never share one.
  const filledBlocks = Math.ceil(filled / size);
  const firstEmpty = Math.floor(filled / size);
  const emptyBlocks = length === filled ? 0 : Math.ceil(length / size) - firstEmpty;
  /** The places of a block, ascending. */
  const placesOf = (block: number): readonly [number, number] => {
    if (block < filledBlocks) {
      const cell = descending ? filledBlocks - 1 - block : block;
      return [cell * size, Math.min(filled, (cell + 1) * size)];
    }
    const within = block - filledBlocks;
    const cell = firstEmpty + (descending ? emptyBlocks - 1 - within : within);
    return [Math.max(filled, cell * size), Math.min(length, (cell + 1) * size)];
  };
  const blockOfPlace = (place: number): number => {
    const cell = Math.floor(place / size);
    if (place < filled) return descending ? filledBlocks - 1 - cell : cell;
    return filledBlocks + (descending ? emptyBlocks - 1 - (cell - firstEmpty) : cell - firstEmpty);
  };
  let mostPlaces = plain ? Number.POSITIVE_INFINITY : firstPlaces;
  let walked = 0;
  const read = (block: number): Uint32Array => {
    const [from, to] = placesOf(block);
    walked += to - from;
    if (walked > mostPlaces) throw new TooFar();
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
  // The next two run over every place. They do not branch on whether a row matches: that is not to be foreseen.
  const countMatches = (listed: Uint32Array): number => {
    const words = candidates();
    let count = 0;
    for (let place = 0; place < listed.length; place++) {
      const row = listed[place] as number;
      count += ((words[row >>> 5] as number) >>> (row & 31)) & 1;
    }
    return count;
  };
  const scratch = new Uint32Array(size + 1);
  const matchesIn = (listed: Uint32Array): Uint32Array => {
    const words = candidates();
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
  // What was just counted is asked for next.
  let last: { readonly block: number; readonly rows: Uint32Array } | null = null;
  const rows = (block: number): Uint32Array => {
    if (last?.block !== block) last = { block, rows: rowsOf(block) };
    return last.rows;
  };
  const blocks: Blocks = {
    length: filledBlocks + emptyBlocks,
    count: (block) => {
      const [from, to] = placesOf(block);
      if (plain) return to - from;
      return sure ? countMatches(read(block)) : rows(block).length;
    },
    rows,
    blockOf: (row) => {
      if (!set.has(row)) return -1;
      const place = order.placesOf(Uint32Array.of(row))?.[0];
      if (place !== undefined) return blockOfPlace(place);
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

  /** The matches by their places; null when they are many, or their places are not known. */
  const byPlaces = (): Listing | null => {
    let count = 0;
    for (let chunk = 0; chunk < set.chunks; chunk++) {
      count += sure ? set.countIn(chunk) : countBits(set.candidates(chunk));
      if (count > fewMatches) return null;
    }
    const matches = new Uint32Array(count);
    let at = 0;
    for (let chunk = 0; chunk < set.chunks; chunk++) {
      const inChunk = rowsOfBits(set.candidates(chunk));
      for (let i = 0; i < inChunk.length; i++) matches[at++] = chunk * chunkRows + (inChunk[i] as number);
    }
    const places = order.placesOf(matches);
    if (places === null) return null;
    // Place and number together are below 2^44 and sort as one.
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const place = places[i] as number;
      const turned = descending ? (place < filled ? filled - 1 - place : filled + length - 1 - place) : place;
      keys[i] = turned * fewMatches + i;
    }
    const inOrder = sortAsAsked(keys, length * fewMatches, (key) => matches[key % fewMatches] as number);
    return createShortListing(inOrder, sure ? () => true : set.has, shouldStop);
  };
  const long = (): Listing => {
    mostPlaces = Number.POSITIVE_INFINITY;
    return byPlaces() ?? walk;
  };
  let filtered = 0;
  const filterNext = (): boolean => {
    if (filtered < set.chunks) set.candidates(filtered++);
    return filtered < set.chunks;
  };
  return whichever(walk, long, filterNext);
};

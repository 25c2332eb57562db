import type { Order } from '#main/store/sqlite/order-by-code.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import type { MatchSet } from './match-set.ts';

/**
 * The matches of a view in the order of its sort, found as far as somebody asked. With everything matching, the order
 * itself is the listing and any position is there at once.
 */
export interface Listing {
  /** Rows found so far; exact when `complete`. */
  found(): number;
  complete(): boolean;
  /** Looks on until there are `count` matches or no more. */
  ensure(count: number, shouldStop: () => boolean): void;
  /** The row (entry − 1) at a position below `found`. */
  at(position: number): number;
  /** Position of a row, looking on until it is found; −1 when it is not in the view. */
  positionOf(row: number, shouldStop: () => boolean): number;
}

/** The row at a place of an order, entries without a value last in both directions; `order` null is the order of ids. */
const placedRow = (order: Order | null, length: number, descending: boolean): ((place: number) => number) => {
  if (!order) return descending ? (place) => length - 1 - place : (place) => place;
  const { rows, filled } = order;
  if (!descending) return (place) => rows[place] as number;
  return (place) =>
    place < filled ? (rows[filled - 1 - place] as number) : (rows[length - 1 - (place - filled)] as number);
};

export const createListing = (set: MatchSet, order: Order | null, descending: boolean): Listing => {
  const length = set.newestId;
  const rowAt = placedRow(order, length, descending);
  if (set.everything) {
    return {
      found: () => length,
      complete: () => true,
      ensure: () => undefined,
      at: rowAt,
      positionOf: (row, shouldStop) => {
        if (row < 0 || row >= length) return -1;
        if (!order) return descending ? length - 1 - row : row;
        for (let place = 0; place < length; place++) {
          if ((place & 65_535) === 0) throwIfStopped(shouldStop);
          if (rowAt(place) === row) return place;
        }
        return -1;
      },
    };
  }
  let rows = new Uint32Array(1024);
  let found = 0;
  let place = 0;
  const ensure = (count: number, shouldStop: () => boolean): void => {
    let looked = 0;
    while (found < count && place < length) {
      if ((++looked & 1023) === 0) throwIfStopped(shouldStop);
      const row = rowAt(place);
      // In the order of ids, whole words without a candidate are stepped over.
      if (!order && set.words[row >>> 5] === 0) {
        place += descending ? (row & 31) + 1 : 32 - (row & 31);
        continue;
      }
      if (set.has(row)) {
        if (found === rows.length) {
          const wider = new Uint32Array(found * 2);
          wider.set(rows);
          rows = wider;
        }
        rows[found++] = row;
      }
      // Only now: a stop in between must not skip the row that was being looked at.
      place += 1;
    }
  };
  return {
    found: () => found,
    complete: () => place >= length,
    ensure,
    at: (position) => rows[position] as number,
    positionOf: (row, shouldStop) => {
      if (row < 0 || row >= length || !set.has(row)) return -1;
      for (let position = 0; ; position++) {
        if (position >= found) ensure(position + 1024, shouldStop);
        if (position >= found) return -1;
        if (rows[position] === row) return position;
      }
    },
  };
};

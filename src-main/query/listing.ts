import { firstPast } from '#main/store/sqlite/first-past.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import type { SortedList } from './sort-as-asked.ts';

/** The matches of a view in the order of its sort. Positions count from 0; rows are entries − 1. */
export interface Listing {
  /** The rows at positions from `from` on: `count` of them, or as many as there are. */
  rows(from: number, count: number): number[];
  /** Matches found so far; exact when there are no more. */
  found(): { readonly atLeast: number; readonly exact: boolean };
  /** Position of a row; −1 when it is not in the view. */
  positionOf(row: number): number;
  /** The first position whose row passes; null when none does. `mayPass`: whether a chunk can hold such a row. */
  firstPosition(passes: (row: number) => boolean, mayPass: (chunk: number) => boolean): number | null;
  /**
   * Does a short piece of what makes later questions fast: counts on, so that a jump finds the number of matches before
   * its place. False when there is nothing left.
   */
  prepare(): boolean;
}

/** A sequence of matches cut into blocks, each of which can be looked at by itself. */
export interface Blocks {
  readonly length: number;
  /** Matches in a block. */
  count(block: number): number;
  /** The matches of a block, in the order of the listing. Valid until the next call. */
  rows(block: number): ArrayLike<number>;
  /** The block that a row is in if it is anywhere. */
  blockOf(row: number): number;
  /** False when nothing in the block can pass a test of whole chunks. */
  mayPass(block: number, chunk: (chunk: number) => boolean): boolean;
}

/** Which of the parts with these ends a position is in; their number when it is behind all of them. */
const firstEndingAfter = (ends: readonly number[], position: number): number =>
  firstPast(0, ends.length, (part) => (ends[part] as number) > position);

/** How many matches there are at least after counting some blocks, and in which block a position lies. */
export const createBlockListing = (blocks: Blocks, shouldStop: () => boolean): Listing => {
  /** Matches up to the end of each block that was counted. */
  const ends: number[] = [];
  const counted = (): number => ends.at(-1) ?? 0;
  const countNext = (): void => {
    throwIfStopped(shouldStop);
    ends.push(counted() + blocks.count(ends.length));
  };
  const startOf = (block: number): number => (block === 0 ? 0 : (ends[block - 1] as number));

  /** The first counted block that ends after a position; `ends.length` when none does yet. */
  const blockAt = (position: number): number => firstEndingAfter(ends, position);

  return {
    rows: (from, count) => {
      while (counted() <= from && ends.length < blocks.length) countNext();
      const found: number[] = [];
      for (let block = blockAt(from); found.length < count && block < blocks.length; block++) {
        if (block === ends.length) countNext();
        const start = startOf(block);
        if (ends[block] === start) continue;
        const rows = blocks.rows(block);
        for (let place = Math.max(0, from - start); place < rows.length && found.length < count; place++) {
          found.push(rows[place] as number);
        }
      }
      return found;
    },
    found: () => ({ atLeast: counted(), exact: ends.length === blocks.length }),
    positionOf: (row) => {
      const block = blocks.blockOf(row);
      if (block < 0) return -1;
      while (ends.length <= block) countNext();
      const place = Array.prototype.indexOf.call(blocks.rows(block), row);
      return place < 0 ? -1 : startOf(block) + place;
    },
    firstPosition: (passes, mayPass) => {
      for (let block = 0; block < blocks.length; block++) {
        if (block === ends.length) countNext();
        if (ends[block] === startOf(block) || !blocks.mayPass(block, mayPass)) continue;
        throwIfStopped(shouldStop);
        const place = Array.prototype.findIndex.call(blocks.rows(block), passes);
        if (place >= 0) return startOf(block) + place;
      }
      return null;
    },
    prepare: () => {
      if (ends.length < blocks.length) countNext();
      return ends.length < blocks.length;
    },
  };
};

/** Few candidates in their order, looked at one after the other as far as somebody asks. */
export const createShortListing = (
  candidates: SortedList,
  has: (row: number) => boolean,
  shouldStop: () => boolean,
): Listing => {
  const rows: number[] = [];
  let next = 0;
  const lookOn = (): void => {
    if ((next & 127) === 0) throwIfStopped(shouldStop);
    const row = candidates.at(next) as number;
    if (has(row)) rows.push(row);
    next += 1;
  };
  const firstPosition = (passes: (row: number) => boolean): number | null => {
    for (let position = 0; ; position++) {
      while (rows.length <= position && next < candidates.length) lookOn();
      if (rows.length <= position) return null;
      if (passes(rows[position] as number)) return position;
    }
  };
  return {
    rows: (from, count) => {
      while (rows.length < from + count && next < candidates.length) lookOn();
      return rows.slice(from, from + count);
    },
    found: () => ({ atLeast: rows.length, exact: next === candidates.length }),
    positionOf: (row) => firstPosition((other) => other === row) ?? -1,
    firstPosition,
    prepare: () => false,
  };
};

/** One listing after the other. `totals`: the length of each, null where it has to be counted. */
export const createJoinedListing = (
  parts: number,
  partAt: (part: number) => Listing,
  lengthOf: (part: number) => number | null,
  partOf: (row: number) => number,
  shouldStop: () => boolean,
): Listing => {
  const ends: number[] = [];
  const counted = (): number => ends.at(-1) ?? 0;
  const startOf = (part: number): number => (part === 0 ? 0 : (ends[part - 1] as number));
  const countAll = (part: number): number => {
    const known = lengthOf(part);
    if (known !== null) return known;
    const listing = partAt(part);
    for (;;) {
      const { atLeast, exact } = listing.found();
      if (exact) return atLeast;
      listing.rows(atLeast, 1);
    }
  };
  const countNext = (): void => {
    throwIfStopped(shouldStop);
    ends.push(counted() + countAll(ends.length));
  };
  const partAtPosition = (position: number): number => firstEndingAfter(ends, position);
  /** Rows of the part that nobody has counted yet, from a position in it, without counting it whole. */
  const rows = (from: number, count: number): number[] => {
    while (counted() <= from && ends.length < parts && lengthOf(ends.length) !== null) countNext();
    const found: number[] = [];
    for (let part = partAtPosition(from); found.length < count && part < parts; part++) {
      const inPart = Math.max(0, from - startOf(part));
      const listed = lengthOf(part) === 0 ? [] : partAt(part).rows(inPart, count - found.length);
      found.push(...listed);
      // A part is only counted when what was asked for goes beyond it.
      if (part === ends.length && found.length < count) {
        throwIfStopped(shouldStop);
        const length = lengthOf(part) ?? partAt(part).found().atLeast;
        ends.push(counted() + length);
      }
    }
    return found;
  };
  return {
    rows,
    found: () => {
      const next = ends.length;
      if (next >= parts) return { atLeast: counted(), exact: true };
      const begun = partAt(next).found();
      return { atLeast: counted() + begun.atLeast, exact: begun.exact && next === parts - 1 };
    },
    positionOf: (row) => {
      const part = partOf(row);
      while (ends.length < part) countNext();
      const place = partAt(part).positionOf(row);
      return place < 0 ? -1 : startOf(part) + place;
    },
    firstPosition: (passes, mayPass) => {
      for (let part = 0; part < parts; part++) {
        while (ends.length < part) countNext();
        const place = lengthOf(part) === 0 ? null : partAt(part).firstPosition(passes, mayPass);
        if (place !== null) return startOf(part) + place;
      }
      return null;
    },
    prepare: () => {
      if (ends.length < parts && lengthOf(ends.length) !== null) countNext();
      return ends.length < parts && lengthOf(ends.length) !== null;
    },
  };
};

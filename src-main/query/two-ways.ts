import type { Listing } from './listing.ts';

/** Thrown when the first matches are too far apart to be found by walking. */
export class TooFar extends Error {}

/** Positions that are looked for by walking. */
const firstPositions = 2000;

/**
 * Calls a listing that a short way may give, or the long way once that has shown to be too far. `nearer` does a piece of
 * what the long way needs; false when it can be had at once.
 */
export const whichever = (short: Listing, long: () => Listing, nearer: () => boolean): Listing => {
  let chosen: Listing | null = null;
  const ask = <Answer>(question: (listing: Listing) => Answer): Answer => {
    if (chosen) return question(chosen);
    try {
      return question(short);
    } catch (error) {
      if (!(error instanceof TooFar)) throw error;
      chosen = long();
      return question(chosen);
    }
  };
  return {
    rows: (from, count) => {
      if (from > firstPositions) chosen ??= long();
      return ask((listing) => listing.rows(from, count));
    },
    found: () => ask((listing) => listing.found()),
    positionOf: (row) => ask((listing) => listing.positionOf(row)),
    firstPosition: (passes, mayPass) => ask((listing) => listing.firstPosition(passes, mayPass)),
    prepare: () => {
      if (chosen) return chosen.prepare();
      if (!nearer()) chosen = long();
      return true;
    },
  };
};

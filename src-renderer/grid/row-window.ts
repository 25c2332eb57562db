/** Pixels. */
export const rowHeight = 28;

/**
 * A browser draws no box taller than some 33 million pixels, so the grid never holds more than a stretch of a long view:
 * its window. Positions count from the first row of the view, indexes from the first row of the window.
 */
export interface WindowSize {
  /** The most rows that a window holds. */
  readonly rows: number;
  /** A window begins at a multiple of this. */
  readonly block: number;
}

/** The rows in sight. Parts of rows count: `first` is 2.5 when half of the third row is above the edge. */
export interface Sight {
  readonly first: number;
  readonly count: number;
}

/** Where the last window of a view begins. A view whose length is not known yet has none. */
const lastBase = (total: number | null, { rows, block }: WindowSize): number =>
  total === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.ceil((total - rows) / block) * block);

/** Where a window begins that has as many rows above what is in sight as below it, as far as the view allows. */
export const baseAround = ({ first, count }: Sight, total: number | null, size: WindowSize): number => {
  const wanted = Math.floor((first - (size.rows - count) / 2) / size.block) * size.block;
  return Math.min(lastBase(total, size), Math.max(0, wanted));
};

/** The share of a window that has to be left once scrolling has come to rest, and while it goes on. */
export const restShare = 1 / 5;
export const urgentShare = 1 / 50;

/**
 * Where the window should begin now: it stays, until less than a share of it is left between what is in sight and an end
 * that is not the view’s own.
 */
export const baseFor = (
  base: number,
  sight: Sight,
  total: number | null,
  size: WindowSize,
  share = restShare,
): number => {
  const margin = size.rows * share;
  const above = sight.first - base;
  const below = base + size.rows - (sight.first + sight.count);
  const near = (base > 0 && above < margin) || (base < lastBase(total, size) && below < margin);
  return near ? baseAround(sight, total, size) : base;
};

/** How many of the first `length` rows of a view a window holds that begins at `base`. */
export const rowsFrom = (base: number, length: number, { rows }: WindowSize): number =>
  Math.max(0, Math.min(rows, length - base));

/** What a page showed while it was watched; milliseconds. */
export interface Watched {
  /** From each frame to the next. */
  readonly frames: readonly number[];
  /** The longest time in which some row in sight was blank, whichever it was, and the longest that one row was. */
  readonly longestBlank: number;
  readonly longestBlankRow: number;
  /** Different rows that were seen with something in them. */
  readonly seen: number;
}

export interface FrameWatch {
  start(): void;
  stop(): Watched;
}

declare global {
  interface Window {
    frameWatch: FrameWatch;
  }
}

/** Runs in a page, before its own scripts; all it needs is in it, because it is sent there as text. */
export const installFrameWatch = (): void => {
  let running = false;
  let last: number | null = null;
  let frames: number[] = [];
  let blankSince: number | null = null;
  let longestBlank = 0;
  let longestBlankRow = 0;
  let rowsBlankSince = new Map<string, number>();
  let seen = new Set<string>();

  const look = (now: number): void => {
    const grid = document.querySelector('.ag-root')?.getBoundingClientRect();
    const header = document.querySelector('.ag-header')?.getBoundingClientRect();
    if (grid === undefined || header === undefined) return;
    const stillBlank = new Map<string, number>();
    let covered = 0;
    for (const row of document.querySelectorAll('.ag-row')) {
      const { top, bottom } = row.getBoundingClientRect();
      const height = Math.min(bottom, grid.bottom) - Math.max(top, header.bottom);
      // A sliver at an edge is no row that somebody misses.
      if (height <= 2) continue;
      covered += height;
      const index = row.getAttribute('row-index') ?? '';
      if (row.textContent?.trim() === '') {
        const since = rowsBlankSince.get(index) ?? now;
        stillBlank.set(index, since);
        longestBlankRow = Math.max(longestBlankRow, now - since);
      } else seen.add(index);
    }
    rowsBlankSince = stillBlank;
    const gap = covered < grid.bottom - header.bottom - 40;
    if (stillBlank.size === 0 && !gap) blankSince = null;
    else {
      blankSince ??= now;
      longestBlank = Math.max(longestBlank, now - blankSince);
    }
  };

  const frame = (now: number): void => {
    if (!running) return;
    if (last !== null) frames.push(now - last);
    last = now;
    look(now);
    requestAnimationFrame(frame);
  };

  window.frameWatch = {
    start: () => {
      running = true;
      last = null;
      frames = [];
      blankSince = null;
      longestBlank = 0;
      longestBlankRow = 0;
      rowsBlankSince = new Map();
      seen = new Set();
      requestAnimationFrame(frame);
    },
    stop: () => {
      running = false;
      return { frames, longestBlank, longestBlankRow, seen: seen.size };
    },
  };
};

import type { ColumnArrays } from '#main/store/sqlite/columns.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { andInto, bitmapWords, clearBit, countBits, fullBitmap, hasBit, keepCodes, keepRows } from './bitmap.ts';
import type { TextMatch } from './text-match.ts';
import { passesNumber, type Where } from './where.ts';

/**
 * The entries 1 … newestId that match. The columns are exact at once; text tests are settled entry by entry as somebody
 * looks, or all together by `settle`.
 */
export interface MatchSet {
  readonly newestId: number;
  /** True when every entry matches. */
  readonly everything: boolean;
  readonly words: Uint32Array;
  exact(): boolean;
  has(row: number): boolean;
  /** Settles every candidate; `onProgress` gets the number of sure matches so far. */
  settle(shouldStop: () => boolean, onProgress?: (atLeast: number) => void): void;
  /** The number of matches; only when exact. */
  count(): number;
}

const isUnbounded = (where: Where): boolean =>
  !where.never &&
  where.codes.length + where.times.length + where.ids.length + where.statuses.length + where.texts.length === 0;

export const createMatchSet = (
  where: Where,
  arrays: ColumnArrays,
  newestId: number,
  matchOf: (test: Where['texts'][number]) => TextMatch,
  shouldStop: () => boolean,
): MatchSet => {
  const words = where.never ? new Uint32Array(bitmapWords(newestId)) : fullBitmap(newestId);
  for (const { column, allowed } of where.codes) {
    throwIfStopped(shouldStop);
    keepCodes(words, arrays[column], allowed);
  }
  for (const { exclude, start, end } of where.times) {
    throwIfStopped(shouldStop);
    const times = arrays.occurredAt;
    keepRows(words, (row) => {
      const time = times[row] as number;
      return (time >= start && time < end) !== exclude;
    });
  }
  for (const { exclude, tests } of where.ids) keepRows(words, (row) => passesNumber(tests, row + 1) !== exclude);
  for (const { exclude, tests } of where.statuses) {
    const { status } = arrays;
    keepRows(words, (row) => {
      const cell = status[row] as number;
      return (cell !== 0 && passesNumber(tests, cell - 1)) !== exclude;
    });
  }
  const including: TextMatch[] = [];
  const excluding: TextMatch[] = [];
  for (const test of where.texts) {
    throwIfStopped(shouldStop);
    const match = matchOf(test);
    if (test.exclude) excluding.push(match);
    else {
      andInto(words, match.words);
      including.push(match);
    }
  }

  let settled = including.length + excluding.length === 0;
  let counted: number | null = null;

  const has = (row: number): boolean => {
    if (!hasBit(words, row)) return false;
    if (settled) return true;
    for (const match of including) {
      if (!match.has(row)) {
        clearBit(words, row);
        return false;
      }
    }
    for (const match of excluding) {
      if (match.has(row)) {
        clearBit(words, row);
        return false;
      }
    }
    return true;
  };

  return {
    newestId,
    everything: isUnbounded(where),
    words,
    exact: () => settled,
    has,
    settle: (stop, onProgress) => {
      if (settled) return;
      let looked = 0;
      let matched = 0;
      keepRows(words, (row) => {
        if ((++looked & 511) === 0) {
          throwIfStopped(stop);
          if ((looked & 8191) === 0) onProgress?.(matched);
        }
        const passes = has(row);
        if (passes) matched += 1;
        return passes;
      });
      settled = true;
    },
    count: () => {
      counted ??= countBits(words);
      return counted;
    },
  };
};

import { type Change, diffChars, diffLines, diffWordsWithSpace } from 'diff';
import { throwIfCancelled } from '#shared/contract/errors.ts';

/** From the coarsest to the finest. */
export const diffModes = ['line', 'word', 'character'] as const;
export type DiffMode = (typeof diffModes)[number];

/** A run of text in one side of a comparison. */
export interface DiffRun {
  readonly text: string;
  readonly changed: boolean;
}

export interface TextDiff {
  /** How they were compared: coarser than asked for when that would have taken too long. */
  readonly mode: DiffMode;
  readonly before: readonly DiffRun[];
  readonly after: readonly DiffRun[];
}

/** Beyond this many characters on both sides together nothing is compared: the sides are shown as they are. */
export const maxDiffCharacters = 200_000;
/** Milliseconds after which one way of comparing gives up: two long unlike texts must not hold the window up. */
const timeout = 120;

const side = (changes: readonly Change[], which: 'added' | 'removed'): readonly DiffRun[] => {
  const other = which === 'added' ? 'removed' : 'added';
  return changes.filter((change) => !change[other]).map((change) => ({ text: change.value, changed: change[which] }));
};

const compare = (before: string, after: string, mode: DiffMode): Change[] | undefined => {
  switch (mode) {
    case 'line':
      return diffLines(before, after, { timeout });
    case 'word':
      return diffWordsWithSpace(before, after, { timeout });
    case 'character':
      return diffChars(before, after, { timeout });
    default:
      return mode satisfies never;
  }
};

/** Gives the window a turn to draw and to hear keys. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Compares two texts, more coarsely when the way that was asked for takes too long; null when they are too long or too
 * different for any. (The package's own asynchronous way waits a turn after each single step, which takes seconds.)
 */
export const diffTexts = async (
  before: string,
  after: string,
  wanted: DiffMode,
  signal: AbortSignal,
): Promise<TextDiff | null> => {
  if (before.length + after.length > maxDiffCharacters) return null;
  for (const mode of diffModes.slice(0, diffModes.indexOf(wanted) + 1).toReversed()) {
    await nextTurn();
    throwIfCancelled(signal);
    const changes = compare(before, after, mode);
    if (changes !== undefined) return { mode, before: side(changes, 'removed'), after: side(changes, 'added') };
  }
  return null;
};

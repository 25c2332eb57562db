import { type Change, diffChars, diffLines, diffWordsWithSpace } from 'diff';

export const diffModes = ['line', 'word', 'character'] as const;
export type DiffMode = (typeof diffModes)[number];

/** A run of text in one side of a comparison. */
export interface DiffRun {
  readonly text: string;
  readonly changed: boolean;
}

export interface TextDiff {
  readonly before: readonly DiffRun[];
  readonly after: readonly DiffRun[];
}

/** Beyond this many characters on both sides together nothing is compared: the sides are shown as they are. */
export const maxDiffCharacters = 200_000;
/** Milliseconds after which a comparison gives up, so that two long unlike texts can’t hold anything up. */
const timeout = 800;

const side = (changes: readonly Change[], which: 'added' | 'removed'): readonly DiffRun[] => {
  const other = which === 'added' ? 'removed' : 'added';
  return changes.filter((change) => !change[other]).map((change) => ({ text: change.value, changed: change[which] }));
};

const compare = (before: string, after: string, mode: DiffMode): Promise<Change[] | undefined> =>
  new Promise((callback) => {
    const options = { timeout, callback };
    switch (mode) {
      case 'line':
        diffLines(before, after, options);
        return;
      case 'word':
        diffWordsWithSpace(before, after, options);
        return;
      case 'character':
        diffChars(before, after, options);
        return;
      default:
        mode satisfies never;
    }
  });

/**
 * Compares two texts in small steps, leaving the window free in between; null when they are too long or too different to
 * be compared in time.
 */
export const diffTexts = async (before: string, after: string, mode: DiffMode): Promise<TextDiff | null> => {
  if (before.length + after.length > maxDiffCharacters) return null;
  const changes = await compare(before, after, mode);
  return changes === undefined ? null : { before: side(changes, 'removed'), after: side(changes, 'added') };
};

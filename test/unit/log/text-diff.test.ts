import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffRun, diffModes, diffTexts, maxDiffCharacters } from '#renderer/detail/text-diff.ts';

const joined = (runs: readonly DiffRun[]): string => runs.map((run) => run.text).join('');

const { signal } = new AbortController();

describe('comparing two texts', () => {
  it('gives both texts back whole, whatever the mode', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'ñ', '.'), maxLength: 40 });
    for (const mode of diffModes) {
      await fc.assert(
        fc.asyncProperty(text, text, async (before, after) => {
          const diff = await diffTexts(before, after, mode, signal);
          expect(diff && [joined(diff.before), joined(diff.after)]).toEqual([before, after]);
        }),
        { numRuns: 60 },
      );
    }
  });

  it('marks words', async () => {
    const diff = await diffTexts('gov/minority/rss', 'gov/ranking-member/rss', 'word', signal);
    expect(diff?.before.filter((run) => run.changed).map((run) => run.text)).toEqual(['minority']);
    expect(
      diff?.after
        .filter((run) => run.changed)
        .map((run) => run.text)
        .join(''),
    ).toBe('ranking-member');
  });

  it('marks nothing in equal texts', async () => {
    const diff = await diffTexts('same', 'same', 'character', signal);
    expect([...(diff?.before ?? []), ...(diff?.after ?? [])].some((run) => run.changed)).toBe(false);
  });

  it('does not begin on texts that are too long', async () => {
    expect(await diffTexts('x'.repeat(maxDiffCharacters), 'y', 'character', signal)).toBeNull();
  });

  it('compares more coarsely what is too different, and says so', async () => {
    const text = (seed: number): string =>
      Array.from({ length: 60_000 }, (_, index) => String.fromCharCode(97 + ((index * index * seed) % 23))).join('');
    const diff = await diffTexts(text(7), text(11), 'character', signal);
    expect(diff?.mode).not.toBe('character');
    expect(diff && [joined(diff.before), joined(diff.after)]).toEqual([text(7), text(11)]);
  });

  it('stops when nobody wants to know any more', async () => {
    await expect(diffTexts('a', 'b', 'word', AbortSignal.abort())).rejects.toThrow();
  });
});

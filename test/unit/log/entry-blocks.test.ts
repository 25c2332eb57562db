import { describe, expect, it } from 'vitest';
import { blockStart, createEntryBlocks } from '#renderer/grid/entry-blocks.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import { cancelled } from '#shared/contract/errors.ts';
import type { Page } from '#shared/contract/view.ts';

const rowsFrom = (start: number, count: number): EntryRow[] =>
  Array.from({ length: count }, (_, index) => ({ id: start + index + 1 }) as EntryRow);

const pageFrom = (start: number, count: number, last = false): Page => ({
  rows: rowsFrom(start, count),
  position: start,
  newestId: 1000,
  now: '2026-01-01T00:00:00Z',
  total: { atLeast: 1000, exact: true },
  next: last ? null : 'more',
});

/** A source whose answers wait until they are let go. */
const source = () => {
  const asked: { start: number; signal: AbortSignal; answer: (page?: Page) => void; fail: (error: Error) => void }[] =
    [];
  const fetchPage = (start: number, limit: number, signal: AbortSignal): Promise<Page> =>
    new Promise((resolve, reject) => {
      asked.push({ start, signal, answer: (page = pageFrom(start, limit)) => resolve(page), fail: reject });
      signal.addEventListener('abort', () => reject(cancelled()));
    });
  return { asked, fetchPage };
};

const blocksOf = (fetchPage: ReturnType<typeof source>['fetchPage'], capacity = 3) =>
  createEntryBlocks({ fetchPage, first: pageFrom(0, 10), blockSize: 10, capacity });

describe('the blocks of a view', () => {
  it('begin at multiples of their size', () => {
    expect([0, 9, 10, 19, 333_549].map((position) => blockStart(position, 10))).toEqual([0, 0, 10, 10, 333_540]);
  });

  it('don’t ask again for the page that opened the view', async () => {
    const { asked, fetchPage } = source();
    expect(await blocksOf(fetchPage).load(0)).toHaveLength(10);
    expect(asked).toHaveLength(0);
  });

  it('ask for the first block when the page that opened the view was not all of it', () => {
    const { asked, fetchPage } = source();
    const blocks = createEntryBlocks({ fetchPage, first: pageFrom(0, 4), blockSize: 10, capacity: 3 });
    void blocks.load(0);
    expect(asked).toHaveLength(1);
    const short = createEntryBlocks({ fetchPage, first: pageFrom(0, 4, true), blockSize: 10, capacity: 3 });
    expect(short.peek(0)).toHaveLength(4);
  });

  it('share a request between two who ask', async () => {
    const { asked, fetchPage } = source();
    const blocks = blocksOf(fetchPage);
    const both = Promise.all([blocks.load(20), blocks.load(20)]);
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    const [one, two] = await both;
    expect(one).toBe(two);
    expect(blocks.peek(20)).toBe(one);
  });

  it('end what scrolled out of sight, and ask for it again when it comes back', async () => {
    const { asked, fetchPage } = source();
    const blocks = blocksOf(fetchPage);
    const far = blocks.load(500);
    const near = blocks.load(20);
    blocks.keepBetween(15, 40);
    await expect(far).rejects.toThrow();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(asked[1]?.signal.aborted).toBe(false);
    void blocks.load(500);
    expect(asked).toHaveLength(3);
    asked[1]?.answer();
    expect(await near).toHaveLength(10);
    asked[2]?.answer();
  });

  it('forget the ones unused for longest', async () => {
    const { asked, fetchPage } = source();
    const blocks = blocksOf(fetchPage, 2);
    const load = async (start: number): Promise<void> => {
      const rows = blocks.load(start);
      asked.at(-1)?.answer();
      await rows;
    };
    await load(10);
    await blocks.load(0);
    await load(20);
    expect([0, 10, 20].map((start) => blocks.peek(start) !== undefined)).toEqual([true, false, true]);
  });

  it('can be asked again after a failure', async () => {
    const { asked, fetchPage } = source();
    const blocks = blocksOf(fetchPage);
    const failed = blocks.load(10);
    asked[0]?.fail(new Error('disk'));
    await expect(failed).rejects.toThrow('disk');
    const again = blocks.load(10);
    asked[1]?.answer();
    expect(await again).toHaveLength(10);
  });

  it('end every request when they are closed', async () => {
    const { asked, fetchPage } = source();
    const blocks = blocksOf(fetchPage);
    const open = blocks.load(10);
    blocks.close();
    await expect(open).rejects.toThrow();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(blocks.peek(0)).toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { createCaptureQueue } from '#main/capture/capture-queue.ts';
import type { CapturedEntry } from '#main/capture/read-captured.ts';
import type { CapturedBatch, CapturedIds } from '#main/store/captured.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { newEntry } from '../../store/ledger-kit.ts';

const entries = (count: number, detail = ''): CapturedEntry[] =>
  Array.from({ length: count }, () => ({ entry: newEntry({ detail }), given: true }));

/** A ledger that stores when it is told to. */
const slowLedger = () => {
  let newest = 0;
  const batches: number[] = [];
  const waiting: { settle: (error?: unknown) => void }[] = [];
  const write = (batch: CapturedBatch): Promise<CapturedIds> =>
    new Promise((resolve, reject) => {
      batches.push(batch.entries.length);
      waiting.push({
        settle: (error) => {
          if (error !== undefined) reject(error);
          else {
            const ids = Float64Array.from({ length: batch.entries.length }, () => ++newest);
            resolve({ ids, fresh: new Uint8Array(ids.length).fill(1) });
          }
        },
      });
    });
  /** Resolves when a commit is under way. */
  const begun = async (): Promise<void> => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const settle = async (error?: unknown): Promise<void> => {
    await begun();
    waiting.shift()?.settle(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { write, begun, settle, batches };
};

test('who waits for a commit shares the next one, each with a receipt of its own', async () => {
  const { write, begun, settle, batches } = slowLedger();
  const queue = createCaptureQueue(write);
  const first = queue.store(entries(1));
  await begun();
  const others = [queue.store(entries(3)), queue.store(entries(2)), queue.store(entries(4))];
  expect(batches).toEqual([1]);
  await settle();
  expect(await first).toEqual({ stored: 1, duplicates: 0, ids: [1] });
  await begun();
  expect(batches).toEqual([1, 9]);
  await settle();
  expect(await Promise.all(others)).toEqual([
    { stored: 3, duplicates: 0, ids: [2, 3, 4] },
    { stored: 2, duplicates: 0, ids: [5, 6] },
    { stored: 4, duplicates: 0, ids: [7, 8, 9, 10] },
  ]);
});

test('what arrives together is committed together, and who comes alone after many is not kept waiting', async () => {
  const { write, settle, batches } = slowLedger();
  const queue = createCaptureQueue(write);
  const together = Promise.all(Array.from({ length: 20 }, () => queue.store(entries(1))));
  await settle();
  expect((await together).length).toBe(20);
  const alone = queue.store(entries(1));
  await settle();
  await alone;
  expect(batches).toEqual([20, 1]);
});

test('a disk that fails refuses everybody who waited for that commit, and the next one is tried', async () => {
  const { write, begun, settle } = slowLedger();
  const queue = createCaptureQueue(write);
  const first = queue.store(entries(1));
  await begun();
  const others = [queue.store(entries(1)), queue.store(entries(1))];
  await settle();
  await first;
  const refused = Promise.allSettled(others);
  await settle(new BitacoraError('disk_full'));
  for (const result of await refused) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { code: 'not_accepting', details: { reason: 'disk_full' } },
    });
  }
  const after = queue.store(entries(1));
  await settle();
  expect((await after).stored).toBe(1);
});

test('one request’s fault is not the others’', async () => {
  let newest = 0;
  const queue = createCaptureQueue(async ({ entries: batch }) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (batch.detail.values.includes('poison')) throw new Error('a bug');
    return {
      ids: Float64Array.from({ length: batch.length }, () => ++newest),
      fresh: new Uint8Array(batch.length).fill(1),
    };
  });
  const results = await Promise.allSettled([
    queue.store(entries(1)),
    queue.store(entries(1, 'good')),
    queue.store(entries(1, 'poison')),
    queue.store(entries(1, 'good')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(results[2]).toMatchObject({ reason: { message: 'a bug' } });
});

test('more than can wait is refused at once, and a large batch goes alone', async () => {
  const { write, begun, settle, batches } = slowLedger();
  const queue = createCaptureQueue(write);
  const first = queue.store(entries(1));
  await begun();
  const stored = Array.from({ length: 10 }, () => queue.store(entries(10_000)));
  await expect(queue.store(entries(1))).rejects.toMatchObject({ code: 'not_accepting', details: { reason: 'busy' } });
  for (let i = 0; i < 11; i += 1) await settle();
  expect((await first).stored).toBe(1);
  expect((await Promise.all(stored)).every(({ ids }) => ids.length === 10_000)).toBe(true);
  expect(batches).toEqual([1, ...Array(10).fill(10_000)]);
});

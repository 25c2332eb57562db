import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIndexDriver } from '#main/store/sqlite/index-driver.ts';

type Did = 'order' | 'check' | 'idle';

/** A thread that has `pieces` of work and files to check, or that never comes back when `stuck`. */
const driverOver = (work: { pieces: number; unchecked?: number; stuck?: boolean }) => {
  const paces: string[] = [];
  const tended: number[] = [];
  const faults: unknown[] = [];
  const driver = createIndexDriver({
    startThread: () => ({
      call: async (operation: string, input: unknown): Promise<unknown> => {
        if (work.stuck) return new Promise(() => undefined);
        if (operation === 'clear') return null;
        if (operation === 'bytes') return { order: 12 };
        const { pace, mayCheck } = input as { pace: string; mayCheck: boolean };
        paces.push(pace);
        const left = work.unchecked ?? 0;
        const did: Did = work.pieces > 0 ? 'order' : mayCheck && pace === 'quiet' && left > 0 ? 'check' : 'idle';
        work.pieces = Math.max(0, work.pieces - 1);
        if (did === 'check') work.unchecked = left - 1;
        const progress = did === 'order' ? { kind: 'orders', done: 1, total: 2 } : null;
        return { did, indexed: 7, unchecked: work.unchecked ?? 0, progress };
      },
    }),
    alreadyIndexed: 3,
    onStep: () => undefined,
    tend: async () => {
      tended.push(paces.length);
    },
    onFault: (error) => faults.push(error),
  });
  return { driver, paces, tended, faults };
};

describe('the index driver', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('works while entries come, finishes when they stop, and tends to the ledger once then', async () => {
    const { driver, paces, tended, faults } = driverOver({ pieces: 2 });
    for (let i = 0; i < 50; i++) {
      driver.wake(0);
      await vi.advanceTimersByTimeAsync(10);
    }
    // Writes every ten milliseconds did not put it off.
    expect(paces.slice(0, 3)).toEqual(['steady', 'steady', 'steady']);
    expect(tended).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(paces.at(-1)).toBe('quiet');
    expect(tended).toEqual([paces.length]);
    driver.wake(0);
    await vi.advanceTimersByTimeAsync(2000);
    expect(tended.length).toBe(2);
    expect(faults).toEqual([]);
    driver.stop();
  });

  it('yields to an import and does not tend to the ledger under it', async () => {
    const { driver, paces, tended } = driverOver({ pieces: 0 });
    const end = driver.yieldTo();
    driver.wake(0);
    await vi.advanceTimersByTimeAsync(3000);
    expect(new Set(paces)).toEqual(new Set(['yielding']));
    expect(tended).toEqual([]);
    end();
    await vi.advanceTimersByTimeAsync(3000);
    expect(paces.at(-1)).toBe('quiet');
    expect(tended.length).toBe(1);
    driver.stop();
  });

  it('yields to programs that send very much, and to nobody who sends little', async () => {
    for (const [entries, pace] of [
      [50, 'yielding'],
      [5, 'steady'],
    ] as const) {
      const { driver, paces } = driverOver({ pieces: 0 });
      for (let i = 0; i < 400; i++) {
        driver.wake(entries);
        await vi.advanceTimersByTimeAsync(10);
        // The first second is over.
        if (i === 150) paces.length = 0;
      }
      expect(paces.length).toBeGreaterThan(5);
      expect(new Set(paces)).toEqual(new Set([pace]));
      await vi.advanceTimersByTimeAsync(2000);
      expect(paces.at(-1)).toBe('quiet');
      driver.stop();
    }
  });

  it('reads files of before through only while nobody asks for anything, and for a while after', async () => {
    const work = { pieces: 1, unchecked: 3 };
    const { driver } = driverOver(work);
    const answered = driver.asked();
    driver.begin();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(work).toEqual({ pieces: 0, unchecked: 3 });
    answered();
    await vi.advanceTimersByTimeAsync(1000);
    driver.asked()();
    await vi.advanceTimersByTimeAsync(1900);
    expect(work.unchecked).toBe(3);
    await vi.advanceTimersByTimeAsync(5000);
    expect(work.unchecked).toBe(0);
    driver.stop();
  });

  it('tells whoever waits of a cancel at once, also in the middle of a step', async () => {
    const { driver } = driverOver({ pieces: 0, stuck: true });
    for (const wait of [
      (signal: AbortSignal) => driver.catchUp(signal, () => undefined),
      (signal: AbortSignal) => driver.rebuild(signal, () => undefined),
    ]) {
      const controller = new AbortController();
      const waiting = wait(controller.signal);
      const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
      controller.abort();
      await refused;
      await expect(wait(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    }
    driver.stop();
  });

  it('makes everything anew, telling how far it is', async () => {
    const { driver, paces } = driverOver({ pieces: 3 });
    const told: unknown[] = [];
    const bytes = await driver.rebuild(new AbortController().signal, (progress) => told.push(progress));
    expect(bytes).toEqual({ order: 12 });
    expect(told).toEqual(Array.from({ length: 3 }, () => ({ kind: 'orders', done: 1, total: 2 })));
    expect(paces).toEqual(['quiet', 'quiet', 'quiet', 'quiet']);
    driver.stop();
  });
});

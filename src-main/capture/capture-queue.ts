import type { CapturedBatch, CapturedIds } from '#main/store/captured.ts';
import type { CaptureReceipt } from '#shared/contract/capture.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { asRefusal, batchOf, receiptOf } from './capture-receipt.ts';
import type { CapturedEntry } from './read-captured.ts';

/** So many entries are stored in one commit at most, one request more. */
const groupEntries = 5000;
/** The next commit waits so long for as many requests as the last one had, milliseconds: their senders go on sending. */
const gatherMs = 2;
/** So many may wait for the commit under way; beyond it nothing is accepted until there is room. */
const mostWaiting = 100_000;

interface Waiting {
  readonly entries: readonly CapturedEntry[];
  readonly resolve: (receipt: CaptureReceipt) => void;
  readonly reject: (error: unknown) => void;
}

export interface CaptureQueue {
  /**
   * Stores the entries, all or none of them; resolves when they are on disk. Throws `not_accepting` when they can't be
   * stored now.
   */
  store(entries: readonly CapturedEntry[]): Promise<CaptureReceipt>;
}

/**
 * Group commit: while a commit is under way, what arrives waits together for the next one, so that a sync is paid for by
 * all who waited for it. `write` stores a batch in one transaction.
 */
export const createCaptureQueue = (write: (batch: CapturedBatch) => Promise<CapturedIds>): CaptureQueue => {
  let waiting: Waiting[] = [];
  let waitingEntries = 0;
  let busy = false;
  /** Requests of the last commit. */
  let lastGroup = 0;
  /** Called when as many wait as the last commit had. */
  let gathered: (() => void) | null = null;

  /** Resolves when enough have gathered to be worth a commit; whoever comes alone does not wait. */
  const gather = async (): Promise<void> => {
    // What has arrived already, but is not read yet, comes along.
    await new Promise((resolve) => setImmediate(resolve));
    if (waiting.length >= lastGroup) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      gathered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    gathered = null;
  };

  const takeGroup = (): readonly Waiting[] => {
    let entries = 0;
    let count = 0;
    for (const request of waiting) {
      if (count > 0 && entries + request.entries.length > groupEntries) break;
      entries += request.entries.length;
      count += 1;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    waitingEntries -= entries;
    return group;
  };

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const ids = await write(batchOf(group.flatMap(({ entries }) => entries)));
      let from = 0;
      for (const { entries, resolve } of group) {
        resolve(receiptOf(ids, from, entries.length));
        from += entries.length;
      }
    } catch (error) {
      const refusal = asRefusal(error);
      // A fault that is not the disk's may be one request's: the others must not pay for it.
      if (group.length > 1 && !(refusal instanceof BitacoraError)) {
        for (const request of group) await commit([request]);
        return;
      }
      for (const { reject } of group) reject(refusal);
    }
  };

  const run = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      await gather();
      const group = takeGroup();
      lastGroup = group.length;
      await commit(group);
    }
    busy = false;
  };

  return {
    store: (entries) =>
      new Promise((resolve, reject) => {
        if (waitingEntries > 0 && waitingEntries + entries.length > mostWaiting) {
          reject(new BitacoraError('not_accepting', { reason: 'busy' }));
          return;
        }
        waiting.push({ entries, resolve, reject });
        waitingEntries += entries.length;
        if (waiting.length >= lastGroup) gathered?.();
        if (!busy) void run();
      }),
  };
};

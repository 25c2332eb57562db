import { throwIfStopped } from '../stop.ts';
import { copyPlaces, filledOf, type HeldOrder, throughOf } from './held-order.ts';
import type { SteppedWork } from './order-build.ts';
import { createOrderWriter, type Fences } from './order-file.ts';
import type { KeyReader, OrderedColumn } from './ordered-columns.ts';

interface Fence {
  readonly start: number;
  readonly end: number;
  /** Null where the key is still to be read. */
  readonly key: string | null;
}

/** Where the fences of an order stand once its additions are in it, with new ones where the gaps have become wide. */
const planFences = ({ base, additions }: HeldOrder, filled: number, stride: number): readonly Fence[] => {
  const { keys, starts, ends }: Fences = base.fences();
  const planned: Fence[] = [];
  let added = 0;
  let last = 0;
  const fillGap = (to: number): void => {
    while (to - last >= 2 * stride) {
      last += stride;
      planned.push({ start: last, end: last + 1, key: null });
    }
  };
  for (const [i, key] of keys.entries()) {
    const start = starts[i] as number;
    while (added < additions.places.length && (additions.places[added] as number) <= start) added += 1;
    fillGap(start + added);
    planned.push({ start: start + added, end: (ends[i] as number) + added, key });
    last = (ends[i] as number) + added;
  }
  fillGap(filled);
  return planned;
};

/** Writes an order anew with its additions in it, in one pass over both. */
export const createFold = (
  held: HeldOrder,
  keys: KeyReader,
  to: {
    readonly file: string;
    readonly column: OrderedColumn;
    readonly mark: Buffer;
    readonly stride: number;
    readonly stepPlaces: number;
  },
  shouldStop: () => boolean,
): SteppedWork => {
  const length = throughOf(held);
  const filled = filledOf(held);
  const fences = planFences(held, filled, to.stride);
  const writer = createOrderWriter(to.file, to.column);
  const rows = new Uint32Array(to.stepPlaces);
  let nextFence = 0;
  return {
    step: () => {
      throwIfStopped(shouldStop);
      const start = writer.place;
      const part = rows.subarray(0, Math.min(rows.length, length - start));
      copyPlaces(held, start, start + part.length, part);
      for (let fence = fences[nextFence]; fence && fence.start < start + part.length; fence = fences[++nextFence]) {
        const key = fence.key ?? keys.keyOf(part[fence.start - start] as number) ?? '';
        writer.fence(key, fence.start, fence.end);
      }
      writer.putAll(part);
      if (writer.place < length) return true;
      writer.finish(filled, to.mark);
      return false;
    },
    done: () => writer.place / length,
    abort: () => writer.abort(),
  };
};

import { throwIfStopped } from '../stop.ts';
import type { SteppedWork } from './order-build.ts';
import { createOrderWriter, type OrderBase } from './order-file.ts';
import type { OrderedColumn } from './ordered-columns.ts';

/**
 * An order turned round: at which place each entry stands, so that few entries are put in order without walking it. It is
 * a file of the same form, with places where an order has rows.
 */
export const placesEnding = 'plc';

/** Rows whose places are gathered in memory in one pass over the order, 4 MB of them. */
const rowsAtOnce = 2 ** 20;
/** Places that one step goes over at most. */
const stepPlaces = 2 ** 21;

export interface PlaceLimits {
  readonly rowsAtOnce: number;
  readonly stepPlaces: number;
}

/** `mark`: event id of the last entry. Throws `DamagedOrder`. */
export const createPlaceBuild = (
  base: OrderBase,
  to: { readonly file: string; readonly column: OrderedColumn; readonly mark: Buffer },
  shouldStop: () => boolean,
  limits: PlaceLimits = { rowsAtOnce, stepPlaces },
): SteppedWork => {
  const { length } = base;
  const writer = createOrderWriter(to.file, to.column);
  const gathered = new Uint32Array(Math.min(limits.rowsAtOnce, length));
  const part = new Uint32Array(Math.min(65_536, limits.stepPlaces));
  let next = 0;
  return {
    step: () => {
      const first = writer.place;
      const end = Math.min(length, next + limits.stepPlaces);
      while (next < end) {
        throwIfStopped(shouldStop);
        const rows = part.subarray(0, Math.min(part.length, end - next));
        base.copy(next, next + rows.length, rows, 0);
        for (let i = 0; i < rows.length; i++) {
          const at = (rows[i] as number) - first;
          if (at >= 0 && at < gathered.length) gathered[at] = next + i;
        }
        next += rows.length;
      }
      if (next < length) return true;
      next = 0;
      writer.putAll(gathered.subarray(0, Math.min(gathered.length, length - first)));
      if (writer.place < length) return true;
      writer.finish(base.filled, to.mark);
      return false;
    },
    done: () => (writer.place + (gathered.length * next) / length) / length,
    abort: () => writer.abort(),
  };
};

import type { SqliteDatabase } from './database.ts';
import {
  keptOrderLength,
  loadOrder,
  orderByText,
  removeOrder,
  saveOrder,
  type TextColumn,
  textColumns,
} from './orders.ts';
import type { Upkeep } from './upkeep.ts';

/** A kept order is made again when this part of the entries is newer than it. */
const staleOrderPart = 0.05;
const staleOrderRows = 4096;

/** Keeps the orders of the text columns as files. */
export const createOrderUpkeep = (db: SqliteDatabase, folder: string, shouldStop: () => boolean): Upkeep => {
  const columns = Object.keys(textColumns) as TextColumn[];
  return {
    step: (newest, pace) => {
      if (pace !== 'quiet') return null;
      for (const column of columns) {
        const kept = keptOrderLength(folder, column);
        if (newest - kept <= Math.max(staleOrderRows, newest * staleOrderPart)) continue;
        saveOrder(db, folder, column, orderByText(db, column, newest, shouldStop));
        return 'order';
      }
      return null;
    },
    checks: columns.map((column) => () => {
      if (loadOrder(db, folder, column) === null) removeOrder(folder, column);
    }),
  };
};

import { chunkRows, chunksOf } from '#main/store/sqlite/columns/chunk.ts';
import type { Columns } from '#main/store/sqlite/columns/columns.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import type { StoredOrder } from '#main/store/sqlite/order/stored-order.ts';
import { cutOrder, loadOrder, type Order, orderByText, orderByTime, textColumns } from '#main/store/sqlite/orders.ts';
import { sortKey } from '#main/store/sqlite/sort-key.ts';
import { Kept } from './kept.ts';

export const storedColumns = ['occurredAt', 'recordId', 'oldValue', 'newValue', 'detail', 'action'] as const;
export type StoredColumn = (typeof storedColumns)[number];

export const openOrders = (options: {
  readonly db: SqliteDatabase;
  readonly folder: string;
  readonly columns: Columns;
  readonly shouldStop: () => boolean;
}) => {
  const { db, folder, columns, shouldStop } = options;
  const kept = new Kept<Order>(6);
  const stored = (order: Order): StoredOrder => ({
    length: order.rows.length,
    filled: order.filled,
    read: (from, to) => order.rows.subarray(from, to),
  });
  return {
    orderOf: (column: StoredColumn, newestId: number): StoredOrder | 'id' =>
      stored(
        kept.get(`${column} ${newestId}`, () => {
          if (column === 'occurredAt') {
            const times = new Float64Array(newestId);
            for (let k = 0; k < chunksOf(newestId); k++) {
              times.set(
                columns
                  .chunk(k, newestId)
                  .times()
                  .subarray(0, Math.min(chunkRows, newestId - k * chunkRows)),
                k * chunkRows,
              );
            }
            return orderByTime({ occurredAt: times } as never, newestId, shouldStop);
          }
          const found = loadOrder(db, folder, column);
          return found && found.rows.length >= newestId
            ? cutOrder(found, newestId)
            : orderByText(db, column, newestId, shouldStop);
        }),
      ),
    keyOf: (column: StoredColumn, row: number): string | null => {
      const name = column === 'occurredAt' ? 'occurred_at' : textColumns[column];
      const value = db
        .prepare(`SELECT ${name} FROM entry WHERE id = ?`)
        .pluck()
        .get(row + 1) as string | number | null;
      return value === null
        ? null
        : typeof value === 'number'
          ? String(value + 1e17).padStart(20, '0')
          : sortKey(value);
    },
  };
};
export type Orders = ReturnType<typeof openOrders>;

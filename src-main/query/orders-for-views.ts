import type { CodeColumn, Columns } from '#main/store/sqlite/columns.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import {
  cutOrder,
  extendOrder,
  isTextColumn,
  loadOrder,
  type Order,
  orderByCode,
  orderByStatus,
  orderByText,
  orderByTime,
  type TextColumn,
} from '#main/store/sqlite/orders.ts';
import type { SortColumn } from '#shared/contract/entry.ts';
import { Kept } from './kept.ts';

/** Orders kept in memory; each is four bytes an entry. */
const keptOrders = 6;
/** Entries that are added to a kept text order one by one; more, and it is made anew. */
const extendAtMost = 4096;

/** Gives the order of any column up to any frozen entry; null stands for the order of ids. */
export const openOrders = (options: {
  readonly db: SqliteDatabase;
  readonly folder: string;
  readonly columns: Columns;
  readonly dictionaries: Dictionaries;
  readonly shouldStop: () => boolean;
}) => {
  const { db, folder, columns, dictionaries, shouldStop } = options;
  const kept = new Kept<Order>(keptOrders);
  const textOrders = new Map<TextColumn, Order>();

  const textOrder = (column: TextColumn, newestId: number): Order => {
    const best = textOrders.get(column) ?? loadOrder(db, folder, column);
    if (best && best.rows.length >= newestId) {
      textOrders.set(column, best);
      return cutOrder(best, newestId);
    }
    const order =
      best && newestId - best.rows.length <= extendAtMost
        ? extendOrder(db, column, best, newestId, shouldStop)
        : orderByText(db, column, newestId, shouldStop);
    textOrders.set(column, order);
    return order;
  };

  const codeColumn = (column: SortColumn): CodeColumn | null => {
    switch (column) {
      case 'event':
      case 'module':
      case 'actor':
      case 'target':
      case 'field':
      case 'source':
        return column;
      default:
        return null;
    }
  };

  return {
    orderOf: (column: SortColumn, newestId: number): Order | null => {
      if (column === 'id') return null;
      return kept.get(`${column} ${newestId}`, () => {
        if (isTextColumn(column)) return textOrder(column, newestId);
        const arrays = columns.upTo(newestId);
        const code = codeColumn(column);
        if (code) return orderByCode(arrays, code, dictionaries, newestId);
        return column === 'status' ? orderByStatus(arrays, newestId) : orderByTime(arrays, newestId, shouldStop);
      });
    },
  };
};
export type Orders = ReturnType<typeof openOrders>;

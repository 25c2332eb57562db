import type { CodeColumn, Columns } from '#main/store/sqlite/columns.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import { isTextColumn, type OrderedColumn } from '#main/store/sqlite/order/ordered-columns.ts';
import type { StoredOrders } from '#main/store/sqlite/order/stored-orders.ts';
import { type Order, orderByCode, orderByStatus } from '#main/store/sqlite/order-by-code.ts';
import type { SortColumn } from '#shared/contract/entry.ts';
import { Kept } from './kept.ts';

/** Orders kept in memory; each is four bytes an entry. */
const keptOrders = 6;
const readAtOnce = 65_536;

/** Gives the order of any column up to any frozen entry; null stands for the order of ids. */
export const openOrders = (options: {
  readonly stored: StoredOrders;
  readonly columns: Columns;
  readonly dictionaries: Dictionaries;
}) => {
  const { stored, columns, dictionaries } = options;
  const kept = new Kept<Order | null>(keptOrders);

  const wholeOrder = (column: OrderedColumn, newestId: number): Order | null => {
    const found = stored.orderOf(column, newestId);
    if (found === 'id') return null;
    const rows = new Uint32Array(newestId);
    let out = 0;
    let filled = 0;
    for (let from = 0; from < found.length; from += readAtOnce) {
      const part = found.read(from, Math.min(found.length, from + readAtOnce));
      for (const [i, row] of part.entries()) {
        if (row >= newestId) continue;
        rows[out++] = row;
        if (from + i < found.filled) filled = out;
      }
    }
    return { rows, filled };
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
        if (isTextColumn(column) || column === 'occurredAt') return wholeOrder(column, newestId);
        const arrays = columns.upTo(newestId);
        const code = codeColumn(column);
        return code ? orderByCode(arrays, code, dictionaries, newestId) : orderByStatus(arrays, newestId);
      });
    },
  };
};
export type Orders = ReturnType<typeof openOrders>;

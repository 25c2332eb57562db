import type Database from 'better-sqlite3';
import type { SortColumn } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';
import { gridColumns } from '../flat-table.ts';
import { costOf } from '../measures.ts';
import { pageRows } from '../views.ts';
import { type Looked, nameOf } from './looks.ts';

/** The column of the flat table by which a sort goes, as SQL. */
const sortExpressions: Readonly<Record<SortColumn, string>> = {
  id: 'id',
  occurredAt: 'occurred_at',
  event: 'event',
  module: 'coalesce(module_name, module_number)',
  actor: 'coalesce(actor_name, actor_login, actor_email, actor_id)',
  recordId: 'record_id',
  target: 'target',
  field: 'field',
  oldValue: 'old_value',
  newValue: 'new_value',
  detail: 'detail',
  action: 'action',
  status: 'status',
  source: 'source',
};
const numeric: ReadonlySet<SortColumn> = new Set(['id', 'occurredAt', 'status']);

const orderBy = ({ column, descending }: Looked, expression: string): string => {
  if (column === 'id') return `id ${descending ? 'DESC' : 'ASC'}`;
  // Nothing is less than any value, so that it comes last by itself when the order descends.
  return descending ? `${expression} DESC, id DESC` : `${expression} ASC NULLS LAST, id ASC`;
};

const bareRows = (db: Database.Database, looked: Looked, offset: number): readonly unknown[] => {
  const { filter } = looked;
  const order = orderBy(looked, sortExpressions[looked.column]);
  return db
    .prepare(`SELECT ${gridColumns} FROM flat WHERE ${filter.where} ORDER BY ${order} LIMIT :limit OFFSET :offset`)
    .all({ ...filter.values, limit: pageRows, offset });
};

/** The ids of the pages at some offsets (ascending) in the order that our rule for comparing texts gives; only to compare. */
const rightIds = (
  db: Database.Database,
  looked: Looked,
  offsets: readonly number[],
): readonly (readonly number[])[] => {
  const { filter, column } = looked;
  const expression = numeric.has(column) ? sortExpressions[column] : `sort_key(${sortExpressions[column]})`;
  const select = db
    .prepare(`SELECT id FROM flat WHERE ${filter.where} ORDER BY ${orderBy(looked, expression)}`)
    .pluck();
  const pages = offsets.map((): number[] => []);
  const end = Math.max(...offsets) + pageRows;
  let place = 0;
  for (const id of select.iterate(filter.values) as IterableIterator<number>) {
    if (place === end) break;
    for (const [page, offset] of offsets.entries()) {
      if (place >= offset && place < offset + pageRows) pages[page]?.push(id);
    }
    place += 1;
  }
  return pages;
};

/** What the bare way took for the views that it was asked too. */
export interface Compared {
  readonly first: number[];
  readonly middle: number[];
  /** In the middle of each view, where that is. */
  readonly jumps: { readonly place: number; readonly ours: number; readonly bare: number }[];
}

/** Asks the bare way for the first page and for the one in the middle; names those where ours were others. */
export const compareView = (
  flat: Database.Database,
  looked: Looked,
  middle: number,
  pages: { readonly first: Page; readonly middle: Page; readonly middleWall: number },
  compared: Compared,
): readonly string[] => {
  compared.first.push(costOf(() => bareRows(flat, looked, 0)).cost.wall);
  const { wall } = costOf(() => bareRows(flat, looked, middle)).cost;
  compared.middle.push(wall);
  compared.jumps.push({ place: middle, ours: pages.middleWall, bare: wall });
  const [first, second] = rightIds(flat, looked, [0, middle]);
  return [
    { from: 0, page: pages.first, right: first },
    { from: middle, page: pages.middle, right: second },
  ].flatMap(({ from, page, right }) =>
    JSON.stringify(page.rows.map(({ id }) => id)) === JSON.stringify(right) ? [] : [`${nameOf(looked)} from ${from}`],
  );
};

/** Where an instant has to be found: the first entry at or past it, in the direction of the view. */
export const rightPosition = (flat: Database.Database, { filter, descending }: Looked, instant: number): number =>
  Number(
    flat
      .prepare(`SELECT count(*) FROM flat WHERE ${filter.where} AND occurred_at ${descending ? '>' : '<'} :instant`)
      .pluck()
      .get({ ...filter.values, instant }),
  );

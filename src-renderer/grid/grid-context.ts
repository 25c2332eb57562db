import { createContext, useContext } from 'react';
import type { Highlight } from '#renderer/log/highlight.ts';
import type { Sort, SortColumn } from '#shared/contract/entry.ts';

/** What cells and headers need beside their row. */
export interface GridLooks {
  readonly zone: string;
  readonly highlight: Highlight;
  readonly sort: Sort;
  readonly onSort: (column: SortColumn) => void;
  readonly marks: ReadonlySet<number>;
}

export const GridLooksContext = createContext<GridLooks | null>(null);

export const useGridLooks = (): GridLooks => {
  const looks = useContext(GridLooksContext);
  if (looks === null) throw new Error('a cell outside the grid');
  return looks;
};

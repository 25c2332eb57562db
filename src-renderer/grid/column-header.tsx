import type { CustomHeaderProps } from 'ag-grid-react';
import { type ReactNode, useEffect } from 'react';
import { columnOf } from '#renderer/grid/columns.ts';
import { useGridLooks } from '#renderer/grid/grid-context.ts';
import classes from './grid.module.css';

/** A column’s title; a click sorts by it, a second one the other way round. */
export const ColumnHeader = ({ column, displayName, eGridHeader }: CustomHeaderProps): ReactNode => {
  const { sort, onSort } = useGridLooks();
  const sortColumn = columnOf(column.getColId())?.sort;
  const direction = sort.column !== sortColumn ? 'none' : sort.descending ? 'descending' : 'ascending';
  useEffect(() => {
    eGridHeader.setAttribute('aria-sort', direction);
  }, [eGridHeader, direction]);
  return (
    // The grid gives the header cell its role, its focus and its keys; this only adds the mouse.
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: see above
    <div className={classes.header} onClick={() => sortColumn !== undefined && onSort(sortColumn)}>
      <span>{displayName}</span>
      {direction !== 'none' && <span aria-hidden="true">{direction === 'descending' ? '↓' : '↑'}</span>}
    </div>
  );
};

import {
  type CellClickedEvent,
  type CellContextMenuEvent,
  type CellFocusedEvent,
  type CellKeyDownEvent,
  CellStyleModule,
  type ColDef,
  ColumnApiModule,
  createGrid,
  EventApiModule,
  type FullWidthCellKeyDownEvent,
  type GetRowIdParams,
  type GridApi,
  type GridOptions,
  InfiniteRowModelModule,
  ModuleRegistry,
  type OverlayType,
  RowApiModule,
  type RowClassRules,
  RowSelectionModule,
  RowStyleModule,
  ScrollApiModule,
  type SuppressHeaderKeyboardEventParams,
} from 'ag-grid-community';
import { cellRenderers } from '#renderer/grid/cells.ts';
import { ColumnHeader } from '#renderer/grid/column-header.ts';
import { type ColumnLayout, readLayout } from '#renderer/grid/column-layout.ts';
import { type CellFilter, type ColumnId, cellFilter, columnOf } from '#renderer/grid/columns.ts';
import { gridBlockSize } from '#renderer/grid/entry-blocks.ts';
import type { LooksSource } from '#renderer/grid/grid-looks.ts';
import { gridTheme } from '#renderer/grid/grid-theme.ts';
import { rowHeight } from '#renderer/grid/row-window.ts';
import type { Translate } from '#renderer/i18n/translate.ts';
import { styleNonce } from '#renderer/ui/style-nonce.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import classes from './grid.module.css';

ModuleRegistry.registerModules([
  InfiniteRowModelModule,
  RowSelectionModule,
  CellStyleModule,
  ColumnApiModule,
  EventApiModule,
  RowApiModule,
  ScrollApiModule,
  RowStyleModule,
]);

/** Blocks kept in memory: 8,000 rows. */
export const blockCapacity = 40;

export type Grid = GridApi<EntryRow>;

export interface CellMenu {
  readonly row: EntryRow;
  readonly column: ColumnId;
  readonly filter: CellFilter | null;
  readonly x: number;
  readonly y: number;
}

/** What a grid tells of the person’s doing. */
export interface GridListener {
  readonly onLayout: (layout: readonly ColumnLayout[]) => void;
  /** The person chose a row, by mouse or with Enter or Space. */
  readonly onOpen: (row: EntryRow) => void;
  /** The current row changed by the arrow keys. */
  readonly onMove: (row: EntryRow) => void;
  readonly onExclude: (filter: CellFilter) => void;
  readonly onMenu: (menu: CellMenu) => void;
  readonly onCopy: () => void;
}

export const isColumnId = (id: string | undefined): id is ColumnId => id !== undefined && columnOf(id) !== undefined;

/** The columns in a language, where the layout has them. */
export const columnDefsOf = (layout: readonly ColumnLayout[], t: Translate): ColDef<EntryRow>[] =>
  layout.map(({ id, width, shown }) => ({
    colId: id,
    headerName: t(columnOf(id)?.title ?? 'log.column.id'),
    cellRenderer: cellRenderers[id],
    width,
    hide: !shown,
    ...(id === 'id' ? { cellClass: classes.number, headerClass: classes.numberHeader } : {}),
    ...(id === 'change' ? { flex: 1, minWidth: 110 } : {}),
  }));

const suppressKeys = ({ event }: { event: KeyboardEvent }): boolean => event.key === 'Enter' || event.key === ' ';
const rowClassRules: RowClassRules<EntryRow> = { [classes.waiting ?? '']: ({ data }) => data === undefined };
const suppressOverlays: OverlayType[] = ['loading', 'noRows'];
const getRowId = ({ data }: GetRowIdParams<EntryRow>): string => String(data.id);

const defaultColDef = (source: LooksSource): ColDef<EntryRow> => ({
  sortable: false,
  resizable: true,
  minWidth: 48,
  headerComponent: ColumnHeader,
  suppressHeaderMenuButton: true,
  suppressKeyboardEvent: suppressKeys,
  suppressHeaderKeyboardEvent: ({ event, column }: SuppressHeaderKeyboardEventParams<EntryRow>) => {
    if (event.key !== 'Enter' && event.key !== ' ') return false;
    const sort = 'getColId' in column ? columnOf(column.getColId())?.sort : undefined;
    if (sort !== undefined) source.looks().onSort(sort);
    event.preventDefault();
    return true;
  },
});

interface NewGrid {
  readonly columnDefs: ColDef<EntryRow>[];
  readonly looks: LooksSource;
  /** The listener of the moment. */
  readonly listener: () => GridListener;
  readonly onScrollEnd: () => void;
  /** Whether the row at an index came into focus by nobody’s doing. */
  readonly isQuiet: (index: number) => boolean;
}

/** What is pressed, clicked and dragged in the grid, as the listener hears it. `pressed`: a mouse button is down. */
const eventsFor = (
  { listener, isQuiet }: Pick<NewGrid, 'listener' | 'isQuiet'>,
  pressed: () => boolean,
): GridOptions<EntryRow> => {
  const openMenuByKey = (event: KeyboardEvent, row: EntryRow, id: string | undefined): void => {
    if (!isColumnId(id)) return;
    const box = event.target instanceof HTMLElement ? event.target.getBoundingClientRect() : null;
    listener().onMenu({ row, column: id, filter: cellFilter(row, id), x: box?.left ?? 0, y: box?.bottom ?? 0 });
  };
  /** The keys moved to another row, and nobody was told yet. */
  let moving = false;
  const follow = (api: Grid): void => {
    if (!moving) return;
    const index = api.getFocusedCell()?.rowIndex;
    const node = index === undefined ? undefined : api.getDisplayedRowAtIndex(index);
    if (node?.data === undefined) return;
    moving = false;
    if (node.isSelected() === true) return;
    node.setSelected(true, true);
    listener().onMove(node.data);
  };
  const keepLayout = (api: Grid): void => listener().onLayout(readLayout(api.getColumnState()));
  return {
    onCellClicked: ({ data, column, event }: CellClickedEvent<EntryRow>) => {
      if (data === undefined) return;
      const mouse = event instanceof MouseEvent ? event : null;
      const id = column.getColId();
      if (mouse?.altKey && isColumnId(id)) {
        const filter = cellFilter(data, id);
        if (filter !== null) listener().onExclude(filter);
        return;
      }
      if (!mouse?.shiftKey && !mouse?.ctrlKey && !mouse?.metaKey) listener().onOpen(data);
    },
    onCellContextMenu: ({ data, column, event }: CellContextMenuEvent<EntryRow>) => {
      const id = column.getColId();
      if (data === undefined || !isColumnId(id) || !(event instanceof MouseEvent)) return;
      event.preventDefault();
      listener().onMenu({ row: data, column: id, filter: cellFilter(data, id), x: event.clientX, y: event.clientY });
    },
    onCellKeyDown: ({ data, event, api }: CellKeyDownEvent<EntryRow> | FullWidthCellKeyDownEvent<EntryRow>) => {
      if (!(event instanceof KeyboardEvent) || data === undefined) return;
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        listener().onOpen(data);
      } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
        event.preventDefault();
        openMenuByKey(event, data, api.getFocusedCell()?.column.getColId());
      } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
        if (window.getSelection()?.isCollapsed === false) return;
        event.preventDefault();
        listener().onCopy();
      }
    },
    onCellFocused: ({ rowIndex, api }: CellFocusedEvent<EntryRow>) => {
      if (rowIndex === null || isQuiet(rowIndex)) return;
      // A click chooses by itself, with Shift and Ctrl; the arrow keys take the choice along.
      moving = !pressed();
      follow(api);
    },
    // A held key is faster than the rows: the last one is followed when it is here.
    onModelUpdated: ({ api }) => follow(api),
    onColumnMoved: ({ finished, api }) => {
      if (finished) keepLayout(api);
    },
    onColumnResized: ({ finished, source, api }) => {
      if (finished && source !== 'flex') keepLayout(api);
    },
  };
};

/** Pixels that a scroll bar takes away from what it scrolls; 0 where it lies over it. */
const scrollbarWidth = (): number => {
  const box = document.createElement('div');
  box.style.cssText = 'position: fixed; visibility: hidden; width: 100px; height: 100px; overflow: scroll';
  document.body.append(box);
  const width = box.offsetWidth - box.clientWidth;
  box.remove();
  return width;
};

/**
 * Makes a grid in an element. It has no rows until it is given a datasource. AG Grid runs bare, not through its React
 * layer: that would make a component of every row and cell.
 */
export const createEntryGrid = (element: HTMLElement, options: NewGrid): Grid => {
  const { columnDefs, looks, onScrollEnd } = options;
  const barWidth = scrollbarWidth();
  let pressed = false;
  const follow = (type: 'pointerdown' | 'pointerup' | 'pointercancel'): void =>
    element.addEventListener(
      type,
      () => {
        pressed = type === 'pointerdown';
      },
      { capture: true },
    );
  follow('pointerdown');
  follow('pointerup');
  follow('pointercancel');
  return createGrid<EntryRow>(element, {
    ...eventsFor(options, () => pressed),
    context: looks,
    theme: gridTheme,
    styleNonce: styleNonce(),
    rowModelType: 'infinite',
    cacheBlockSize: gridBlockSize,
    maxBlocksInCache: blockCapacity,
    // The datasource itself says what is worth asking for.
    maxConcurrentDatasourceRequests: blockCapacity,
    rowBuffer: 4,
    rowHeight,
    headerHeight: 26,
    getRowId,
    rowSelection: { mode: 'multiRow', checkboxes: false, headerCheckbox: false, enableClickSelection: true },
    rowClassRules,
    columnDefs,
    maintainColumnOrder: true,
    defaultColDef: defaultColDef(looks),
    suppressDragLeaveHidesColumns: true,
    suppressColumnVirtualisation: true,
    scrollbarWidth: barWidth,
    // A bar that comes with the rows would lay out the whole grid anew, and shift its columns. Bars that take no room
    // (macOS) do neither, and would leave a gap.
    alwaysShowVerticalScroll: barWidth > 0,
    suppressOverlays,
    suppressContextMenu: true,
    preventDefaultOnContextMenu: true,
    animateRows: false,
    onBodyScrollEnd: onScrollEnd,
  });
};

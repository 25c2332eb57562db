import {
  type CellClickedEvent,
  type CellContextMenuEvent,
  type CellFocusedEvent,
  type CellKeyDownEvent,
  CellStyleModule,
  type ColDef,
  ColumnApiModule,
  EventApiModule,
  type FullWidthCellKeyDownEvent,
  type GetRowIdParams,
  type GridApi,
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
import { AgGridReact } from 'ag-grid-react';
import { memo, type ReactNode, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { cellRenderers } from '#renderer/grid/cells.tsx';
import { ColumnHeader } from '#renderer/grid/column-header.tsx';
import { type ColumnLayout, readLayout } from '#renderer/grid/column-layout.ts';
import { type CellFilter, type ColumnId, cellFilter, columnOf } from '#renderer/grid/columns.ts';
import { createEntryBlocks, type PageByPosition } from '#renderer/grid/entry-blocks.ts';
import { createEntryDatasource } from '#renderer/grid/entry-datasource.ts';
import { type GridLooks, GridLooksContext } from '#renderer/grid/grid-context.ts';
import { gridTheme } from '#renderer/grid/grid-theme.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { styleNonce } from '#renderer/ui/style-nonce.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';
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

/** Rows that are asked for at once. */
export const gridBlockSize = 200;
/** Blocks kept in memory: 8,000 rows. */
const blockCapacity = 40;

/** A view whose first page is here. */
export interface GridView {
  /** Changes with everything that decides which rows there are and in which order. */
  readonly key: string;
  readonly first: Page;
  readonly fetchPage: PageByPosition;
}

export interface CellMenu {
  readonly row: EntryRow;
  readonly column: ColumnId;
  readonly filter: CellFilter | null;
  readonly x: number;
  readonly y: number;
}

/** What the screen asks of the grid. */
export interface GridHandle {
  focus(): void;
  /** Shows the row at a position of the view, makes it current, and answers with it. */
  goTo(position: number): Promise<EntryRow | null>;
  /** The position of the current row; null when there is none. */
  current(): { readonly position: number; readonly row: EntryRow } | null;
  /** Rows that are chosen, in the order of the view; the current one when none is. */
  chosen(): readonly EntryRow[];
  /** Columns in sight, in their order. */
  shownColumns(): readonly ColumnId[];
  /** Asks again for the rows that could not be read. */
  retry(): void;
}

interface EntryGridProps {
  readonly handle: Ref<GridHandle>;
  readonly view: GridView;
  /** The exact number of rows as soon as it is known. */
  readonly rowCount: number | null;
  readonly looks: GridLooks;
  readonly layout: readonly ColumnLayout[];
  readonly onLayout: (layout: readonly ColumnLayout[]) => void;
  /** The person chose a row, by mouse or with Enter or Space. */
  readonly onOpen: (row: EntryRow) => void;
  /** The current row changed by the arrow keys. */
  readonly onMove: (row: EntryRow) => void;
  readonly onExclude: (filter: CellFilter) => void;
  readonly onMenu: (menu: CellMenu) => void;
  readonly onCopy: () => void;
  readonly onError: (error: unknown) => void;
}

type Grid = GridApi<EntryRow>;

const isColumnId = (id: string | undefined): id is ColumnId => id !== undefined && columnOf(id) !== undefined;

const focusedRow = (api: Grid): { position: number; row: EntryRow } | null => {
  const position = api.getFocusedCell()?.rowIndex;
  const row = position === undefined ? undefined : api.getDisplayedRowAtIndex(position)?.data;
  return position === undefined || row === undefined ? null : { position, row };
};

/** Milliseconds after which a row that the grid was asked to show is no longer waited for. */
const rowPatience = 3000;

/** Resolves when the grid has taken the row at a position from its block. */
const rowIsHere = (api: Grid, position: number): Promise<void> =>
  new Promise((resolve) => {
    const here = (): boolean => api.isDestroyed() || api.getDisplayedRowAtIndex(position)?.data !== undefined;
    if (here()) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      if (!api.isDestroyed()) api.removeEventListener('modelUpdated', look);
      resolve();
    };
    const look = (): void => {
      if (here()) done();
    };
    const timer = setTimeout(done, rowPatience);
    api.addEventListener('modelUpdated', look);
  });

const suppressKeys = ({ event }: { event: KeyboardEvent }): boolean => event.key === 'Enter' || event.key === ' ';

const rowClassRules: RowClassRules<EntryRow> = { [classes.waiting ?? '']: ({ data }) => data === undefined };

// The grid compares its options by identity: what never changes is made once.
const rowSelection = {
  mode: 'multiRow',
  checkboxes: false,
  headerCheckbox: false,
  enableClickSelection: true,
} as const;
const suppressOverlays: OverlayType[] = ['loading', 'noRows'];
const getRowId = ({ data }: GetRowIdParams<EntryRow>): string => String(data.id);

/** The rows of a view. This room alone knows AG Grid. */
export const EntryGrid = memo((props: EntryGridProps): ReactNode => {
  const { view, rowCount, looks, layout } = props;
  const { t, language } = useI18n();
  const [api, setApi] = useState<Grid | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  // One set of blocks per view: `view.key` stands for all of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const blocks = useMemo(
    () => createEntryBlocks({ ...view, blockSize: gridBlockSize, capacity: blockCapacity }),
    [view.key],
  );
  const known = useRef<number | null>(null);
  known.current = view.first.total.exact ? view.first.total.atLeast : rowCount;

  useEffect(() => {
    if (api === null || api.isDestroyed()) return;
    const datasource = createEntryDatasource(
      blocks,
      () => known.current,
      (error) => latest.current.onError(error),
    );
    api.deselectAll();
    api.setGridOption('datasource', datasource);
    if (api.getDisplayedRowCount() > 0) api.ensureIndexVisible(0, 'top');
  }, [api, blocks]);

  useEffect(() => {
    if (api === null || api.isDestroyed() || rowCount === null) return;
    api.setRowCount(rowCount, true);
  }, [api, rowCount]);

  useImperativeHandle(
    props.handle,
    (): GridHandle => ({
      focus: () => {
        if (api === null || api.getDisplayedRowCount() === 0) return;
        const column = api.getAllDisplayedColumns()[0];
        const row = api.getFocusedCell()?.rowIndex ?? api.getFirstDisplayedRowIndex();
        if (column) api.setFocusedCell(Math.max(0, row), column);
      },
      goTo: async (position) => {
        if (api === null || position < 0 || position >= api.getDisplayedRowCount()) return null;
        api.ensureIndexVisible(position, null);
        const start = position - (position % gridBlockSize);
        const row = (await blocks.load(start))[position - start] ?? null;
        if (row === null || api.isDestroyed()) return null;
        const column = api.getFocusedCell()?.column ?? api.getAllDisplayedColumns()[0];
        await rowIsHere(api, position);
        if (api.isDestroyed()) return null;
        if (column) api.setFocusedCell(position, column);
        const node = api.getDisplayedRowAtIndex(position);
        if (node?.data !== undefined) node.setSelected(true, true);
        return row;
      },
      current: () => (api === null ? null : focusedRow(api)),
      chosen: () => {
        if (api === null) return [];
        const nodes = api.getSelectedNodes().sort((a, b) => (a.rowIndex ?? 0) - (b.rowIndex ?? 0));
        const rows = nodes.flatMap((node) => (node.data === undefined ? [] : [node.data]));
        const current = focusedRow(api);
        return rows.length > 0 ? rows : current === null ? [] : [current.row];
      },
      shownColumns: () => (api?.getAllDisplayedColumns() ?? []).map((column) => column.getColId()).filter(isColumnId),
      retry: () => api?.refreshInfiniteCache(),
    }),
    [api, blocks],
  );

  // The definitions carry the first layout; from then on the grid itself knows where its columns are.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const columnDefs = useMemo(
    (): ColDef<EntryRow>[] =>
      layout.map(({ id, width, shown }) => ({
        colId: id,
        headerName: t(columnOf(id)?.title ?? 'log.column.id'),
        cellRenderer: cellRenderers[id],
        width,
        hide: !shown,
        ...(id === 'id' ? { cellClass: classes.number, headerClass: classes.numberHeader } : {}),
        ...(id === 'change' ? { flex: 1, minWidth: 110 } : {}),
      })),
    [language],
  );

  // Which columns are shown is chosen outside.
  const shownKey = layout
    .filter((column) => column.shown)
    .map((column) => column.id)
    .join(' ');
  useEffect(() => {
    if (api === null || api.isDestroyed()) return;
    const shown = new Set(shownKey.split(' '));
    const state = api.getColumnState().filter(({ colId, hide }) => shown.has(colId) === (hide === true));
    if (state.length > 0) {
      api.applyColumnState({ state: state.map(({ colId }) => ({ colId, hide: !shown.has(colId) })) });
    }
  }, [api, shownKey]);

  const defaultColDef = useMemo(
    (): ColDef<EntryRow> => ({
      sortable: false,
      resizable: true,
      minWidth: 48,
      headerComponent: ColumnHeader,
      suppressHeaderMenuButton: true,
      suppressKeyboardEvent: suppressKeys,
      suppressHeaderKeyboardEvent: ({ event, column }: SuppressHeaderKeyboardEventParams<EntryRow>) => {
        if (event.key !== 'Enter' && event.key !== ' ') return false;
        const sort = 'getColId' in column ? columnOf(column.getColId())?.sort : undefined;
        if (sort !== undefined) latest.current.looks.onSort(sort);
        event.preventDefault();
        return true;
      },
    }),
    [],
  );

  const keepLayout = (): void => {
    if (api !== null) props.onLayout(readLayout(api.getColumnState()));
  };

  const onCellClicked = ({ data, column, event }: CellClickedEvent<EntryRow>): void => {
    if (data === undefined) return;
    const mouse = event instanceof MouseEvent ? event : null;
    const id = column.getColId();
    if (mouse?.altKey && isColumnId(id)) {
      const filter = cellFilter(data, id);
      if (filter !== null) props.onExclude(filter);
      return;
    }
    if (!mouse?.shiftKey && !mouse?.ctrlKey && !mouse?.metaKey) props.onOpen(data);
  };

  const onCellContextMenu = ({ data, column, event }: CellContextMenuEvent<EntryRow>): void => {
    const id = column.getColId();
    if (data === undefined || !isColumnId(id) || !(event instanceof MouseEvent)) return;
    event.preventDefault();
    props.onMenu({ row: data, column: id, filter: cellFilter(data, id), x: event.clientX, y: event.clientY });
  };

  const openMenuByKey = (event: KeyboardEvent, row: EntryRow, id: string | undefined): void => {
    if (!isColumnId(id)) return;
    const box = event.target instanceof HTMLElement ? event.target.getBoundingClientRect() : null;
    props.onMenu({ row, column: id, filter: cellFilter(row, id), x: box?.left ?? 0, y: box?.bottom ?? 0 });
  };

  const onCellKeyDown = ({
    data,
    event,
    api: grid,
  }: CellKeyDownEvent<EntryRow> | FullWidthCellKeyDownEvent<EntryRow>): void => {
    if (!(event instanceof KeyboardEvent) || data === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      props.onOpen(data);
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      openMenuByKey(event, data, grid.getFocusedCell()?.column.getColId());
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      if (window.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      props.onCopy();
    }
  };

  const onCellFocused = ({ rowIndex, api: grid }: CellFocusedEvent<EntryRow>): void => {
    if (rowIndex === null) return;
    const node = grid.getDisplayedRowAtIndex(rowIndex);
    if (node?.data === undefined) return;
    // A click chooses by itself, with Shift and Ctrl; the arrow keys take the choice along.
    if (node.isSelected() === true || pressed.current) return;
    node.setSelected(true, true);
    props.onMove(node.data);
  };
  const pressed = useRef(false);

  const dropStale = (): void => {
    if (api === null) return;
    blocks.keepBetween(
      Math.max(0, api.getFirstDisplayedRowIndex() - gridBlockSize),
      api.getLastDisplayedRowIndex() + gridBlockSize,
    );
    const waiting = api.getRenderedNodes().some((node) => node.data === undefined && node.rowIndex !== null);
    if (waiting && blocks.dropped()) {
      api.refreshInfiniteCache();
    }
  };

  return (
    <GridLooksContext value={looks}>
      <div
        className={classes.grid}
        onPointerDownCapture={() => {
          pressed.current = true;
        }}
        onPointerUpCapture={() => {
          pressed.current = false;
        }}
        onPointerCancel={() => {
          pressed.current = false;
        }}
      >
        <AgGridReact<EntryRow>
          theme={gridTheme}
          styleNonce={styleNonce()}
          rowModelType="infinite"
          cacheBlockSize={gridBlockSize}
          maxBlocksInCache={blockCapacity}
          blockLoadDebounceMillis={40}
          maxConcurrentDatasourceRequests={2}
          rowBuffer={4}
          rowHeight={28}
          headerHeight={26}
          getRowId={getRowId}
          rowSelection={rowSelection}
          rowClassRules={rowClassRules}
          columnDefs={columnDefs}
          maintainColumnOrder
          defaultColDef={defaultColDef}
          suppressDragLeaveHidesColumns
          suppressColumnVirtualisation
          suppressOverlays={suppressOverlays}
          suppressContextMenu
          preventDefaultOnContextMenu
          animateRows={false}
          onGridReady={(event) => setApi(event.api)}
          onCellClicked={onCellClicked}
          onCellContextMenu={onCellContextMenu}
          onCellKeyDown={onCellKeyDown}
          onCellFocused={onCellFocused}
          onBodyScrollEnd={dropStale}
          onColumnMoved={({ finished }) => finished && keepLayout()}
          onColumnResized={({ finished, source }) => finished && source !== 'flex' && keepLayout()}
        />
      </div>
    </GridLooksContext>
  );
});

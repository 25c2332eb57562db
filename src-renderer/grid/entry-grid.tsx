import {
  memo,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ColumnLayout } from '#renderer/grid/column-layout.ts';
import type { ColumnId } from '#renderer/grid/columns.ts';
import {
  blockCapacity,
  columnDefsOf,
  createEntryGrid,
  type Grid,
  type GridListener,
  isColumnId,
} from '#renderer/grid/create-entry-grid.ts';
import {
  createEntryBlocks,
  type EntryBlocks,
  gridBlockSize,
  type PageByPosition,
} from '#renderer/grid/entry-blocks.ts';
import { createEntryDatasource } from '#renderer/grid/entry-datasource.ts';
import { createLooksSource, type GridLooks } from '#renderer/grid/grid-looks.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { EntryRow } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';
import classes from './grid.module.css';

/** A view whose first page is here. */
export interface GridView {
  /** Changes with everything that decides which rows there are and in which order. */
  readonly key: string;
  readonly first: Page;
  readonly fetchPage: PageByPosition;
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

interface EntryGridProps extends GridListener {
  readonly handle: Ref<GridHandle>;
  /** Null until the first page of the first view is here: the grid stands already, without rows. */
  readonly view: GridView | null;
  /** The exact number of rows as soon as it is known. */
  readonly rowCount: number | null;
  readonly looks: GridLooks;
  readonly layout: readonly ColumnLayout[];
  readonly onError: (error: unknown) => void;
}

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

/** The positions in sight, and a block's length more to both sides. */
const nearRows = (api: Grid): readonly [first: number, last: number] => [
  Math.max(0, api.getFirstDisplayedRowIndex() - gridBlockSize),
  api.getLastDisplayedRowIndex() + gridBlockSize,
];

/** Ends the requests for rows that were scrolled past, and asks again for those in sight whose request was ended. */
const dropStale = (api: Grid, blocks: EntryBlocks): void => {
  blocks.keepBetween(...nearRows(api));
  const waiting = api.getRenderedNodes().some((node) => node.data === undefined && node.rowIndex !== null);
  if (waiting && blocks.dropped()) api.refreshInfiniteCache();
};

/** The rows of a view. This room alone knows AG Grid. */
export const EntryGrid = memo((props: EntryGridProps): ReactNode => {
  const { view, rowCount, looks, layout } = props;
  const i18n = useI18n();
  const place = useRef<HTMLDivElement>(null);
  const [made, setMade] = useState<ReturnType<typeof createEntryGrid> | null>(null);
  const api = made?.grid ?? null;
  const [source] = useState(() => createLooksSource({ ...looks, i18n }));

  // One set of blocks per view: `view.key` stands for all of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const blocks = useMemo(
    () => view && createEntryBlocks({ ...view, blockSize: gridBlockSize, capacity: blockCapacity }),
    [view?.key],
  );
  const known = view?.first.total.exact === true ? view.first.total.atLeast : rowCount;
  const latest = useRef({ props, blocks, known });
  useLayoutEffect(() => {
    latest.current = { props, blocks, known };
  });

  // The definitions carry the first layout; from then on the grid itself knows where its columns are.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const columnDefs = useMemo(() => columnDefsOf(layout, i18n.t), [i18n]);

  // One grid for as long as this is shown: what changes is told to it below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    if (place.current === null) return;
    const created = createEntryGrid(place.current, {
      columnDefs,
      looks: source,
      listener: () => latest.current.props,
      onScrollEnd: (scrolled) => {
        if (latest.current.blocks !== null) dropStale(scrolled, latest.current.blocks);
      },
    });
    setMade(created);
    return () => created.grid.destroy();
  }, []);

  useLayoutEffect(() => source.change({ ...looks, i18n }), [source, looks, i18n]);

  /** The number of rows that the grid has heard of, or will with the first block. */
  const told = useRef<number | null>(null);
  const given = useRef(columnDefs);
  useEffect(() => {
    if (api === null || api.isDestroyed() || given.current === columnDefs) return;
    given.current = columnDefs;
    api.setGridOption('columnDefs', columnDefs);
  }, [api, columnDefs]);

  useLayoutEffect(() => {
    if (made === null || made.grid.isDestroyed() || blocks === null) return;
    const { grid, atRest } = made;
    const datasource = createEntryDatasource({
      blocks,
      rowCount: () => latest.current.known,
      atRest,
      isNear: (start) => {
        if (grid.isDestroyed()) return false;
        const [first, last] = nearRows(grid);
        return start <= last && start + gridBlockSize > first;
      },
      onError: (error) => latest.current.props.onError(error),
    });
    const isFirst = grid.getGridOption('datasource') === undefined;
    told.current = latest.current.known;
    if (!isFirst) grid.deselectAll();
    grid.setGridOption('datasource', datasource);
    // A grid that had no rows yet stands at the top already.
    if (!isFirst && grid.getDisplayedRowCount() > 0) grid.ensureIndexVisible(0, 'top');
  }, [made, blocks]);

  useEffect(() => {
    if (api === null || api.isDestroyed() || blocks === null || rowCount === null || rowCount === told.current) return;
    told.current = rowCount;
    api.setRowCount(rowCount, true);
  }, [api, blocks, rowCount]);

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
        if (api === null || blocks === null || position < 0 || position >= api.getDisplayedRowCount()) return null;
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

  return <div ref={place} className={classes.grid} />;
});

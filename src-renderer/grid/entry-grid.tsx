import {
  memo,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
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
import { createEntryBlocks, gridBlockSize, type PageByPosition } from '#renderer/grid/entry-blocks.ts';
import { createLooksSource, type GridLooks } from '#renderer/grid/grid-looks.ts';
import { createWindowRows, type PlacedRow, type WindowRows } from '#renderer/grid/window-rows.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { EntryRow } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';
import classes from './grid.module.css';

/** A view whose first page is here. */
export interface GridView {
  /** Changes with everything that decides which rows there are and in which order. */
  readonly key: string;
  /** The same for a view and for the one that only has newer entries too: what was chosen stays chosen. */
  readonly question: string;
  readonly first: Page;
  readonly fetchPage: PageByPosition;
}

/** What the screen asks of the grid. */
export interface GridHandle {
  focus(): void;
  /** Shows the row at a position of the view, makes it current, and answers with it. */
  goTo(position: number): Promise<EntryRow | null>;
  /** The position of the current row; null when there is none. */
  current(): PlacedRow | null;
  /** Rows that are chosen, in the order of the view; the current one when none is. */
  chosen(): readonly EntryRow[];
  /** Columns in sight, in their order. */
  shownColumns(): readonly ColumnId[];
  /** Shows the first row. */
  toTop(): void;
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
  /** The first row came into sight, or left it. */
  readonly onTop: (atTop: boolean) => void;
}

/** The rows of a view. This room alone knows AG Grid. */
export const EntryGrid = memo((props: EntryGridProps): ReactNode => {
  const { view, rowCount, looks, layout } = props;
  const i18n = useI18n();
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const [api, setApi] = useState<Grid | null>(null);
  const [rows, setRows] = useState<WindowRows | null>(null);
  const [source] = useState(() => createLooksSource({ ...looks, i18n }));

  // One set of blocks per view: `view.key` stands for all of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const blocks = useMemo(
    () => view && createEntryBlocks({ ...view, blockSize: gridBlockSize, capacity: blockCapacity }),
    [view?.key],
  );
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });

  // The definitions carry the first layout; from then on the grid itself knows where its columns are.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const columnDefs = useMemo(() => columnDefsOf(layout, i18n.t), [i18n]);

  // One grid for as long as this is shown: what changes is told to it below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    if (place.current === null) return;
    const grid = createEntryGrid(place.current, {
      columnDefs,
      looks: source,
      listener: () => latest.current,
      onScrollEnd: () => windowed.onScrollEnd(),
      isQuiet: (index) => windowed.isQuiet(index),
    });
    const windowed = createWindowRows(place.current, grid, source, {
      onError: (error) => latest.current.onError(error),
      onTop: (atTop) => latest.current.onTop(atTop),
    });
    setApi(grid);
    setRows(windowed);
    return () => {
      windowed.close();
      grid.destroy();
    };
  }, []);

  useLayoutEffect(() => source.change({ ...looks, i18n }), [source, looks, i18n]);

  const given = useRef(columnDefs);
  useEffect(() => {
    if (api === null || api.isDestroyed() || given.current === columnDefs) return;
    given.current = columnDefs;
    api.setGridOption('columnDefs', columnDefs);
  }, [api, columnDefs]);

  const opened = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (api === null || api.isDestroyed() || rows === null || blocks === null) return;
    const { view: shown, rowCount: known } = latest.current;
    const total = shown?.first.total ?? { atLeast: 0, exact: false };
    const renewed = shown !== null && shown.question === opened.current;
    opened.current = shown?.question ?? null;
    rows.open(blocks, total.exact || known === null ? total : { atLeast: known, exact: true }, renewed);
  }, [api, rows, blocks]);

  useEffect(() => {
    if (api === null || api.isDestroyed() || rows === null || blocks === null || rowCount === null) return;
    rows.tell(rowCount);
  }, [api, rows, blocks, rowCount]);

  useImperativeHandle(
    props.handle,
    (): GridHandle => ({
      focus: () => rows?.focus(),
      goTo: async (position) => (await rows?.goTo(position)) ?? null,
      current: () => rows?.current() ?? null,
      chosen: () => rows?.chosen() ?? [],
      shownColumns: () => (api?.getAllDisplayedColumns() ?? []).map((column) => column.getColId()).filter(isColumnId),
      toTop: () => rows?.toTop(),
      retry: () => rows?.retry(),
    }),
    [api, rows],
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

  return <div ref={place} id={id} className={classes.grid} />;
});

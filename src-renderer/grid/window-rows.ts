import type { Grid } from '#renderer/grid/create-entry-grid.ts';
import { blockStart, type EntryBlocks, gridBlockSize } from '#renderer/grid/entry-blocks.ts';
import { createEntryDatasource, type EntryDatasource } from '#renderer/grid/entry-datasource.ts';
import type { LooksSource } from '#renderer/grid/grid-looks.ts';
import {
  baseAround,
  baseFor,
  rowHeight,
  rowsFrom,
  type Sight,
  urgentShare,
  type WindowSize,
} from '#renderer/grid/row-window.ts';
import { createViewBar } from '#renderer/grid/view-bar.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import type { Total } from '#shared/contract/view.ts';

/** Rows that a browser draws at once as one box: 28 million pixels. The style sheet may say fewer. */
const mostRows = 1_000_000;
/** Milliseconds after which a row that the grid was asked to show is no longer waited for. */
const rowPatience = 3000;
/** Milliseconds that rows have to stay near what is in sight before they are asked for. */
const restMs = 40;
/** Milliseconds that a turn of the wheel may glide on. */
const glideMs = 1000;
/** Milliseconds in which AG Grid may bring back where it had put the rows before they were put to the pixel. */
const echoMs = 500;
/** Milliseconds after the last scrolling in which the grid itself tells that it is over, and a little more. */
const overMs = 150;
/** Rows beyond those in sight that are fetched before they come into it. */
const ahead = 80;

/** A row and where it is in its view. */
export interface PlacedRow {
  readonly position: number;
  readonly row: EntryRow;
}

/** The rows of a view in a grid that holds a window of them. All positions are the view’s. */
export interface WindowRows {
  /**
   * Shows a view from its first row on. Whoever calls it hands the blocks over. `renewed`: it is the view that was shown,
   * with newer entries, so what is chosen and current stays so.
   */
  open(blocks: EntryBlocks, total: Total, renewed: boolean): void;
  /** The length of the view, when it becomes known. */
  tell(total: number): void;
  /** Shows the row at a position, makes it current and chosen, and answers with it; null when there is none. */
  goTo(position: number): Promise<EntryRow | null>;
  /** The row that keys act on; null when there is none. */
  current(): PlacedRow | null;
  /** Chosen rows in the order of the view. */
  chosen(): readonly EntryRow[];
  focus(): void;
  /** Shows the first row. */
  toTop(): void;
  /** Asks again for rows that could not be read. */
  retry(): void;
  /** To be called when scrolling has come to rest. */
  onScrollEnd(): void;
  /** Whether a row came into focus because the window moved, not by the person’s doing. Answers true once. */
  isQuiet(index: number): boolean;
  close(): void;
}

/** Resolves when the grid has taken the row at an index from its block. */
const rowIsHere = (api: Grid, index: number): Promise<void> =>
  new Promise((resolve) => {
    const here = (): boolean => api.isDestroyed() || api.getDisplayedRowAtIndex(index)?.data !== undefined;
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

/** The element that AG Grid scrolls. */
const scrollerOf = (element: HTMLElement): HTMLElement => {
  const found = element.querySelector<HTMLElement>('.ag-grid-viewport');
  if (found === null) throw new Error('the grid has no element that scrolls');
  return found;
};

interface WindowListener {
  /** Hears what went wrong while rows were read. */
  readonly onError: (error: unknown) => void;
  /** Hears when the first row of the view comes into sight or leaves it. */
  readonly onTop: (atTop: boolean) => void;
}

export const createWindowRows = (
  element: HTMLElement,
  api: Grid,
  looks: LooksSource,
  { onError, onTop }: WindowListener,
): WindowRows => {
  const scroller = scrollerOf(element);
  const wanted = Number(getComputedStyle(element).getPropertyValue('--window-rows'));
  const size: WindowSize = { rows: wanted > 0 ? wanted : mostRows, block: gridBlockSize };
  let blocks: EntryBlocks | null = null;
  let source: EntryDatasource | null = null;
  let base = 0;
  let total: number | null = null;
  /** As many rows as the view is known to have. */
  let atLeast = 0;
  /** What was current before the window moved away from it. */
  let left: { readonly position: number; readonly column: string } | null = null;
  let quiet: number | null = null;
  let lastFirst = 0;
  let atTop = true;
  let scrolled = Number.NEGATIVE_INFINITY;
  let wheeled = Number.NEGATIVE_INFINITY;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setTimeout> | undefined;
  /** Where the window was put last, and the edge of a row that AG Grid took it to on the way. */
  let put: { readonly exact: number; readonly edge: number; readonly until: number } | null = null;

  const rowAt = (index: number): EntryRow | undefined => {
    const position = base + index;
    const start = blockStart(position, gridBlockSize);
    return blocks?.peek(start)?.[position - start];
  };
  const length = (): number => total ?? Math.max(atLeast, base + api.getDisplayedRowCount());
  const isLong = (): boolean => length() > size.rows;
  const sightAt = (first: number): Sight => {
    const { top, bottom } = api.getVerticalPixelRange();
    return { first, count: (bottom - top) / rowHeight };
  };
  const sight = (): Sight => sightAt(base + scroller.scrollTop / rowHeight);

  const drawBar = (): void => {
    if (api.isDestroyed()) return;
    // A native bar that lies over the rows leaves no room for ours.
    element.dataset.roomForBar = String(isLong() && !(api.getGridOption('scrollbarWidth') ?? 0));
    const { count } = sight();
    bar.show(isLong() ? { sight: sight(), total: length() } : null, {
      top: element.querySelector<HTMLElement>('.ag-header')?.offsetHeight ?? 0,
      height: count * rowHeight,
    });
  };

  const focusQuietly = (position: number, column: string): void => {
    quiet = position - base;
    api.setFocusedCell(quiet, column);
  };

  const scrollToPixel = (top: number): void => {
    scroller.scrollTop = top;
    const own = element.querySelector('.ag-body-vertical-scroll-viewport');
    if (own !== null) own.scrollTop = top;
  };

  /**
   * Where scroll bars lie over what they scroll, AG Grid has one of its own; its echo comes a little later and takes the rows
   * back to the edge that `ensureIndexVisible` put them to. True when that has just happened, and was put right.
   */
  const undoEcho = (): boolean => {
    if (put === null) return false;
    const { scrollTop } = scroller;
    const isEcho = performance.now() < put.until && Math.abs(scrollTop - put.edge) < 1;
    if (isEcho) scrollToPixel(put.exact);
    else if (Math.abs(scrollTop - put.exact) >= 1) put = null;
    return isEcho;
  };

  /** Moves the window, with this row first in sight. Rows that stay in sight stay where they are, to the pixel. */
  const move = (next: number, first: number): void => {
    const focused = api.getFocusedCell();
    const hadFocus = element.contains(document.activeElement);
    const was = focused ? { position: base + focused.rowIndex, column: focused.column.getColId() } : left;
    api.clearFocusedCell();
    base = next;
    api.purgeInfiniteCache();
    api.setRowCount(rowsFrom(base, Math.max(length(), Math.ceil(first) + 1), size), total !== null);
    const index = Math.max(0, Math.floor(first - base));
    api.ensureIndexVisible(Math.min(index, api.getDisplayedRowCount() - 1), 'top');
    const exact = (first - base) * rowHeight;
    const edge = index * rowHeight;
    put = Math.abs(exact - edge) < 1 ? null : { exact, edge, until: performance.now() + echoMs };
    scrollToPixel(exact);
    left = was;
    if (was === null || !hadFocus) return;
    const { count } = sight();
    const inSight = was.position >= first && was.position + 1 <= first + count;
    focusQuietly(inSight ? was.position : Math.ceil(first), was.column);
    left = null;
  };

  const scrollTo = (first: number): void => {
    const next = baseFor(base, sightAt(first), total, size);
    if (next !== base) move(next, first);
    else scroller.scrollTop = (first - base) * rowHeight;
  };

  const isNear = (index: number): boolean =>
    !api.isDestroyed() &&
    index + 2 * gridBlockSize > api.getFirstDisplayedRowIndex() &&
    index <= api.getLastDisplayedRowIndex() + gridBlockSize;

  /** Ends the requests for rows that were scrolled past, and fetches those that come into sight next. */
  const follow = (): void => {
    if (blocks === null) return;
    const { first, count } = sight();
    blocks.keepBetween(first - gridBlockSize, first + count + gridBlockSize);
    const moved = first - lastFirst;
    lastFirst = first;
    if (moved === 0 || Math.abs(moved) > gridBlockSize) return;
    const next = Math.floor(moved > 0 ? first + count + ahead : first - ahead);
    if (next < 0 || next >= length()) return;
    // Whoever needs these rows asks again, and hears of what goes wrong.
    blocks.load(blockStart(next, gridBlockSize)).catch(() => undefined);
  };

  /** Afterwards, so that what the keys have just done is over: it speaks of indexes. */
  const settle = (): void => {
    settling = undefined;
    if (api.isDestroyed() || blocks === null || !isLong()) return;
    const now = sight();
    const next = baseFor(base, now, total, size);
    if (next !== base) move(next, now.first);
  };

  const watchTop = (): void => {
    const now = base === 0 && scroller.scrollTop < rowHeight / 2;
    if (now === atTop) return;
    atTop = now;
    onTop(now);
  };

  /** Makes the row that was current before a view was renewed current again; the keys stay in the grid. */
  const stayAt = (was: PlacedRow, column: string, hadFocus: boolean): void => {
    const position = blocks?.peek(0)?.findIndex(({ id }) => id === was.row.id) ?? -1;
    if (position >= 0) left = { position, column };
    if (!hadFocus) return;
    const { count } = sight();
    focusQuietly(position >= 0 && position + 1 <= count ? position : 0, column);
    left = null;
  };

  const glides = (): boolean => performance.now() - wheeled < glideMs && 'onscrollend' in scroller;

  const onScroll = (event: Event): void => {
    if (event.target !== scroller || undoEcho()) return;
    scrolled = performance.now();
    follow();
    watchTop();
    drawBar();
    // A turn of the wheel glides: put elsewhere meanwhile, a browser loses what the page has not heard of yet.
    const mayWait = glides() && baseFor(base, sight(), total, size, urgentShare) === base;
    if (!mayWait) settling ??= setTimeout(settle, 0);
  };

  const onWheel = (): void => {
    wheeled = performance.now();
  };
  const onRest = (event: Event): void => {
    if (event.target === scroller && glides()) settling ??= setTimeout(settle, 0);
  };

  const askAgain = (): void => {
    if (blocks === null || api.isDestroyed()) return;
    const waiting = api.getRenderedNodes().some((node) => node.data === undefined && node.rowIndex !== null);
    if (waiting && source?.missed() === true) api.refreshInfiniteCache();
  };
  /** Rows may be passed over when the grid has told already that scrolling is over: it does not tell so again. */
  const lookAgain = (): void => {
    looking ??= setTimeout(() => {
      looking = undefined;
      // Of what was scrolled since, the grid will tell.
      if (performance.now() - scrolled >= overMs) askAgain();
    }, overMs);
  };

  const current = (): PlacedRow | null => {
    const index = api.getFocusedCell()?.rowIndex;
    const position = index === undefined ? left?.position : base + index;
    if (position === undefined) return null;
    const row = api.getDisplayedRowAtIndex(position - base)?.data ?? rowAt(position - base);
    return row === undefined ? null : { position, row };
  };

  const goTo = async (position: number): Promise<EntryRow | null> => {
    const of = blocks;
    if (of === null || api.isDestroyed() || position < 0 || (total !== null && position >= total)) return null;
    const start = blockStart(position, gridBlockSize);
    const index = position - base;
    if (index < 0 || index >= size.rows) {
      const { count } = sight();
      const most = total === null ? Number.POSITIVE_INFINITY : total - count;
      const first = Math.max(0, Math.min(most, Math.round(position - count / 2)));
      move(baseAround({ first, count }, total, size), first);
    } else if (index >= api.getDisplayedRowCount()) {
      // The end of the view is not known yet, but this row is.
      api.setRowCount(index + 1, false);
    }
    if (position - base >= api.getDisplayedRowCount()) api.setRowCount(position - base + 1, false);
    api.ensureIndexVisible(position - base, null);
    const row = (await of.load(start))[position - start] ?? null;
    if (row === null || api.isDestroyed() || of !== blocks) return null;
    const column = api.getFocusedCell()?.column ?? left?.column ?? api.getAllDisplayedColumns()[0];
    await rowIsHere(api, position - base);
    if (api.isDestroyed() || of !== blocks) return null;
    if (column) api.setFocusedCell(position - base, column);
    left = null;
    const node = api.getDisplayedRowAtIndex(position - base);
    if (node?.data !== undefined) node.setSelected(true, true);
    return row;
  };

  /** In a view longer than the window, keys that go to an end go to the view’s. */
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isLong() || event.altKey || event.shiftKey) return;
    if (!(event.target instanceof HTMLElement) || event.target.closest('[role=gridcell]') === null) return;
    const mod = event.ctrlKey || event.metaKey;
    const toStart = event.key === 'Home' || (mod && event.key === 'ArrowUp');
    const toEnd = event.key === 'End' || (mod && event.key === 'ArrowDown');
    if (!toStart && !toEnd) return;
    event.preventDefault();
    event.stopPropagation();
    goTo(toStart ? 0 : length() - 1).catch(onError);
  };

  const bar = createViewBar(element, {
    i18n: () => looks.looks().i18n,
    onScroll: scrollTo,
    onWheel: (pixels) => {
      scroller.scrollTop += pixels;
    },
  });
  const forgetLooks = looks.onChange(drawBar);
  const resized = new ResizeObserver(drawBar);
  resized.observe(scroller);
  element.addEventListener('scroll', onScroll, { capture: true, passive: true });
  element.addEventListener('wheel', onWheel, { capture: true, passive: true });
  element.addEventListener('scrollend', onRest, { capture: true, passive: true });
  element.addEventListener('keydown', onKeyDown, { capture: true });
  looks.feed(rowAt);

  return {
    open: (next, { atLeast: least, exact }, renewed) => {
      const was = renewed ? current() : null;
      const column = api.getFocusedCell()?.column.getColId() ?? left?.column;
      const hadFocus = element.contains(document.activeElement);
      // The ledger only grows, and with it a view that was renewed.
      const before = renewed ? length() : 0;
      blocks = next;
      base = 0;
      total = exact ? least : null;
      atLeast = Math.max(least, before);
      left = null;
      lastFirst = 0;
      source = createEntryDatasource({
        blocks: next,
        base: () => base,
        rowCount: () => (total === null ? null : rowsFrom(base, total, size)),
        isNear,
        atRest: () =>
          performance.now() - scrolled > restMs
            ? Promise.resolve()
            : new Promise((resolve) => setTimeout(resolve, restMs)),
        onError,
        onMissed: lookAgain,
      });
      // A grid that had no rows yet stands at the top already.
      const isFirst = api.getGridOption('datasource') === undefined;
      if (!isFirst && !renewed) api.deselectAll();
      api.setGridOption('datasource', source);
      if (!isFirst && api.getDisplayedRowCount() > 0) api.ensureIndexVisible(0, 'top');
      // Rows that are surely there can be gone to, before anybody knows how many there are; and those of a renewed view
      // stay in sight, which AG Grid would clear until it has taken the new ones.
      if (atLeast > 0 && (renewed || !exact)) api.setRowCount(rowsFrom(0, exact ? least : atLeast, size), exact);
      if (was !== null && column !== undefined) stayAt(was, column, hadFocus);
      watchTop();
      drawBar();
    },
    tell: (known) => {
      if (known === total) return;
      total = known;
      api.setRowCount(rowsFrom(base, known, size), true);
      drawBar();
    },
    goTo,
    current,
    chosen: () => {
      const rows = api.getSelectedNodes().flatMap((node) => (node.data === undefined ? [] : [node.data]));
      if (rows.length > 0) return source === null ? rows : source.inOrder(rows);
      const row = current()?.row;
      return row === undefined ? [] : [row];
    },
    focus: () => {
      if (api.getDisplayedRowCount() === 0) return;
      const column = left?.column ?? api.getAllDisplayedColumns()[0];
      const kept = left === null ? null : left.position - base;
      const index = api.getFocusedCell()?.rowIndex ?? kept ?? api.getFirstDisplayedRowIndex();
      const isHere = index >= 0 && index < api.getDisplayedRowCount();
      if (column) api.setFocusedCell(isHere ? index : Math.max(0, api.getFirstDisplayedRowIndex()), column);
      left = null;
    },
    toTop: () => scrollTo(0),
    retry: () => api.refreshInfiniteCache(),
    onScrollEnd: askAgain,
    isQuiet: (index) => {
      const was = quiet;
      quiet = null;
      return was === index;
    },
    close: () => {
      clearTimeout(settling);
      clearTimeout(looking);
      resized.disconnect();
      forgetLooks();
      bar.remove();
      element.removeEventListener('scroll', onScroll, { capture: true });
      element.removeEventListener('wheel', onWheel, { capture: true });
      element.removeEventListener('scrollend', onRest, { capture: true });
      element.removeEventListener('keydown', onKeyDown, { capture: true });
    },
  };
};

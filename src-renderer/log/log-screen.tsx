import { notifications } from '@mantine/notifications';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { StatusBarLeft, TopBarActions, TopBarSearch } from '#renderer/app/slots.tsx';
import { recordChips } from '#renderer/detail/around.ts';
import { EntryPanel } from '#renderer/detail/entry-panel.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { type ColumnLayout, completeLayout, defaultLayout, isColumnLayouts } from '#renderer/grid/column-layout.ts';
import type { CellMenu, GridHandle, GridView } from '#renderer/grid/entry-grid.tsx';
import { EntryGrid } from '#renderer/grid/entry-grid.tsx';
import type { GridLooks } from '#renderer/grid/grid-context.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { CellMenuView } from '#renderer/log/cell-menu.tsx';
import { addValue, type Chips, chipsOfIds, type FilterKey, setPeriod, toggleValue } from '#renderer/log/chip.ts';
import { ColumnsMenu } from '#renderer/log/columns-menu.tsx';
import { copyRows, copyValue } from '#renderer/log/copy-rows.ts';
import { FacetColumnView } from '#renderer/log/facet-column.tsx';
import { GoTo } from '#renderer/log/go-to.tsx';
import { EmptyView, ErrorStrip, WaitingRows } from '#renderer/log/grid-states.tsx';
import { createHighlight } from '#renderer/log/highlight.ts';
import { draftToChips, emptyLogState, type LogState, logStateText, queryOf, sortBy } from '#renderer/log/log-state.ts';
import { periodOf, spanOf, writePeriod } from '#renderer/log/period.ts';
import type { Place } from '#renderer/log/place.ts';
import { SearchBox, type SearchHandle } from '#renderer/log/search-box.tsx';
import { Splitter } from '#renderer/log/splitter.tsx';
import { TimelineView } from '#renderer/log/timeline-view.tsx';
import { Totals } from '#renderer/log/totals.tsx';
import { useDebounced } from '#renderer/log/use-debounced.ts';
import { useLogKeys } from '#renderer/log/use-log-keys.ts';
import { useLogState } from '#renderer/log/use-log-state.ts';
import { type Asked, useCount, useLogView, useTimeline } from '#renderer/log/use-log-view.ts';
import { mostMarks, useMarks } from '#renderer/log/use-marks.ts';
import { useWidth } from '#renderer/log/use-width.ts';
import { ViewsMenu } from '#renderer/log/views-menu.tsx';
import { usePreference } from '#renderer/settings/preferences.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import type { EntryRow } from '#shared/contract/entry.ts';
import { emptyQuery } from '#shared/contract/query.ts';
import classes from './log-screen.module.css';

/** Milliseconds between the last letter and the question. */
const typingRest = 120;
/** Milliseconds of rest before the entry under a moving cursor is fetched. */
const movingRest = 90;
const timelineBars = 160;

/** The log: search box, timeline, facets, grid, and the entry beside it. */
export const LogScreen = (): ReactNode => {
  const { t, number, sentence } = useI18n();
  const engine = useEngine();
  const reading = useReading();
  const { status } = useLedgerStatus();
  const { state, change, write, entryId, showEntry } = useLogState();
  const grid = useRef<GridHandle>(null);
  const search = useRef<SearchHandle>(null);
  const [layoutKept, setLayout] = usePreference('log.columns', defaultLayout, isColumnLayouts);
  const layout = useMemo(() => completeLayout(layoutKept), [layoutKept]);
  const [facetsWidth, setFacetsWidth] = useWidth('log.facets-width', 212);
  const [panelWidth, setPanelWidth] = useWidth('log.panel-width', 372);
  const [facetsOpen, setFacetsOpen] = useState<boolean | null>(null);
  const [menu, setMenu] = useState<CellMenu | null>(null);
  const [goingTo, setGoingTo] = useState(false);
  const [gridError, setGridError] = useState<unknown>(null);

  // The view: what is asked for, its first page, and then what hangs on it.
  const draft = useDebounced(state.draft, typingRest);
  const query = useMemo(() => queryOf({ ...state, draft }), [state, draft]);
  const lastQuery = useRef(query ?? emptyQuery);
  if (query !== null) lastQuery.current = query;
  const { sort } = state;
  const asked = useMemo((): Asked | null => query && { query, sort, reading }, [query, sort, reading]);
  const { value: frozen, error, pending, retry, refresh } = useLogView(asked);
  const total = useCount(frozen);
  const timeline = useTimeline(frozen, timelineBars);
  const shownQuery = lastQuery.current;
  const highlight = useMemo(
    () => createHighlight(frozen?.view.query ?? emptyQuery, reading.ignoreAccents),
    [frozen, reading.ignoreAccents],
  );

  const viewText = logStateText({ ...state, draft: '' });
  const { marks, toggle: toggleMark } = useMarks(viewText);
  const fresh = frozen === null ? 0 : Math.max(0, status.ledger.entries - frozen.first.newestId);

  const say = useCallback((message: string) => notifications.show({ message, autoClose: 4000 }), []);
  const sayError = useCallback((thrown: unknown) => say(sentence(thrown)), [say, sentence]);

  // What changes the view.
  const setChips = (chips: Chips): void => change({ ...state, chips });
  const filter = (key: FilterKey, value: string, exclude: boolean): void =>
    setChips(addValue(state.chips, key, [value], exclude));
  const showView = (chips: Chips): void => change({ ...emptyLogState, sort: state.sort, chips });
  const openView = (next: LogState): void => change(draftToChips(next, false));

  const span = timeline.value === null ? null : spanOf(timeline.value);
  const period =
    span === null || frozen === null
      ? null
      : periodOf({ clauses: shownQuery.clauses }, reading.zone, frozen.first.now, span);
  const setTimelinePeriod = (chosen: { start: number; end: number } | null): void => {
    const written = chosen === null ? null : writePeriod(chosen, reading.zone);
    // A period that is still text in the box would narrow the view together with the new one.
    const settled = draftToChips(state, false);
    change({ ...settled, chips: setPeriod(settled.chips, written) });
  };

  // The entry beside the grid.
  const moving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(moving.current), []);
  const open = (row: EntryRow): void => {
    clearTimeout(moving.current);
    showEntry(row.id);
  };
  const follow = (row: EntryRow): void => {
    clearTimeout(moving.current);
    if (entryId !== null) moving.current = setTimeout(() => showEntry(row.id), movingRest);
  };
  const step = async (by: 1 | -1): Promise<void> => {
    const at = grid.current?.current()?.position;
    const row = await grid.current?.goTo(at === undefined ? 0 : at + by);
    if (row && entryId !== null) showEntry(row.id);
  };
  const close = (): void => {
    if (entryId === null) return;
    showEntry(null);
    grid.current?.focus();
  };

  const goTo = async (place: Place): Promise<void> => {
    if (frozen === null) return;
    const page = await engine.call('log.page', { view: frozen.view, start: place, limit: 1 });
    const found = page.rows[0];
    if ('id' in place && found?.id !== place.id) {
      await engine.call('log.entry', { id: place.id });
      say(t('log.goto.not-here', { id: number(place.id) }));
      showEntry(place.id);
      return;
    }
    if (found === undefined) {
      say(t('log.goto.no-date'));
      return;
    }
    await grid.current?.goTo(page.position);
    showEntry(found.id);
  };

  const mark = (row: EntryRow): void => {
    if (!toggleMark(row.id)) say(t('log.marks.full', { limit: mostMarks }));
  };
  const copied = (count: Promise<number>): void => {
    count.then(
      (rows) => say(t('log.grid.copied', { count: rows })),
      (thrown: unknown) =>
        say(t('log.grid.copy-failed', { reason: thrown instanceof Error ? thrown.message : String(thrown) })),
    );
  };
  const copy = (): void => {
    if (grid.current !== null) copied(copyRows(grid.current.chosen(), grid.current.shownColumns(), reading.zone, t));
  };

  useLogKeys({
    search: () => search.current?.focus(),
    newest: refresh,
    goTo: () => setGoingTo(true),
    step: (by) => {
      step(by).catch(sayError);
    },
    mark: () => {
      const row = grid.current?.current()?.row;
      if (row) mark(row);
    },
    close,
    clear: () => change({ ...emptyLogState, sort: state.sort }),
  });

  const gridView = useMemo((): GridView | null => {
    if (frozen === null) return null;
    const { view, first, key } = frozen;
    return {
      key,
      first,
      fetchPage: (position, limit, signal) => engine.call('log.page', { view, start: { position }, limit }, { signal }),
    };
  }, [frozen, engine]);

  const onSort = useRef((_column: GridLooks['sort']['column']): void => undefined);
  useEffect(() => {
    onSort.current = (column) => change({ ...state, sort: sortBy(state.sort, column) });
  });
  const looks = useMemo(
    (): GridLooks => ({
      zone: reading.zone,
      highlight,
      sort,
      onSort: (column) => onSort.current(column),
      marks,
    }),
    [reading.zone, highlight, sort, marks],
  );

  const keepLayout = (next: readonly ColumnLayout[]): void => setLayout(next === defaultLayout ? null : next);
  const facetsShown = facetsOpen ?? undefined;
  const empty = frozen !== null && frozen.first.rows.length === 0;

  return (
    <>
      <TopBarSearch>
        <SearchBox
          handle={search}
          state={state}
          frozen={frozen}
          onChange={change}
          onWrite={write}
          onLeave={() => grid.current?.focus()}
        />
      </TopBarSearch>
      <TopBarActions>
        <ViewsMenu state={state} onOpen={openView} />
      </TopBarActions>
      <StatusBarLeft>
        <Totals
          total={total}
          all={frozen?.first.newestId ?? status.ledger.entries}
          marked={marks.size}
          onMarked={() => showView(chipsOfIds(marks))}
        />
      </StatusBarLeft>

      <div className={classes.screen} aria-busy={pending}>
        <h1 className={classes.spoken}>{t('app.screen.log')}</h1>
        <div className={classes.list}>
          <TimelineView timeline={timeline.value} period={period} zone={reading.zone} onPeriod={setTimelinePeriod} />
          <div className={classes.rows} data-facets={facetsShown}>
            <button
              type="button"
              className={classes.unfold}
              aria-expanded={facetsShown === true}
              onClick={() => setFacetsOpen(facetsShown !== true)}
            >
              {t(facetsShown === true ? 'log.facets.hide' : 'log.facets.show')}
            </button>
            <div className={classes.facets} style={{ width: facetsWidth }}>
              <FacetColumnView
                frozen={frozen}
                chips={state.chips}
                onToggle={(column, names, wanted) => setChips(toggleValue(state.chips, column, names, wanted))}
              />
              <Splitter
                label={t('log.resize.facets')}
                width={facetsWidth}
                least={150}
                most={420}
                side="left"
                onWidth={setFacetsWidth}
              />
            </div>
            <section className={classes.grid} aria-label={t('log.grid.label')}>
              {(error ?? gridError) !== null && (
                <ErrorStrip
                  error={error ?? gridError}
                  onRetry={() => {
                    setGridError(null);
                    if (error === null) grid.current?.retry();
                    else retry();
                  }}
                />
              )}
              {gridView === null ? (
                <WaitingRows />
              ) : (
                <>
                  <EntryGrid
                    handle={grid}
                    view={gridView}
                    rowCount={total?.exact === true ? total.count : null}
                    looks={looks}
                    layout={layout}
                    onLayout={keepLayout}
                    onOpen={open}
                    onMove={follow}
                    onExclude={({ key, value }) => filter(key, value, true)}
                    onMenu={setMenu}
                    onCopy={copy}
                    onError={setGridError}
                  />
                  <ColumnsMenu layout={layout} onLayout={keepLayout} />
                </>
              )}
              {empty && (
                <EmptyView
                  filtered={shownQuery.clauses.length > 0}
                  onClear={() => change({ ...emptyLogState, sort: state.sort })}
                />
              )}
              {fresh > 0 && (
                <button type="button" className={classes.fresh} onClick={refresh}>
                  {t('log.grid.new', { count: fresh })}
                </button>
              )}
            </section>
          </div>
        </div>
        {entryId !== null && (
          <div className={classes.panel} style={{ width: panelWidth }}>
            <Splitter
              label={t('log.resize.panel')}
              width={panelWidth}
              least={280}
              most={900}
              side="right"
              onWidth={setPanelWidth}
            />
            <EntryPanel
              id={entryId}
              zone={reading.zone}
              highlight={highlight}
              onClose={close}
              onStep={(by) => {
                step(by).catch(sayError);
              }}
              onFilter={filter}
              onShowEntry={showEntry}
              onShowView={showView}
            />
          </div>
        )}
      </div>

      <CellMenuView
        place={menu}
        onClose={() => setMenu(null)}
        onFilter={({ key, value }, exclude) => filter(key, value, exclude)}
        onCopyValue={({ row, column }) => copied(copyValue(row, column, reading.zone))}
        onCopyRows={copy}
        onRecord={(row) => showView(recordChips(row))}
        onMark={mark}
      />
      <GoTo
        opened={goingTo}
        zone={reading.zone}
        onClose={() => setGoingTo(false)}
        onGo={(place) => {
          goTo(place).catch(sayError);
        }}
      />
    </>
  );
};

import { Button } from '@mantine/core';
import { IconActivity, IconFileExport, IconPrinter } from '@tabler/icons-react';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useLedgerStatus } from '#renderer/app/ledger-status.tsx';
import { StatusBarLeft, TopBarActions, TopBarSearch } from '#renderer/app/slots.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import type { ExportWanted } from '#renderer/export/export-dialog.tsx';
import { type ColumnLayout, completeLayout, defaultLayout, isColumnLayouts } from '#renderer/grid/column-layout.ts';
import type { CellFilter } from '#renderer/grid/columns.ts';
import type { CellMenu } from '#renderer/grid/create-entry-grid.ts';
import { EntryGrid, type GridHandle, type GridView } from '#renderer/grid/entry-grid.tsx';
import type { GridLooks } from '#renderer/grid/grid-looks.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { CellMenuView } from '#renderer/log/cell-menu.tsx';
import { ColumnsMenu } from '#renderer/log/columns-menu.tsx';
import { FacetColumnView } from '#renderer/log/facet-column.tsx';
import type { Asked } from '#renderer/log/first-page.ts';
import { FreshEntries } from '#renderer/log/fresh-entries.tsx';
import { EmptyView, ErrorStrip, WaitingRows } from '#renderer/log/grid-states.tsx';
import { createHighlight } from '#renderer/log/highlight.ts';
import { logStateText, newestFirst, queryOf } from '#renderer/log/log-state.ts';
import { periodOf, spanOf } from '#renderer/log/period.ts';
import { SearchBox, type SearchHandle } from '#renderer/log/search-box.tsx';
import { Splitter } from '#renderer/log/splitter.tsx';
import { TimelineView } from '#renderer/log/timeline-view.tsx';
import { Totals } from '#renderer/log/totals.tsx';
import { useDebounced } from '#renderer/log/use-debounced.ts';
import { useCalmView, useFollow } from '#renderer/log/use-follow.ts';
import { useEntryActions, useViewActions } from '#renderer/log/use-log-actions.ts';
import { useLogKeys } from '#renderer/log/use-log-keys.ts';
import { useLogState } from '#renderer/log/use-log-state.ts';
import { useCount, useLogView, useTimeline } from '#renderer/log/use-log-view.ts';
import { useMarks } from '#renderer/log/use-marks.ts';
import { useSteady } from '#renderer/log/use-steady.ts';
import { useWidth } from '#renderer/log/use-width.ts';
import { ViewsMenu } from '#renderer/log/views-menu.tsx';
import { usePaletteActions } from '#renderer/palette/actions.ts';
import { usePreference } from '#renderer/settings/preferences.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { lazyPart } from '#renderer/ui/lazy-part.tsx';
import { emptyQuery } from '#shared/contract/names.ts';
import classes from './log-screen.module.css';

const EntryPanel = lazyPart(async () => (await import('#renderer/detail/entry-panel.tsx')).EntryPanel);
const PrintDialog = lazyPart(async () => (await import('#renderer/print/print-dialog.tsx')).PrintDialog);
const ExportDialog = lazyPart(async () => (await import('#renderer/export/export-dialog.tsx')).ExportDialog);
const GoTo = lazyPart(async () => (await import('#renderer/log/go-to.tsx')).GoTo);

/** Milliseconds between the last letter and the question. */
const typingRest = 120;
const timelineBars = 160;

/** The log: search box, timeline, facets, grid, and the entry beside it. */
export const LogScreen = (): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const reading = useReading();
  const { status } = useLedgerStatus();
  const handle = useLogState();
  const { state, change, write, entryId, showEntry } = handle;
  const { sort } = state;
  const grid = useRef<GridHandle>(null);
  const search = useRef<SearchHandle>(null);
  const [keptLayout, setLayout] = usePreference('log.columns', defaultLayout, isColumnLayouts);
  const layout = useMemo(() => completeLayout(keptLayout), [keptLayout]);
  const [facetsWidth, setFacetsWidth] = useWidth('log.facets-width', 212);
  const [panelWidth, setPanelWidth] = useWidth('log.panel-width', 372);
  // Only matters where the window is narrow and facets fold away.
  const [facetsOpen, setFacetsOpen] = useState(false);
  const [menu, setMenu] = useState<CellMenu | null>(null);
  // Null until it is first asked for.
  const [goingTo, setGoingTo] = useState<boolean | null>(null);
  const [exporting, setExporting] = useState<{ readonly wanted: ExportWanted; readonly opened: boolean } | null>(null);
  const [printing, setPrinting] = useState<{ readonly wanted: ExportWanted; readonly opened: boolean } | null>(null);
  const [gridError, setGridError] = useState<unknown>(null);

  // What is asked for, its first page, and then what hangs on it.
  const draft = useDebounced(state.draft, typingRest);
  const query = useMemo(() => queryOf({ chips: state.chips, sort, draft }), [state.chips, sort, draft]);
  const asked = useMemo((): Asked | null => query && { query, sort, reading }, [query, sort, reading]);
  const { value: frozen, error, pending, renewing, retry, refresh } = useLogView(asked, draft !== state.draft);
  const fresh = frozen === null ? 0 : Math.max(0, status.ledger.entries - frozen.first.newestId);
  const follow = useFollow({ fresh, sort, busy: pending || renewing, refresh });
  const calm = useCalmView(frozen, follow.state !== 'off');
  const total = useCount(calm, !pending);
  const exactTotal = total?.exact === true && calm === frozen ? total.count : null;
  const timeline = useTimeline(calm, timelineBars, !pending).value;
  const shownQuery = query ?? frozen?.view.query ?? emptyQuery;
  const highlight = useMemo(
    () => createHighlight(frozen?.view.query ?? emptyQuery, reading.ignoreAccents),
    [frozen, reading.ignoreAccents],
  );
  const period = useMemo(() => {
    const span = timeline === null ? null : spanOf(timeline);
    return span === null || frozen === null ? null : periodOf(shownQuery, reading.zone, frozen.first.now, span);
  }, [timeline, frozen, shownQuery, reading.zone]);
  const { marks, toggle: toggleMark } = useMarks(logStateText({ ...state, draft: '' }));

  const view = useViewActions(handle, reading.zone, marks);
  const entry = useEntryActions({ handle, grid, frozen, zone: reading.zone, toggleMark });
  const whatIsShown = (): ExportWanted | null =>
    frozen === null
      ? null
      : {
          view: frozen.view,
          count: exactTotal,
          chosen: (grid.current?.chosen() ?? []).map(({ id }) => id),
          marked: [...marks],
          shown: grid.current?.shownColumns() ?? [],
        };
  const exportView = useSteady(() => {
    const wanted = whatIsShown();
    if (wanted !== null) setExporting({ wanted, opened: true });
  });
  const printView = useSteady(() => {
    const wanted = whatIsShown();
    if (wanted !== null) setPrinting({ wanted, opened: true });
  });
  const exportActions = useMemo(
    () => [
      {
        id: 'export',
        label: t('export.open.action'),
        icon: <IconFileExport size={16} stroke={1.6} />,
        run: exportView,
      },
      { id: 'print', label: t('print.open'), icon: <IconPrinter size={16} stroke={1.6} />, run: printView },
    ],
    [t, exportView, printView],
  );
  const following = follow.state !== 'off';
  const toggleFollow = useSteady(follow.toggle);
  const followActions = useMemo(
    () => [
      {
        id: 'follow',
        label: t(following ? 'log.follow.stop' : 'log.follow.start'),
        icon: <IconActivity size={16} stroke={1.6} />,
        run: toggleFollow,
      },
    ],
    [t, following, toggleFollow],
  );
  usePaletteActions(followActions);
  usePaletteActions(exportActions);
  useLogKeys({
    search: () => search.current?.focus(),
    newest: refresh,
    follow: toggleFollow,
    goTo: () => setGoingTo(true),
    exportView,
    printView,
    step: entry.step,
    mark: entry.markCurrent,
    close: entry.close,
    clear: view.clear,
  });

  const gridView = useMemo((): GridView | null => {
    if (frozen === null) return null;
    const fetchPage: GridView['fetchPage'] = (position, limit, signal) =>
      engine.call('log.page', { view: frozen.view, start: { position }, limit }, { signal });
    return { key: frozen.key, question: frozen.question, first: frozen.first, fetchPage };
  }, [frozen, engine]);
  const onSort = view.sortBy;
  const looks = useMemo(
    (): GridLooks => ({ zone: reading.zone, highlight, sort, onSort, marks }),
    [reading.zone, highlight, sort, onSort, marks],
  );
  const keepLayout = useSteady((next: readonly ColumnLayout[]) => setLayout(next === defaultLayout ? null : next));
  const exclude = useSteady(({ key, value }: CellFilter) => view.filter(key, value, true));
  const tryAgain = (): void => {
    setGridError(null);
    if (error === null) grid.current?.retry();
    else retry();
  };

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
        <Button
          variant={following ? 'light' : 'default'}
          h={30}
          px={10}
          leftSection={<IconActivity size={15} stroke={1.6} />}
          title={t('log.follow.title')}
          aria-pressed={following}
          onClick={toggleFollow}
        >
          {t('log.follow')}
        </Button>
        <Button
          variant="default"
          h={30}
          px={10}
          leftSection={<IconFileExport size={15} stroke={1.6} />}
          title={t('export.open.title')}
          disabled={frozen === null}
          onClick={exportView}
        >
          {t('export.open')}
        </Button>
        <ViewsMenu state={state} onOpen={view.openView} />
      </TopBarActions>
      <StatusBarLeft>
        <Totals
          total={total}
          all={calm?.first.newestId ?? status.ledger.entries}
          marked={marks.size}
          onMarked={view.showMarked}
        />
      </StatusBarLeft>

      <div className={classes.screen} aria-busy={pending}>
        <h1 className={classes.spoken}>{t('app.screen.log')}</h1>
        <div className={classes.list}>
          <TimelineView timeline={timeline} period={period} zone={reading.zone} onPeriod={view.choosePeriod} />
          <div className={classes.rows} data-facets={facetsOpen}>
            <button
              type="button"
              className={classes.unfold}
              aria-expanded={facetsOpen}
              onClick={() => setFacetsOpen(!facetsOpen)}
            >
              {t(facetsOpen ? 'log.facets.hide' : 'log.facets.show')}
            </button>
            <div className={classes.facets} style={{ width: facetsWidth }}>
              <FacetColumnView frozen={calm} wanted={!pending} chips={state.chips} onToggle={view.toggle} />
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
              {(error ?? gridError) !== null && <ErrorStrip error={error ?? gridError} onRetry={tryAgain} />}
              <div className={classes.table}>
                <EntryGrid
                  handle={grid}
                  view={gridView}
                  rowCount={exactTotal}
                  looks={looks}
                  layout={layout}
                  onLayout={keepLayout}
                  onOpen={entry.open}
                  onMove={entry.follow}
                  onExclude={exclude}
                  onMenu={setMenu}
                  onCopy={entry.copy}
                  onError={setGridError}
                  onTop={follow.onTop}
                />
                {gridView === null && <WaitingRows />}
                <ColumnsMenu layout={layout} onLayout={keepLayout} />
              </div>
              {frozen?.first.rows.length === 0 && (
                <EmptyView filtered={shownQuery.clauses.length > 0} onClear={view.clear} />
              )}
              <FreshEntries
                fresh={fresh}
                follow={follow.state}
                onBring={() => {
                  grid.current?.toTop();
                  refresh();
                }}
                onSort={() => change({ ...state, sort: newestFirst })}
              />
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
              onClose={entry.close}
              onStep={entry.step}
              onFilter={view.filter}
              onShowEntry={showEntry}
              onShowView={view.showView}
            />
          </div>
        )}
      </div>

      <CellMenuView
        place={menu}
        onClose={() => setMenu(null)}
        onFilter={({ key, value }, excluded) => view.filter(key, value, excluded)}
        onCopyValue={({ row, column }) => entry.copyCell(row, column)}
        onCopyRows={entry.copy}
        onRecord={view.showRecord}
        onMark={entry.mark}
      />
      {exporting !== null && (
        <ExportDialog
          wanted={exporting.wanted}
          opened={exporting.opened}
          zone={reading.zone}
          onClose={() => setExporting({ ...exporting, opened: false })}
        />
      )}
      {printing !== null && (
        <PrintDialog
          wanted={printing.wanted}
          opened={printing.opened}
          zone={reading.zone}
          onClose={() => setPrinting({ ...printing, opened: false })}
        />
      )}
      {goingTo !== null && (
        <GoTo opened={goingTo} zone={reading.zone} onClose={() => setGoingTo(false)} onGo={entry.goTo} />
      )}
    </>
  );
};

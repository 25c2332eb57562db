import { type RefObject, useEffect, useRef } from 'react';
import { recordChips } from '#renderer/detail/around.ts';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import type { ColumnId } from '#renderer/grid/columns.ts';
import type { GridHandle } from '#renderer/grid/entry-grid.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import {
  addValue,
  type Chips,
  chipsOfIds,
  type FilterKey,
  type Names,
  setPeriod,
  toggleValue,
} from '#renderer/log/chip.ts';
import { copyRows, copyValue } from '#renderer/log/copy-rows.ts';
import { draftToChips, emptyLogState, type LogState, sortBy } from '#renderer/log/log-state.ts';
import { type Period, writePeriod } from '#renderer/log/period.ts';
import type { Place } from '#renderer/log/place.ts';
import type { LogStateHandle } from '#renderer/log/use-log-state.ts';
import type { FrozenView } from '#renderer/log/use-log-view.ts';
import { mostMarks } from '#renderer/log/use-marks.ts';
import { useSteady } from '#renderer/log/use-steady.ts';
import { showNotice } from '#renderer/ui/notice.tsx';
import type { EntryRow, SortColumn } from '#shared/contract/entry.ts';
import { isCancelled } from '#shared/contract/errors.ts';
import type { FacetColumn } from '#shared/contract/view.ts';

/** Milliseconds of rest before the entry under a moving cursor is fetched. */
const movingRest = 90;

interface Surroundings {
  readonly handle: LogStateHandle;
  readonly grid: RefObject<GridHandle | null>;
  readonly frozen: FrozenView | null;
  readonly zone: string;
  readonly toggleMark: (id: number) => boolean;
}

/** What changes the view; each a step that the back button undoes. */
export const useViewActions = ({ state, change }: LogStateHandle, zone: string, marks: ReadonlySet<number>) => {
  const setChips = (chips: Chips): void => change({ ...state, chips });
  const showView = useSteady((chips: Chips): void => change({ ...emptyLogState, sort: state.sort, chips }));
  return {
    showView,
    filter: useSteady((key: FilterKey, value: string, exclude: boolean) =>
      setChips(addValue(state.chips, key, [value], exclude)),
    ),
    toggle: useSteady((column: FacetColumn, names: Names, wanted: 'included' | 'excluded') =>
      setChips(toggleValue(state.chips, column, names, wanted)),
    ),
    openView: useSteady((next: LogState) => change(draftToChips(next, false))),
    choosePeriod: useSteady((chosen: Period | null) => {
      const written = chosen === null ? null : writePeriod(chosen, zone);
      // A period that is still text in the box would narrow the view together with the new one.
      const settled = draftToChips(state, false);
      change({ ...settled, chips: setPeriod(settled.chips, written) });
    }),
    sortBy: useSteady((column: SortColumn) => change({ ...state, sort: sortBy(state.sort, column) })),
    clear: useSteady(() => showView([])),
    showMarked: useSteady(() => showView(chipsOfIds(marks))),
    showRecord: useSteady((row: EntryRow) => showView(recordChips(row))),
  };
};

/** What is done with the rows and the entry beside them. */
export const useEntryActions = ({ handle, grid, frozen, zone, toggleMark }: Surroundings) => {
  const { t } = useI18n();
  const engine = useEngine();
  const { entryId, showEntry } = handle;
  const moving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const going = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      clearTimeout(moving.current);
      going.current?.abort();
    },
    [],
  );

  const step = async (by: 1 | -1): Promise<void> => {
    const at = grid.current?.current()?.position;
    const row = await grid.current?.goTo(at === undefined ? 0 : at + by);
    if (row && entryId !== null) showEntry(row.id);
  };

  const goTo = async (place: Place): Promise<void> => {
    if (frozen === null) return;
    going.current?.abort();
    going.current = new AbortController();
    const { signal } = going.current;
    const page = await engine.call('log.page', { view: frozen.view, start: place, limit: 1 }, { signal });
    const found = page.rows[0];
    if ('id' in place && found?.id !== place.id) {
      // Throws when there is no such entry at all.
      await engine.call('log.entry', { id: place.id }, { signal });
      showNotice(({ t, number }) => t('log.goto.not-here', { id: number(place.id) }));
      showEntry(place.id);
    } else if (found === undefined) {
      showNotice(({ t }) => t('log.goto.no-date'));
    } else {
      await grid.current?.goTo(page.position);
      showEntry(found.id);
    }
  };

  const tell = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      if (!isCancelled(error)) showNotice(({ sentence }) => sentence(error));
    });
  };
  const tellCopied = (count: Promise<number>): void => {
    count.then(
      (rows) => showNotice(({ t }) => t('log.grid.copied', { count: rows })),
      (error: unknown) =>
        showNotice(({ t }) =>
          t('log.grid.copy-failed', { reason: error instanceof Error ? error.message : String(error) }),
        ),
    );
  };
  const mark = useSteady((row: EntryRow) => {
    if (!toggleMark(row.id)) showNotice(({ t }) => t('log.marks.full', { limit: mostMarks }));
  });

  return {
    mark,
    open: useSteady((row: EntryRow) => {
      clearTimeout(moving.current);
      showEntry(row.id);
    }),
    follow: useSteady((row: EntryRow) => {
      clearTimeout(moving.current);
      if (entryId !== null) moving.current = setTimeout(() => showEntry(row.id), movingRest);
    }),
    close: useSteady(() => {
      if (entryId === null) return;
      showEntry(null);
      grid.current?.focus();
    }),
    step: useSteady((by: 1 | -1) => tell(step(by))),
    goTo: useSteady((place: Place) => tell(goTo(place))),
    markCurrent: useSteady(() => {
      const row = grid.current?.current()?.row;
      if (row) mark(row);
    }),
    copy: useSteady(() => {
      const rows = grid.current;
      if (rows !== null) tellCopied(copyRows(rows.chosen(), rows.shownColumns(), zone, t));
    }),
    copyCell: useSteady((row: EntryRow, column: ColumnId) => tellCopied(copyValue(row, column, zone))),
  };
};

import { useCallback, useMemo } from 'react';
import { usePreference } from '#renderer/settings/preferences.tsx';

/** Marked entries by view; the view used last comes last. A preference holds 64 KiB. */
type Marks = readonly { readonly view: string; readonly ids: readonly number[] }[];

export const mostMarks = 2000;
const mostViews = 40;

const isMarks = (value: unknown): value is Marks =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) =>
      typeof one === 'object' &&
      one !== null &&
      'view' in one &&
      typeof one.view === 'string' &&
      'ids' in one &&
      Array.isArray(one.ids) &&
      one.ids.every((id) => Number.isSafeInteger(id)),
  );

const none: Marks = [];

/** The marks of all views after a mark was set or taken away in one; null when there is no more room. */
export const toggleMark = (marks: Marks, view: string, id: number): Marks | null => {
  const rest = marks.filter((one) => one.view !== view);
  const ids = marks.find((one) => one.view === view)?.ids ?? [];
  const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
  const total = marks.reduce((sum, one) => sum + one.ids.length, 0);
  if (next.length > ids.length && total >= mostMarks) return null;
  return next.length === 0 ? rest : [...rest.slice(-(mostViews - 1)), { view, ids: next }];
};

/** Entries that the person marked in a view. `toggle` answers false when there is no more room. */
export const useMarks = (
  view: string,
): { readonly marks: ReadonlySet<number>; readonly toggle: (id: number) => boolean } => {
  const [all, setAll] = usePreference('log.marks', none, isMarks);
  const marks = useMemo(() => new Set(all.find((one) => one.view === view)?.ids), [all, view]);
  const toggle = useCallback(
    (id: number) => {
      const next = toggleMark(all, view, id);
      if (next !== null) setAll(next.length === 0 ? null : next);
      return next !== null;
    },
    [all, view, setAll],
  );
  return { marks, toggle };
};

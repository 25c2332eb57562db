import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { navigate, useRoute } from '#renderer/app/route.ts';
import { openingState } from '#renderer/log/first-page.ts';
import { emptyLogState, type LogState, logStateText, readLogState, writeLogState } from '#renderer/log/log-state.ts';
import { useSavedViews } from '#renderer/log/use-saved-views.ts';
import { useSteady } from '#renderer/log/use-steady.ts';
import { usePreference } from '#renderer/settings/preferences.tsx';

const isText = (value: unknown): value is string => typeof value === 'string';
/** Milliseconds of rest after which what was written reaches the address (browsers limit how often it may change). */
const draftRest = 400;

export interface LogStateHandle {
  readonly state: LogState;
  /** Changes the view: a step that the back button undoes. */
  readonly change: (next: LogState) => void;
  /** Changes only what is written in the box; many letters are one step back. */
  readonly write: (draft: string) => void;
  readonly entryId: number | null;
  readonly showEntry: (id: number | null) => void;
}

/** The window’s first look at the log returns to the start view, or to where the person left. */
let returned = false;

const readEntryId = (params: URLSearchParams): number | null => {
  const id = Number(params.get('entry'));
  return Number.isSafeInteger(id) && id > 0 ? id : null;
};

const addressOf = (state: LogState, entryId: number | null): URLSearchParams => {
  const params = writeLogState(state);
  if (entryId !== null) params.set('entry', String(entryId));
  return params;
};

/** The state of the log as the address holds it, so that back and forward undo and redo filters. */
export const useLogState = (): LogStateHandle => {
  const { screen, params } = useRoute();
  const address = screen === 'log' ? params.toString() : '';
  const [last, keepLast] = usePreference('log.last', '', isText);
  const { views } = useSavedViews();

  const addressed = useMemo(() => readLogState(new URLSearchParams(address)), [address]);
  const entryId = useMemo(() => readEntryId(new URLSearchParams(address)), [address]);
  const [written, setWritten] = useState<{ readonly draft: string; readonly address: string } | null>(null);
  // What is written but not yet in the address counts as long as the address stays where it was.
  const draft = written !== null && written.address === address ? written.draft : addressed.draft;
  const state = useMemo(() => ({ ...addressed, draft }), [addressed, draft]);
  const stepped = useRef(false);

  const change = useCallback(
    (next: LogState) => {
      stepped.current = false;
      setWritten(null);
      navigate('log', addressOf(next, entryId));
    },
    [entryId],
  );
  const write = useCallback((text: string) => setWritten({ draft: text, address }), [address]);
  const showEntry = useSteady((id: number | null) => navigate('log', addressOf(state, id), { replace: true }));

  useEffect(() => {
    if (written === null || written.address !== address || written.draft === addressed.draft) return;
    const timer = setTimeout(() => {
      navigate('log', addressOf(state, entryId), { replace: stepped.current });
      stepped.current = true;
    }, draftRest);
    return () => clearTimeout(timer);
  }, [written, address, addressed.draft, state, entryId]);

  const text = logStateText(state);
  const [first] = useState({ last, views });
  useEffect(() => {
    if (returned) return;
    returned = true;
    const opening = openingState(state, first);
    if (logStateText(opening) !== text) navigate('log', addressOf(opening, entryId), { replace: true });
  }, [first, text, state, entryId]);

  useEffect(() => {
    if (text === last) return;
    const timer = setTimeout(() => keepLast(text === logStateText(emptyLogState) ? null : text), 1500);
    return () => clearTimeout(timer);
  }, [text, last, keepLast]);

  return { state, change, write, entryId, showEntry };
};

import { useEffect, useRef, useState } from 'react';
import type { FrozenView } from '#renderer/log/use-log-view.ts';
import type { Sort } from '#shared/contract/entry.ts';

/** New entries are brought in at most this often, milliseconds: what comes faster comes together. */
const followEveryMs = 1000;
/** Counts, facets and the timeline of a view that is followed are asked for at most this often, milliseconds. */
const calmMs = 4000;

/** `away`: paused because the first row is not in sight; `sorted`: because new entries would not come first. */
export type FollowState = 'off' | 'on' | 'away' | 'sorted';

export interface Follow {
  readonly state: FollowState;
  readonly toggle: () => void;
  /** To be told whether the first row is in sight. */
  readonly onTop: (atTop: boolean) => void;
}

const isNewestFirst = ({ column, descending }: Sort): boolean =>
  descending && (column === 'occurredAt' || column === 'id');

/**
 * Brings new entries in by themselves while it is on. It is off in a window that opens, and not remembered: what an
 * auditor reads must not move unless they have just asked for it.
 */
export const useFollow = ({
  fresh,
  sort,
  busy,
  refresh,
}: {
  /** How many entries came since the view was frozen. */
  readonly fresh: number;
  readonly sort: Sort;
  /** A view is on its way, or somebody is typing. */
  readonly busy: boolean;
  readonly refresh: () => void;
}): Follow => {
  const [wanted, setWanted] = useState(false);
  const [atTop, setAtTop] = useState(true);
  const broughtAt = useRef(Number.NEGATIVE_INFINITY);
  const state = !wanted ? 'off' : !isNewestFirst(sort) ? 'sorted' : !atTop ? 'away' : 'on';
  const due = state === 'on' && fresh > 0 && !busy;
  useEffect(() => {
    if (!due) return;
    const rest = Math.max(0, broughtAt.current + followEveryMs - performance.now());
    const timer = setTimeout(() => {
      broughtAt.current = performance.now();
      refresh();
    }, rest);
    return () => clearTimeout(timer);
  }, [due, refresh]);
  return { state, toggle: () => setWanted((was) => !was), onTop: setAtTop };
};

/**
 * The view that is counted and drawn around the rows: the present one, but while it is followed a renewed one only every
 * few seconds, so that a ledger of millions is not counted with each entry that comes.
 */
export const useCalmView = (frozen: FrozenView | null, following: boolean): FrozenView | null => {
  const [calm, setCalm] = useState(frozen);
  const takenAt = useRef(0);
  const renewed = calm !== null && frozen !== null && calm.question === frozen.question;
  const shown = following && renewed ? calm : frozen;
  useEffect(() => {
    if (calm === frozen) return;
    const take = (): void => {
      takenAt.current = performance.now();
      setCalm(frozen);
    };
    if (shown === frozen) {
      take();
      return;
    }
    const timer = setTimeout(take, Math.max(0, takenAt.current + calmMs - performance.now()));
    return () => clearTimeout(timer);
  }, [calm, frozen, shown]);
  return shown;
};

import type { I18n } from '#renderer/i18n/use-i18n.tsx';
import type { Highlight } from '#renderer/log/highlight.ts';
import type { EntryRow, Sort, SortColumn } from '#shared/contract/entry.ts';

/** What cells and headers need beside their row. */
export interface GridLooks {
  readonly zone: string;
  readonly highlight: Highlight;
  readonly sort: Sort;
  readonly onSort: (column: SortColumn) => void;
  readonly marks: ReadonlySet<number>;
}

export interface LocalisedLooks extends GridLooks {
  readonly i18n: I18n;
}

/**
 * The looks of one grid, and the cells and headers that hang on them. Those are plain elements, not React's: a grid makes
 * and drops some hundreds of them with every few rows that are scrolled.
 */
export interface LooksSource {
  looks(): LocalisedLooks;
  change(next: LocalisedLooks): void;
  /** Hears every change; gives back what ends that. */
  onChange(listener: () => void): () => void;
  /** The row at an index of the grid if it is here, even before the grid has taken it: it takes rows a moment late. */
  rowAt(index: number): EntryRow | undefined;
  /** Says where those rows come from. */
  feed(rowAt: (index: number) => EntryRow | undefined): void;
}

export const createLooksSource = (first: LocalisedLooks): LooksSource => {
  let looks = first;
  let find = (_index: number): EntryRow | undefined => undefined;
  const listeners = new Set<() => void>();
  return {
    looks: () => looks,
    change: (next) => {
      if (next === looks) return;
      looks = next;
      for (const listener of [...listeners]) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rowAt: (index) => find(index),
    feed: (rowAt) => {
      find = rowAt;
    },
  };
};

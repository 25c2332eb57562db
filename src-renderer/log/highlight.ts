import type { Query } from '#shared/contract/query.ts';
import { findHits, type Span } from '#shared/text/fold.ts';

/** Finds what a query searches for in a text; ascending, none overlapping. */
export type Highlight = (text: string) => readonly Span[];

const merge = (spans: Span[]): Span[] => {
  const merged: Span[] = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
};

/** Texts repeat from row to row and are drawn again with every scroll. */
const remembered = 4000;
/** A longer text is not searched for hits while it is drawn. */
const longest = 500_000;

/** Marks the free words of a query; what is excluded or switched off marks nothing. */
export const createHighlight = (query: Query, ignoreAccents: boolean): Highlight => {
  const words = query.clauses.flatMap((clause) =>
    clause.kind === 'word' && !clause.exclude ? [clause.value.text] : [],
  );
  const cache = new Map<string, readonly Span[]>();
  return (text) => {
    if (words.length === 0 || text === '' || text.length > longest) return [];
    const known = cache.get(text);
    if (known) return known;
    const found = merge(words.flatMap((word) => findHits(text, word, ignoreAccents)));
    if (cache.size >= remembered) cache.clear();
    cache.set(text, found);
    return found;
  };
};

import type { Columns } from '#main/store/sqlite/columns.ts';
import type { Timeline, View } from '#shared/contract/view.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import { forEachBit } from './bitmap.ts';
import type { ViewEngine } from './view-engine.ts';

/** Entries per bar over the whole span of the ledger; the view's own periods do not narrow it. */
export const makeTimeline = (
  engine: ViewEngine,
  columns: Columns,
  asked: { readonly view: View; readonly bars: number },
  shouldStop: () => boolean,
): Timeline => {
  const frozen = engine.freeze(asked.view);
  const { occurredAt } = columns.upTo(frozen.newestId);
  if (occurredAt.length === 0) return { starts: [], end: frozen.now, counts: [] };
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < occurredAt.length; row++) {
    const time = occurredAt[row] as number;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const width = Math.max(1, Math.ceil((last - first + 1) / asked.bars));
  const bars = Math.ceil((last - first + 1) / width);
  const counts = new Array<number>(bars).fill(0);
  const set = engine.matchSet({
    ...frozen,
    query: { clauses: frozen.query.clauses.filter((clause) => clause.kind !== 'time') },
  });
  set.settle(shouldStop);
  forEachBit(set.words, (row) => {
    const bar = Math.floor(((occurredAt[row] as number) - first) / width);
    counts[bar] = (counts[bar] as number) + 1;
  });
  return { starts: counts.map((_, bar) => isoOf(first + bar * width)), end: isoOf(first + bars * width), counts };
};

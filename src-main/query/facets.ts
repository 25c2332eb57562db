import type { ChunkColumn } from '#main/store/sqlite/columns/chunk.ts';
import { actorLabel, type Dictionaries, moduleLabel } from '#main/store/sqlite/dictionaries.ts';
import { compareKeys } from '#main/store/sqlite/sort-key.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import type { Clause, Query } from '#shared/contract/query.ts';
import type { Facet, FacetColumn, Facets, View } from '#shared/contract/view.ts';
import { foldAccents } from '#shared/text/fold.ts';
import type { ChunkBits } from './bitmap.ts';
import { type CountedRows, countCodes, countedRows } from './count-codes.ts';
import type { MatchSet } from './match-set.ts';
import { sampleOf } from './sample.ts';
import type { FrozenView, ViewEngine } from './view-engine.ts';

const columnOf = {
  event: 'event',
  module: 'module',
  user: 'actor',
  target: 'target',
  field: 'field',
  source: 'source',
  status: 'status',
} as const satisfies Record<FacetColumn, ChunkColumn>;

const isOwnClause = (clause: Clause, column: FacetColumn): boolean =>
  !clause.exclude && (clause.kind === 'value' || clause.kind === 'number') && clause.key === column;

/** A column's own including filter does not narrow its own facet: its other values stay there to be chosen. */
const withoutOwn = (query: Query, column: FacetColumn): Query => ({
  clauses: query.clauses.filter((clause) => !isOwnClause(clause, column)),
});

interface Value {
  readonly value: string;
  readonly label: string;
}

/** What a code is called in a query and in a list; null when there is nothing to call it by. */
export const facetValue = (dictionaries: Dictionaries, column: FacetColumn, code: number): Value | null => {
  if (column === 'status') return { value: String(code - 1), label: String(code - 1) };
  if (column === 'user') {
    const actor = dictionaries.actor[code];
    const value = actor?.login ?? actor?.email ?? actor?.name ?? actor?.id;
    return actor && value != null ? { value, label: actorLabel(actor) } : null;
  }
  if (column === 'module') {
    const module = dictionaries.module[code];
    if (!module) return null;
    const label = moduleLabel(module);
    return { value: module.number === null ? label : String(module.number), label };
  }
  const name = dictionaries.labelOf(columnOf[column], code);
  return { value: name, label: name };
};

/** Codes below this are summed up in a list, which costs a tenth of a map; a status can be any number. */
const denseCodes = 2 ** 20;

/** Sums by code; «none» and what adds up to nothing are left out. */
const createTally = () => {
  const dense = [0];
  const sparse = new Map<number, number>();
  return {
    add: (code: number, count: number): void => {
      if (code >= denseCodes) {
        if (count !== 0) sparse.set(code, (sparse.get(code) ?? 0) + count);
        return;
      }
      while (dense.length <= code) dense.push(0);
      dense[code] = (dense[code] as number) + count;
    },
    counts: (): Map<number, number> => {
      const counts = new Map(sparse);
      for (let code = 1; code < dense.length; code++) {
        if (dense[code] !== 0) counts.set(code, dense[code] as number);
      }
      return counts;
    },
  };
};

/** Counts by value for several columns in one pass over some chunks of a match set. */
const countValues = (
  set: MatchSet,
  columns: readonly FacetColumn[],
  chunks: readonly number[],
  bitsOf: (chunk: number) => ChunkBits,
  shouldStop: () => boolean,
): ReadonlyMap<FacetColumn, Map<number, number>> => {
  const tallies = columns.map((column) => ({ column, name: columnOf[column], tally: createTally() }));
  for (const number of chunks) {
    throwIfStopped(shouldStop);
    const chunk = set.columns(number);
    // Entries are only looked at for the columns that can't tell.
    let looked: CountedRows | null = null;
    const rows = (): CountedRows => {
      looked ??= countedRows(bitsOf(number), chunk);
      return looked;
    };
    for (const { name, tally } of tallies) {
      const { values } = chunk.values(name);
      const told = set.tells(name) ? set.told(number, name) : null;
      const local = told?.exact ? told.counts : countCodes(chunk, name, rows());
      for (let place = 0; place < values.length; place++) tally.add(values[place] as number, local[place] as number);
    }
  }
  return new Map(tallies.map(({ column, tally }) => [column, tally.counts()]));
};

interface Asked {
  readonly view: View;
  readonly columns: readonly FacetColumn[];
  readonly limit: number;
  readonly search: string | null;
}

const facetOf = (
  dictionaries: Dictionaries,
  column: FacetColumn,
  counts: ReadonlyMap<number, number>,
  asked: Asked,
): Facet => {
  const search = asked.search === null ? null : foldAccents(asked.search);
  const byValue = new Map<string, { value: string; label: string; count: number; wanted: boolean }>();
  for (const [code, count] of counts) {
    const found = facetValue(dictionaries, column, code);
    if (!found) continue;
    const wanted = search === null || [found.label, found.value].some((text) => foldAccents(text).includes(search));
    const known = byValue.get(found.value);
    if (known) {
      known.count += count;
      known.wanted ||= wanted;
    } else byValue.set(found.value, { ...found, count, wanted });
  }
  const values = [...byValue.values()]
    .filter(({ wanted }) => wanted)
    .map(({ value, label, count }) => ({ value, label, count }))
    .sort((x, y) => y.count - x.count || compareKeys(x.label, y.label) || compareKeys(x.value, y.value));
  return { column, values: values.slice(0, asked.limit), distinct: values.length };
};

/** What a sample of the chunks says of all of them. */
const scaled = (counts: ReadonlyMap<number, number>, factor: number): ReadonlyMap<number, number> =>
  factor === 1 ? counts : new Map([...counts].map(([code, count]) => [code, Math.round(count * factor)]));

interface Group {
  readonly set: MatchSet;
  readonly columns: readonly FacetColumn[];
}

/** The match sets that the asked columns need; columns that the view does not filter share one. */
const groupsOf = (
  engine: ViewEngine,
  asked: Asked,
): { readonly view: FrozenView; readonly groups: readonly Group[] } => {
  const view = engine.freeze(asked.view);
  const byQuery = new Map<string, { readonly query: Query; readonly columns: FacetColumn[] }>();
  for (const column of asked.columns) {
    const query = withoutOwn(view.query, column);
    const key = JSON.stringify(query);
    const known = byQuery.get(key);
    if (known) known.columns.push(column);
    else byQuery.set(key, { query, columns: [column] });
  }
  const groups = [...byQuery.values()].map(({ query, columns }) => ({
    set: engine.matchSet({ ...view, query }),
    columns,
  }));
  return { view, groups };
};

/** Values of a column with their counts, most frequent first. */
export const listFacets = (
  engine: ViewEngine,
  dictionaries: Dictionaries,
  asked: Asked,
  shouldStop: () => boolean,
): Facets => {
  const { view, groups } = groupsOf(engine, asked);
  const found = new Map<FacetColumn, Facet>();
  for (const { set, columns } of groups) {
    const all = Array.from({ length: set.chunks }, (_, chunk) => chunk);
    for (const [column, counts] of countValues(set, columns, all, set.sure, shouldStop)) {
      found.set(column, facetOf(dictionaries, column, counts, asked));
    }
  }
  return { facets: asked.columns.flatMap((column) => found.get(column) ?? []), newestId: view.newestId, exact: true };
};

/**
 * The same from what the search index says of a sample of the entries, before anybody has looked at texts; null where no
 * text has to be looked at and the exact figures are there as soon.
 */
export const estimateFacets = (
  engine: ViewEngine,
  dictionaries: Dictionaries,
  asked: Asked,
  shouldStop: () => boolean,
): Facets | null => {
  const { view, groups } = groupsOf(engine, asked);
  if (groups.every(({ set }) => set.isSure() || set.chunks <= 1)) return null;
  const found = new Map<FacetColumn, Facet>();
  for (const { set, columns } of groups) {
    const sample = sampleOf(set.chunks);
    const factor = set.newestId / sample.reduce((sum, chunk) => sum + set.limit(chunk), 0);
    for (const [column, counts] of countValues(set, columns, sample, set.candidates, shouldStop)) {
      found.set(column, facetOf(dictionaries, column, scaled(counts, factor), asked));
    }
  }
  return { facets: asked.columns.flatMap((column) => found.get(column) ?? []), newestId: view.newestId, exact: false };
};

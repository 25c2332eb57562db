import type { CodeColumn, ColumnArrays, Columns } from '#main/store/sqlite/columns.ts';
import { actorLabel, type Dictionaries, moduleLabel } from '#main/store/sqlite/dictionaries.ts';
import { compareKeys } from '#main/store/sqlite/sort-key.ts';
import type { Clause, Query } from '#shared/contract/query.ts';
import type { Facet, FacetColumn, View } from '#shared/contract/view.ts';
import { foldAccents } from '#shared/text/fold.ts';
import { forEachBit } from './bitmap.ts';
import type { MatchSet } from './match-set.ts';
import type { ViewEngine } from './view-engine.ts';

const codeColumnOf = {
  event: 'event',
  module: 'module',
  user: 'actor',
  target: 'target',
  field: 'field',
  source: 'source',
} as const satisfies Record<Exclude<FacetColumn, 'status'>, CodeColumn>;

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

const facetValue = (dictionaries: Dictionaries, column: FacetColumn, code: number): Value | null => {
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
  const name = dictionaries.labelOf(codeColumnOf[column], code);
  return { value: name, label: name };
};

const countCodes = (set: MatchSet, codes: Uint32Array | Uint16Array, size: number): Float64Array => {
  const counts = new Float64Array(size);
  if (set.everything) {
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row] as number;
      counts[code] = (counts[code] as number) + 1;
    }
    return counts;
  }
  forEachBit(set.words, (row) => {
    const code = codes[row] as number;
    counts[code] = (counts[code] as number) + 1;
  });
  return counts;
};

const codesOf = (arrays: ColumnArrays, column: FacetColumn): Uint32Array | Uint16Array =>
  column === 'status' ? arrays.status : arrays[codeColumnOf[column]];

/** Values of a column with their counts, most frequent first. */
export const listFacets = (
  engine: ViewEngine,
  columns: Columns,
  dictionaries: Dictionaries,
  asked: {
    readonly view: View;
    readonly columns: readonly FacetColumn[];
    readonly limit: number;
    readonly search: string | null;
  },
  shouldStop: () => boolean,
): { facets: Facet[]; newestId: number } => {
  const view = engine.freeze(asked.view);
  const arrays = columns.upTo(view.newestId);
  const search = asked.search === null ? null : foldAccents(asked.search);
  const facets = asked.columns.map((column): Facet => {
    const set = engine.matchSet({ ...view, query: withoutOwn(view.query, column) });
    set.settle(shouldStop);
    const size = column === 'status' ? 65_536 : dictionaries.size(codeColumnOf[column]);
    const counts = countCodes(set, codesOf(arrays, column), size);
    const byValue = new Map<string, { value: string; label: string; count: number; wanted: boolean }>();
    for (let code = 1; code < size; code++) {
      const count = counts[code] as number;
      if (count === 0) continue;
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
  });
  return { facets, newestId: view.newestId };
};

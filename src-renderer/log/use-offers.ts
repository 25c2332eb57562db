import { useMemo } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Offer } from '#renderer/log/completions.tsx';
import { type FrozenView, useFacets } from '#renderer/log/use-log-view.ts';
import { facetColumns } from '#shared/contract/names.ts';
import type { FacetColumn } from '#shared/contract/view.ts';
import { type Completion, completionAt } from '#shared/query/complete.ts';
import type { QueryKey } from '#shared/query/keys.ts';

const isFacetColumn = (key: QueryKey): key is QueryKey & FacetColumn =>
  (facetColumns as readonly string[]).includes(key);

const none: readonly FacetColumn[] = [];
const mostOffers = 12;

/** What could be written at the caret: keys, or values of a key with how many entries of the view have them. */
export const useOffers = (
  draft: string,
  caret: number,
  frozen: FrozenView | null,
  wanted: boolean,
): { readonly completion: Completion | null; readonly offers: readonly Offer[] } => {
  const { language } = useI18n();
  const completion = useMemo(
    () => (wanted ? completionAt(draft, Math.min(caret, draft.length), language) : null),
    [draft, caret, language, wanted],
  );
  const value = completion?.kind === 'value' && isFacetColumn(completion.key) ? completion : null;
  const column = value !== null && isFacetColumn(value.key) ? value.key : null;
  const facets = useFacets(
    frozen,
    {
      columns: column === null ? none : [column],
      limit: mostOffers,
      search: value === null || value.partial === '' ? null : value.partial.slice(0, 200),
    },
    true,
  );
  const offers = useMemo((): readonly Offer[] => {
    if (completion?.kind === 'key') {
      // After each space any key could follow; offering them all would only be in the way.
      if (completion.partial === '' && draft.trim() !== '') return [];
      return completion.keys.slice(0, mostOffers).map(({ name }) => ({ value: name, label: `${name}:`, count: null }));
    }
    return facets.value?.facets.find((facet) => facet.column === column)?.values.slice(0, mostOffers) ?? [];
  }, [completion, facets.value, column, draft]);
  return { completion, offers };
};

import { memo, type ReactNode, useState } from 'react';
import type { PlainKey } from '#renderer/i18n/translate.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Chips } from '#renderer/log/chip.ts';
import { FacetSection, facetLimit, type Toggle } from '#renderer/log/facet-section.tsx';
import { FoldSign } from '#renderer/log/signs.tsx';
import { type FrozenView, useFacets } from '#renderer/log/use-log-view.ts';
import type { FacetColumn } from '#shared/contract/view.ts';
import classes from './facets.module.css';

const titles: { readonly [C in FacetColumn]: PlainKey } = {
  event: 'log.column.event',
  module: 'log.column.module',
  user: 'log.column.user',
  field: 'log.column.field',
  target: 'log.column.target',
  source: 'log.column.source',
  status: 'log.column.status',
};
const alwaysOpen: readonly FacetColumn[] = ['event', 'module', 'user', 'field'];
const foldable: readonly FacetColumn[] = ['target', 'source', 'status'];
/** What occurs in the view, to include or exclude. */
export const FacetColumnView = memo(
  ({
    frozen,
    wanted,
    chips,
    onToggle,
  }: {
    frozen: FrozenView | null;
    /** False while a newer view is on its way. */
    wanted: boolean;
    chips: Chips;
    onToggle: Toggle;
  }): ReactNode => {
    const { t, sentence } = useI18n();
    const [opened, setOpened] = useState<ReadonlySet<FacetColumn>>(new Set());
    const columns = [...alwaysOpen, ...foldable.filter((column) => opened.has(column))];
    const { value, error, retry } = useFacets(frozen, { columns, limit: facetLimit, search: null }, wanted);

    const fold = (column: FacetColumn): void => {
      const next = new Set(opened);
      if (!next.delete(column)) next.add(column);
      setOpened(next);
    };

    return (
      <aside className={classes.column} aria-label={t('log.facets.label')}>
        {error !== null && (
          <p role="alert" className={classes.error}>
            {sentence(error)}{' '}
            <button type="button" className={classes.more} onClick={retry}>
              {t('log.retry')}
            </button>
          </p>
        )}
        {alwaysOpen.map((column) => (
          <FacetSection
            key={column}
            column={column}
            title={t(titles[column])}
            facet={value?.facets.find((facet) => facet.column === column) ?? null}
            exact={value?.exact !== false}
            frozen={frozen}
            wanted={wanted}
            chips={chips}
            onToggle={onToggle}
          />
        ))}
        {foldable.map((column) =>
          opened.has(column) ? (
            <FacetSection
              key={column}
              column={column}
              title={t(titles[column])}
              facet={value?.facets.find((facet) => facet.column === column) ?? null}
              exact={value?.exact !== false}
              frozen={frozen}
              wanted={wanted}
              chips={chips}
              onToggle={onToggle}
              onFold={() => fold(column)}
            />
          ) : (
            <h2 key={column} className={classes.title}>
              <button type="button" className={classes.fold} aria-expanded="false" onClick={() => fold(column)}>
                {t(titles[column])} <FoldSign open={false} />
              </button>
            </h2>
          ),
        )}
      </aside>
    );
  },
);

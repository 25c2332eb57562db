import { IconSearch } from '@tabler/icons-react';
import { type ChangeEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { type Chips, type FilterState, filterState, type Names } from '#renderer/log/chip.ts';
import { FoldSign } from '#renderer/log/signs.tsx';
import { type FrozenView, useFacets } from '#renderer/log/use-log-view.ts';
import { visibleText } from '#renderer/log/visible-text.ts';
import type { Facet, FacetColumn } from '#shared/contract/view.ts';
import { foldAccents } from '#shared/text/fold.ts';
import classes from './facets.module.css';

/** Values shown of each before «more». */
export const facetLimit = 8;

export type Toggle = (column: FacetColumn, names: Names, wanted: 'included' | 'excluded') => void;

interface FacetValue {
  readonly value: string;
  readonly label: string;
  /** Null until it is known. */
  readonly count: number | null;
}

/** Each «more» shows this many times as many; the contract’s limit is 1,000. */
const growth = 5;
const mostValues = 1000;

/** Values that a chip names and the answer does not hold, such as excluded ones, stay in the list with no entries. */
const withNamed = (
  values: readonly FacetValue[],
  chips: Chips,
  column: FacetColumn,
  labels: ReadonlyMap<string, string>,
  known: boolean,
): readonly FacetValue[] => {
  const named = chips.flatMap(({ clause, on }): readonly string[] => {
    if (!on) return [];
    if (clause.kind === 'value' && clause.key === column) {
      return clause.values.filter((value) => !value.prefix).map((value) => value.text);
    }
    if (clause.kind !== 'number' || clause.key !== column) return [];
    return clause.tests.flatMap((test) => (test.op === '=' ? [String(test.value)] : []));
  });
  const isShown = (name: string): boolean =>
    values.some(({ value, label }) => [value, label].some((one) => foldAccents(one) === foldAccents(name)));
  const missing = [...new Set(named)].filter((name) => !isShown(name));
  return [
    ...values,
    ...missing.map((value) => ({ value, label: labels.get(value) ?? value, count: known ? 0 : null })),
  ];
};

/** A module is written by its name, which people know, unless two share it; everything else by its value. */
const namesOf = ({ value, label }: FacetValue, column: FacetColumn, all: readonly FacetValue[]): Names => {
  const alone = all.filter((other) => other.label === label).length === 1;
  return column === 'module' && alone ? [label, value] : alone ? [value, label] : [value];
};

const Row = ({
  value,
  state,
  most,
  exact,
  onToggle,
}: {
  value: FacetValue;
  state: FilterState;
  most: number;
  exact: boolean;
  onToggle: (wanted: 'included' | 'excluded') => void;
}): ReactNode => {
  const { t, number } = useI18n();
  const label = visibleText(value.label);
  const count = value.count === null ? null : number(value.count);
  const onChange = ({ nativeEvent }: ChangeEvent): void => {
    const alt = nativeEvent instanceof MouseEvent && nativeEvent.altKey;
    onToggle(alt || state === 'excluded' ? 'excluded' : 'included');
  };
  return (
    <div className={classes.value} data-state={state}>
      <label className={classes.name} title={value.label.length > 18 ? label : undefined}>
        <input
          type="checkbox"
          className={classes.box}
          checked={state === 'included'}
          onChange={onChange}
          aria-label={t(state === 'excluded' ? 'log.facets.excluded' : 'log.facets.value', {
            label,
            entries: count === null ? '…' : exact ? count : t('log.facets.about', { count }),
          })}
        />
        <bdi>{label}</bdi>
      </label>
      <button
        type="button"
        className={classes.exclude}
        aria-pressed={state === 'excluded'}
        aria-label={t('log.facets.exclude', { label })}
        title={t('log.facets.exclude', { label })}
        onClick={() => onToggle('excluded')}
      >
        −
      </button>
      <em>{count !== null && (exact ? count : `≈ ${count}`)}</em>
      <span
        className={classes.bar}
        style={{ width: `calc((100% - 20px) * ${most === 0 ? 0 : (value.count ?? 0) / most})` }}
      />
    </div>
  );
};

/** One column of the log: its values in the view, how often each occurs, which ones the view includes or excludes. */
export const FacetSection = ({
  column,
  title,
  facet,
  exact,
  frozen,
  wanted,
  chips,
  onToggle,
  onFold,
}: {
  column: FacetColumn;
  title: string;
  facet: Facet | null;
  /** False while the counts are an estimate. */
  exact: boolean;
  frozen: FrozenView | null;
  wanted: boolean;
  chips: Chips;
  onToggle: Toggle;
  onFold?: () => void;
}): ReactNode => {
  const { t, number } = useI18n();
  const titleId = useId();
  const [searching, setSearching] = useState(false);
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(facetLimit);
  const own = searching || limit > facetLimit;
  const wide = useFacets(
    frozen,
    {
      columns: own ? [column] : [],
      limit: own ? Math.max(limit, 20) : facetLimit,
      search: search === '' ? null : search,
    },
    wanted,
  );
  const found = own ? wide.value?.facets.find((one) => one.column === column) : undefined;
  const shown = found ?? facet;
  const settled = found === undefined ? exact : wide.value?.exact !== false;
  const labels = useRef(new Map<string, string>());
  for (const { value, label } of shown?.values ?? []) labels.current.set(value, label);
  const values = withNamed(shown?.values ?? [], search === '' ? chips : [], column, labels.current, shown !== null);
  const most = Math.max(0, ...values.map((value) => value.count ?? 0));
  const more = shown === null ? 0 : shown.distinct - shown.values.length;

  const stopSearching = (): void => {
    setSearching(false);
    setSearch('');
  };

  return (
    <section aria-labelledby={titleId} data-exact={settled}>
      <h2 className={classes.title}>
        {onFold === undefined ? (
          <span id={titleId}>{title}</span>
        ) : (
          <button type="button" id={titleId} className={classes.fold} aria-expanded="true" onClick={onFold}>
            {title} <FoldSign open />
          </button>
        )}
        <button
          type="button"
          className={classes.search}
          aria-expanded={searching}
          aria-label={t('log.facets.search', { title })}
          title={t('log.facets.search', { title })}
          onClick={() => (searching ? stopSearching() : setSearching(true))}
        >
          <IconSearch size={13} stroke={1.8} />
        </button>
      </h2>
      {searching && (
        <input
          // Opened by a press of the button beside it: the next thing anybody does is write.
          // biome-ignore lint/a11y/noAutofocus: see above
          autoFocus
          className={classes.field}
          value={search}
          aria-label={t('log.facets.search', { title })}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            stopSearching();
          }}
        />
      )}
      {values.map((value) => (
        <Row
          key={value.value}
          value={value}
          state={filterState(chips, column, namesOf(value, column, values))}
          most={most}
          exact={settled}
          onToggle={(wanted) => onToggle(column, namesOf(value, column, values), wanted)}
        />
      ))}
      {shown === null && <div className={classes.waiting} aria-hidden="true" />}
      {shown !== null && values.length === 0 && <p className={classes.none}>{t('log.facets.none')}</p>}
      {more > 0 && limit < mostValues && (
        <button type="button" className={classes.more} onClick={() => setLimit(Math.min(mostValues, limit * growth))}>
          {t('log.facets.more', { more })}
        </button>
      )}
      {more > 0 && limit >= mostValues && (
        <p className={classes.none}>{t('log.facets.rest', { rest: number(more) })}</p>
      )}
      {limit > facetLimit && (
        <button type="button" className={classes.more} onClick={() => setLimit(facetLimit)}>
          {t('log.facets.fewer')}
        </button>
      )}
    </section>
  );
};

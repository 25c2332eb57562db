import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { visibleText } from '#renderer/log/visible-text.ts';
import classes from './search-box.module.css';

/** Something that can be written at the caret. */
export interface Offer {
  readonly value: string;
  readonly label: string;
  /** How many entries have it; null for a key. */
  readonly count: number | null;
}

/** The list under the search box. */
export const Completions = ({
  id,
  open,
  offers,
  active,
  onChoose,
}: {
  id: string;
  open: boolean;
  offers: readonly Offer[];
  active: number | null;
  onChoose: (offer: Offer) => void;
}): ReactNode => {
  const { t, number } = useI18n();
  return (
    <div id={id} role="listbox" aria-label={t('log.search.completions')} className={classes.offers} hidden={!open}>
      {open &&
        offers.map((offer, index) => (
          // The field keeps the focus and moves through the list (ARIA combobox pattern).
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div
            key={offer.value}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={classes.offer}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(offer)}
          >
            <bdi>{visibleText(offer.label)}</bdi>
            {offer.value !== offer.label && offer.count !== null && <small>{visibleText(offer.value)}</small>}
            {offer.count !== null && <em>{number(offer.count)}</em>}
          </div>
        ))}
    </div>
  );
};

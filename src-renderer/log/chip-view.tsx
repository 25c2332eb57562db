import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Chip } from '#renderer/log/chip.ts';
import { visibleText } from '#renderer/log/visible-text.ts';
import { formatClause } from '#shared/query/format.ts';
import classes from './search-box.module.css';

export type ChipAction = 'switch' | 'remove' | 'edit';

/** Long enough to know that a click is no double click. */
const doubleClick = 220;
const longestLabel = 60;

const shorten = (text: string): string =>
  text.length <= longestLabel ? text : `${text.slice(0, longestLabel - 15)}…${text.slice(-12)}`;

/** A clause in the search box: click switches it off and on, double click or Enter turns it back into text. */
export const ChipView = ({
  chip,
  onAct,
  onKeyDown,
}: {
  chip: Chip;
  onAct: (action: ChipAction) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}): ReactNode => {
  const { t, language } = useI18n();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const { clause, on } = chip;
  const text = formatClause({ ...clause, exclude: false }, language);
  const colon = clause.kind === 'word' ? -1 : text.indexOf(':');
  const style = [classes.chip, clause.exclude && classes.not, !on && classes.off].filter(Boolean).join(' ');
  return (
    <span className={style}>
      <button
        type="button"
        data-chip
        className={classes.label}
        aria-pressed={on}
        title={t('log.chip.hint', { text: visibleText(formatClause(clause, language)) })}
        onClick={({ detail }) => {
          clearTimeout(timer.current);
          if (detail === 0) onAct('switch');
          else if (detail > 1) onAct('edit');
          else timer.current = setTimeout(() => onAct('switch'), doubleClick);
        }}
        onKeyDown={onKeyDown}
      >
        <b>{`${clause.exclude ? '−' : ''}${colon < 0 ? '' : text.slice(0, colon + 1)}`}</b>
        <bdi>{visibleText(shorten(text.slice(colon + 1)))}</bdi>
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={classes.remove}
        aria-label={t('log.chip.remove', { text: visibleText(text) })}
        onClick={() => onAct('remove')}
      >
        ×
      </button>
    </span>
  );
};

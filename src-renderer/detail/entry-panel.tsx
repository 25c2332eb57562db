import { ActionIcon } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconQuote, IconX } from '@tabler/icons-react';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { recordChips } from '#renderer/detail/around.ts';
import { AroundView } from '#renderer/detail/around-view.tsx';
import { ChangeView } from '#renderer/detail/change-view.tsx';
import { citationOf } from '#renderer/detail/citation.ts';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { EntryData, type OnFilter } from '#renderer/detail/entry-data.tsx';
import { RecordLifeView } from '#renderer/detail/record-life-view.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { actorLabel, moduleLabel } from '#renderer/grid/columns.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstantWithOffset } from '#renderer/i18n/zoned-time.ts';
import type { Chips } from '#renderer/log/chip.ts';
import { EventName } from '#renderer/log/event-name.tsx';
import type { Highlight } from '#renderer/log/highlight.ts';
import { useAnswer } from '#renderer/log/use-answer.ts';
import { ValueText } from '#renderer/log/value-text.tsx';
import { visibleText } from '#renderer/log/visible-text.ts';
import type { Entry } from '#shared/contract/entry.ts';
import classes from './detail.module.css';

interface EntryPanelProps {
  readonly id: number;
  readonly zone: string;
  readonly highlight: Highlight;
  readonly onClose: () => void;
  /** To the next (1) or previous (−1) entry of the view. */
  readonly onStep: (step: 1 | -1) => void;
  readonly onFilter: OnFilter;
  readonly onShowEntry: (id: number) => void;
  /** Shows another view, with these chips alone. */
  readonly onShowView: (chips: Chips) => void;
}

const longestTitle = 200;

const titleOf = (entry: Entry): string => {
  const title = entry.field ?? entry.action ?? entry.target ?? entry.recordId ?? entry.detail ?? entry.event ?? '';
  return title.length <= longestTitle ? title : `${title.slice(0, longestTitle)}…`;
};

const Heading = ({ entry, zone, highlight }: { entry: Entry; zone: string; highlight: Highlight }): ReactNode => {
  const title = titleOf(entry);
  const login = entry.actor?.login ?? null;
  return (
    <header>
      <h2 className={classes.heading}>
        <ValueText text={title} hits={highlight(title)} />
      </h2>
      <div className={classes.sub}>
        <EventName event={entry.event} />
        {entry.actor !== null && (
          <>
            {' · '}
            <bdi>{visibleText(actorLabel(entry.actor))}</bdi>
            {login !== null && login !== actorLabel(entry.actor) && ` (${visibleText(login)})`}
          </>
        )}
        {' · '}
        {formatInstantWithOffset(entry.occurredAt, zone)}
      </div>
    </header>
  );
};

/** One entry, whole, beside the grid. */
export const EntryPanel = memo((props: EntryPanelProps): ReactNode => {
  const { id, zone, highlight, onClose, onStep, onFilter, onShowEntry, onShowView } = props;
  const { t, number, sentence } = useI18n();
  const engine = useEngine();
  const { value, error, retry } = useAnswer(`entry ${id}`, (signal) => engine.call('log.entry', { id }, { signal }));
  const body = useRef<HTMLDivElement>(null);
  const entry = error === null ? value : null;
  const place =
    entry?.id === id
      ? [moduleLabel(entry.module), entry.recordId ?? ''].filter((part) => part !== '').map(visibleText)
      : [];
  const shownId = entry?.id;
  useEffect(() => {
    if (shownId !== undefined) body.current?.scrollTo({ top: 0 });
  }, [shownId]);

  return (
    <section className={classes.panel} aria-label={t('log.entry.panel')}>
      <div className={classes.top}>
        <span className={classes.place}>{[t('log.entry.name', { id: number(id) }), ...place].join(' · ')}</span>
        {entry !== null && (
          <CopyButton text={citationOf(entry, zone)} label={t('log.entry.cite')}>
            <IconQuote size={15} />
          </CopyButton>
        )}
        <ActionIcon aria-label={t('log.entry.previous')} title={t('log.entry.previous')} onClick={() => onStep(-1)}>
          <IconChevronUp size={16} />
        </ActionIcon>
        <ActionIcon aria-label={t('log.entry.next')} title={t('log.entry.next')} onClick={() => onStep(1)}>
          <IconChevronDown size={16} />
        </ActionIcon>
        <ActionIcon aria-label={t('log.entry.close')} title={t('log.entry.close')} onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div ref={body} className={classes.body}>
        {error !== null && (
          <p role="alert" className={classes.error}>
            {sentence(error)}{' '}
            <button type="button" className={classes.link} onClick={retry}>
              {t('log.retry')}
            </button>
          </p>
        )}
        {entry !== null && (
          <>
            <Heading entry={entry} zone={zone} highlight={highlight} />
            {(entry.oldValue !== null || entry.newValue !== null) && (
              <ChangeView key={entry.id} oldValue={entry.oldValue} newValue={entry.newValue} highlight={highlight} />
            )}
            <EntryData entry={entry} zone={zone} highlight={highlight} onFilter={onFilter} />
            <RecordLifeView
              entry={entry}
              zone={zone}
              onShowEntry={onShowEntry}
              onShowRecord={() => onShowView(recordChips(entry))}
            />
            <AroundView entry={entry} zone={zone} onShow={onShowView} />
          </>
        )}
      </div>
    </section>
  );
});

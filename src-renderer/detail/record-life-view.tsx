import type { ReactNode } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import { EventName } from '#renderer/log/event-name.tsx';
import { ArrowSign, EnterSign } from '#renderer/log/signs.tsx';
import { useAnswer } from '#renderer/log/use-answer.ts';
import { visibleText } from '#renderer/log/visible-text.ts';
import type { Entry } from '#shared/contract/entry.ts';
import type { RecordLife } from '#shared/contract/view.ts';
import classes from './detail.module.css';

/** Steps asked for, around the entry. */
const steps = 25;
const longestValue = 60;

const shorten = (text: string): string =>
  text.length <= longestValue ? text : `…${text.slice(text.length - longestValue)}`;

const Value = ({ text }: { text: string }): ReactNode => {
  const { t } = useI18n();
  return text === '' ? (
    <i>{t('log.value.empty')}</i>
  ) : (
    <>
      «<bdi>{visibleText(shorten(text))}</bdi>»
    </>
  );
};

const Steps = ({
  life,
  entryId,
  zone,
  onShowEntry,
}: {
  life: RecordLife;
  entryId: number;
  zone: string;
  onShowEntry: (id: number) => void;
}): ReactNode => {
  const { t } = useI18n();
  const day = (instant: string): string => formatInstant(instant, zone).slice(0, 10);
  /** From and until when: by their days, and within one day by their times too. */
  const between = (from: string, to: string): { since: string; until: string } => {
    const digits = day(from) === day(to) ? 19 : 10;
    return { since: formatInstant(from, zone).slice(0, digits), until: formatInstant(to, zone).slice(0, digits) };
  };
  return (
    <ol className={classes.life}>
      {life.steps.map(({ row, unloggedChange }) => (
        <li key={row.id}>
          <div className={row.id === entryId ? classes.now : classes.step}>
            <button
              type="button"
              className={classes.lifeEntry}
              aria-current={row.id === entryId ? 'true' : undefined}
              title={formatInstant(row.occurredAt, zone)}
              onClick={() => onShowEntry(row.id)}
            >
              <small>{day(row.occurredAt)}</small> <EventName event={row.event} />{' '}
              <bdi>{visibleText(row.field ?? '')}</bdi>
            </button>
          </div>
          {unloggedChange !== null && (
            <div className={classes.gap}>
              {t('log.life.gap', between(unloggedChange.since, row.occurredAt))} <Value text={unloggedChange.from} />
              <ArrowSign />
              <Value text={unloggedChange.to} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
};

/** The record that an entry belongs to, through time, with the changes that nobody logged. */
export const RecordLifeView = ({
  entry,
  zone,
  onShowEntry,
  onShowRecord,
}: {
  entry: Entry;
  zone: string;
  onShowEntry: (id: number) => void;
  onShowRecord: () => void;
}): ReactNode => {
  const { t, sentence } = useI18n();
  const engine = useEngine();
  const { value, error, retry } = useAnswer(entry.recordId === null ? null : `life ${entry.id}`, (signal) =>
    engine.call('log.recordLife', { id: entry.id, limit: steps }, { signal }),
  );
  if (entry.recordId === null) return null;
  const life = value?.recordId === entry.recordId ? value : null;
  return (
    <section aria-labelledby="entry-life">
      <h3 className={classes.title}>
        <span id="entry-life">{t('log.life.title', { record: visibleText(entry.recordId) })}</span>
        {life !== null && (
          <button type="button" className={classes.link} onClick={onShowRecord}>
            {t('log.life.all', { count: life.total })} <EnterSign />
          </button>
        )}
      </h3>
      {error !== null && (
        <p role="alert" className={classes.error}>
          {sentence(error)}{' '}
          <button type="button" className={classes.link} onClick={retry}>
            {t('log.retry')}
          </button>
        </p>
      )}
      {life !== null && <Steps life={life} entryId={entry.id} zone={zone} onShowEntry={onShowEntry} />}
    </section>
  );
};

import type { ReactNode } from 'react';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { jsonTreeOf } from '#renderer/detail/json-tree.ts';
import { JsonTreeView } from '#renderer/detail/json-tree-view.tsx';
import { LongText, ValueBlock } from '#renderer/detail/value-block.tsx';
import { moduleLabel } from '#renderer/grid/columns.ts';
import type { PlainKey } from '#renderer/i18n/translate.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstantWithOffset } from '#renderer/i18n/zoned-time.ts';
import type { FilterKey } from '#renderer/log/chip.ts';
import type { Highlight } from '#renderer/log/highlight.ts';
import { ValueText } from '#renderer/log/value-text.tsx';
import type { AuditedRequest, Entry } from '#shared/contract/entry.ts';
import classes from './detail.module.css';

export type OnFilter = (key: FilterKey, value: string, exclude: boolean) => void;

interface EntryDataProps {
  readonly entry: Entry;
  readonly zone: string;
  readonly highlight: Highlight;
  readonly onFilter: OnFilter;
}

/** A value that a click narrows the view to (Alt: excludes from it). */
const Filter = ({
  name,
  value,
  label = value,
  highlight,
  onFilter,
}: {
  name: FilterKey;
  value: string;
  label?: string;
  highlight: Highlight;
  onFilter: OnFilter;
}): ReactNode => {
  const { t } = useI18n();
  return (
    <button
      type="button"
      className={classes.filter}
      title={t('log.entry.filter-hint')}
      onClick={(event) => {
        // Text that somebody is selecting is not a press.
        if (window.getSelection()?.isCollapsed !== false) onFilter(name, value, event.altKey);
      }}
    >
      <ValueText text={label} hits={highlight(label)} />
    </button>
  );
};

const Line = ({ title, children }: { title: PlainKey; children: ReactNode }): ReactNode => {
  const { t } = useI18n();
  return (
    <>
      <dt>{t(title)}</dt>
      <dd>{children}</dd>
    </>
  );
};

const Body = ({ value, highlight }: { value: unknown; highlight: Highlight }): ReactNode => {
  if (typeof value === 'string') return <ValueBlock value={value} highlight={highlight} />;
  const tree = jsonTreeOf(value);
  return tree === null ? (
    <LongText text={JSON.stringify(value) ?? ''} highlight={highlight} />
  ) : (
    <JsonTreeView node={tree} highlight={highlight} />
  );
};

const RequestLines = ({ request, highlight }: { request: AuditedRequest; highlight: Highlight }): ReactNode => {
  const { number, t } = useI18n();
  const text = (value: string): ReactNode => <LongText text={value} highlight={highlight} />;
  const address = [request.method, request.path].filter((part) => part !== undefined).join(' ');
  return (
    <>
      {address !== '' && <Line title="log.request.line">{text(address)}</Line>}
      {request.query !== undefined && <Line title="log.request.query">{text(request.query)}</Line>}
      {request.address !== undefined && <Line title="log.request.address">{text(request.address)}</Line>}
      {request.durationMs !== undefined && (
        <Line title="log.request.duration">{t('log.request.milliseconds', { value: number(request.durationMs) })}</Line>
      )}
      {request.correlationId !== undefined && (
        <Line title="log.request.correlation">{text(request.correlationId)}</Line>
      )}
      {request.body !== undefined && (
        <Line title="log.request.body">
          <Body value={request.body} highlight={highlight} />
        </Line>
      )}
      {request.responseBody !== undefined && (
        <Line title="log.request.response">
          <Body value={request.responseBody} highlight={highlight} />
        </Line>
      )}
    </>
  );
};

/** Whether the source wrote the time in another way than the ISO 8601 text that it means. */
const wroteOtherwise = ({ occurredAt, occurredText }: Entry): boolean => {
  const plain = (text: string): string =>
    text
      .replace(/(?:Z|[+-]00:?00)$/, '')
      .replace(/\.(\d*?)0*$/, (_decimals, kept: string) => (kept === '' ? '' : `.${kept}`))
      .replace(' ', 'T');
  return occurredText !== '' && plain(occurredText) !== plain(occurredAt);
};

/** Everything that an entry holds beside its change. */
export const EntryData = ({ entry, zone, highlight, onFilter }: EntryDataProps): ReactNode => {
  const { t } = useI18n();
  const { actor, module, origin } = entry;
  const filter = (name: FilterKey, value: string | number | null): ReactNode =>
    value === null ? null : <Filter name={name} value={String(value)} highlight={highlight} onFilter={onFilter} />;
  const text = (value: string): ReactNode => <LongText text={value} highlight={highlight} />;
  return (
    <section aria-labelledby="entry-data">
      <h3 className={classes.title}>
        <span id="entry-data">{t('log.entry.data')}</span>
        <CopyButton text={JSON.stringify(entry, null, 2)} label={t('log.entry.copy-all')} />
      </h3>
      <dl className={classes.data}>
        {entry.detail !== null && <Line title="log.column.detail">{text(entry.detail)}</Line>}
        {entry.action !== null && <Line title="log.column.action">{text(entry.action)}</Line>}
        {entry.status !== null && <Line title="log.column.status">{filter('status', entry.status)}</Line>}
        {entry.request !== null && <RequestLines request={entry.request} highlight={highlight} />}
        {module !== null && (
          <Line title="log.column.module">
            {filter('module', moduleLabel(module))}
            {module.number !== null && module.name !== null && <span className={classes.mute}> {module.number}</span>}
          </Line>
        )}
        {entry.target !== null && <Line title="log.column.target">{filter('target', entry.target)}</Line>}
        {entry.recordId !== null && <Line title="log.column.record">{filter('record', entry.recordId)}</Line>}
        {entry.field !== null && <Line title="log.column.field">{filter('field', entry.field)}</Line>}
        {actor?.login != null && <Line title="log.actor.login">{filter('user', actor.login)}</Line>}
        {actor?.email != null && <Line title="log.actor.email">{text(actor.email)}</Line>}
        {actor?.id != null && <Line title="log.actor.id">{text(actor.id)}</Line>}
        {wroteOtherwise(entry) && <Line title="log.entry.source-time">{text(entry.occurredText)}</Line>}
        <Line title="log.entry.received">{formatInstantWithOffset(entry.receivedAt, zone)}</Line>
        {entry.source !== null && <Line title="log.column.source">{filter('source', entry.source)}</Line>}
        {entry.sourceEntryId !== null && <Line title="log.entry.source-id">{text(entry.sourceEntryId)}</Line>}
        <Line title="log.entry.origin">
          {origin === null ? t('log.entry.captured') : text(`${origin.file}:${origin.line}`)}
        </Line>
        <Line title="log.entry.event-id">
          <span className={classes.mono}>{entry.eventId}</span>
        </Line>
        {entry.extra !== null && (
          <Line title="log.entry.extra">
            <Body value={entry.extra} highlight={highlight} />
          </Line>
        )}
      </dl>
    </section>
  );
};

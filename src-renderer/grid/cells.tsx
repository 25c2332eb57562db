import type { CustomCellRendererProps } from 'ag-grid-react';
import type { ComponentType, ReactNode } from 'react';
import { actorLabel, type ColumnId, moduleLabel } from '#renderer/grid/columns.ts';
import { useGridLooks } from '#renderer/grid/grid-context.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import { EventName } from '#renderer/log/event-name.tsx';
import { sharedStart, startBeforeHit } from '#renderer/log/shorten-change.ts';
import { ArrowSign, FlagSign, NullSign } from '#renderer/log/signs.tsx';
import { ValueText } from '#renderer/log/value-text.tsx';
import { visibleText } from '#renderer/log/visible-text.ts';
import type { EntryRow, Excerpt } from '#shared/contract/entry.ts';
import classes from './grid.module.css';

type RowCell = ComponentType<{ row: EntryRow }>;

/** A cell of a row that is here, or the place of one that is on its way. */
const cell = (Content: RowCell) =>
  function Cell({ data }: CustomCellRendererProps<EntryRow>): ReactNode {
    return data === undefined ? <span className={classes.skeleton} /> : <Content row={data} />;
  };

const Marked = ({ text, title }: { text: string | null; title?: string }): ReactNode => {
  const { highlight } = useGridLooks();
  if (text === null) return null;
  return (
    <span title={title ?? (text.length > 12 ? visibleText(text) : undefined)}>
      <ValueText text={text} hits={highlight(text)} />
    </span>
  );
};

const IdCell: RowCell = ({ row }) => {
  const { number, t } = useI18n();
  const { marks } = useGridLooks();
  return (
    <>
      {marks.has(row.id) && (
        <span className={classes.marked}>
          <FlagSign label={t('log.grid.marked')} />
        </span>
      )}
      {number(row.id)}
    </>
  );
};

const DateCell: RowCell = ({ row }) => formatInstant(row.occurredAt, useGridLooks().zone);
const EventCell: RowCell = ({ row }) => <EventName event={row.event} />;
const UserCell: RowCell = ({ row: { actor } }) => (
  <Marked
    text={actor === null ? null : actorLabel(actor)}
    title={[actor?.login, actor?.email]
      .filter((part) => typeof part === 'string')
      .map(visibleText)
      .join(' · ')}
  />
);

const Piece = ({ excerpt, skip = 0 }: { excerpt: Excerpt; skip?: number }): ReactNode => {
  const { highlight } = useGridLooks();
  const text = skip > 0 ? excerpt.text.slice(skip) : excerpt.text;
  return (
    <>
      {(excerpt.before || skip > 0) && '…'}
      <ValueText text={text} hits={highlight(text)} />
      {excerpt.after && '…'}
    </>
  );
};

const Side = ({ value, skip, side }: { value: Excerpt | null; skip: number; side: 'old' | 'new' }): ReactNode => {
  const { t } = useI18n();
  return (
    <span className={side === 'old' ? classes.old : classes.new}>
      {value === null ? (
        <NullSign label={t('log.value.null')} />
      ) : value.text === '' ? (
        <span className={classes.empty}>{t('log.value.empty')}</span>
      ) : (
        <Piece excerpt={value} skip={skip} />
      )}
    </span>
  );
};

const ChangeCell: RowCell = ({ row: { oldValue, newValue } }) => {
  const { highlight } = useGridLooks();
  if (oldValue === null && newValue === null) return null;
  const before = oldValue?.text ?? '';
  const after = newValue?.text ?? '';
  const oldHit = highlight(before)[0]?.[0] ?? null;
  const newHit = highlight(after)[0]?.[0] ?? null;
  const shared = sharedStart(before, after, Math.min(oldHit ?? before.length, newHit ?? after.length));
  return (
    <span className={classes.change} data-to={newValue === null ? 'nothing' : 'value'}>
      <Side value={oldValue} skip={Math.max(shared, startBeforeHit(before, oldHit))} side="old" />
      <span className={classes.arrow}>
        <ArrowSign />
      </span>
      <Side value={newValue} skip={Math.max(shared, startBeforeHit(after, newHit))} side="new" />
    </span>
  );
};

/** How each column shows its part of a row. */
export const cellRenderers: Readonly<Record<ColumnId, ComponentType<CustomCellRendererProps<EntryRow>>>> = {
  id: cell(IdCell),
  occurredAt: cell(DateCell),
  event: cell(EventCell),
  actor: cell(UserCell),
  recordId: cell(({ row }) => <Marked text={row.recordId} />),
  field: cell(({ row }) => <Marked text={row.field} />),
  change: cell(ChangeCell),
  module: cell(({ row }) => <Marked text={moduleLabel(row.module)} />),
  target: cell(({ row }) => <Marked text={row.target} />),
  detail: cell(({ row }) => row.detail && <Piece excerpt={row.detail} />),
  action: cell(({ row }) => row.action && <Piece excerpt={row.action} />),
  status: cell(({ row }) => row.status),
  source: cell(({ row }) => <Marked text={row.source} />),
};

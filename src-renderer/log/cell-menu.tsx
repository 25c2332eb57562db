import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CellFilter } from '#renderer/grid/columns.ts';
import type { CellMenu as Place } from '#renderer/grid/create-entry-grid.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { visibleText } from '#renderer/log/visible-text.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import classes from './log-screen.module.css';

const longest = 40;
const shorten = (text: string): string => visibleText(text.length <= longest ? text : `${text.slice(0, longest)}…`);

/** What can be done with a cell: narrow the view by it, copy it, follow its record. */
export const CellMenuView = ({
  place,
  onClose,
  onFilter,
  onCopyValue,
  onCopyRows,
  onRecord,
  onMark,
}: {
  place: Place | null;
  onClose: () => void;
  onFilter: (filter: CellFilter, exclude: boolean) => void;
  onCopyValue: (place: Place) => void;
  onCopyRows: () => void;
  onRecord: (row: EntryRow) => void;
  onMark: (row: EntryRow) => void;
}): ReactNode => {
  const { t } = useI18n();
  if (place === null) return null;
  const { filter, row } = place;
  return (
    <Menu opened onChange={(opened) => !opened && onClose()} position="bottom-start" offset={2} returnFocus>
      <Menu.Target>
        <span className={classes.anchor} style={{ left: place.x, top: place.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {filter !== null && (
          <>
            <Menu.Item onClick={() => onFilter(filter, false)}>
              {t('log.menu.include', { value: shorten(filter.value) })}
            </Menu.Item>
            <Menu.Item onClick={() => onFilter(filter, true)}>
              {t('log.menu.exclude', { value: shorten(filter.value) })}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item onClick={() => onCopyValue(place)}>{t('log.menu.copy-value')}</Menu.Item>
        <Menu.Item onClick={onCopyRows}>{t('log.menu.copy-rows')}</Menu.Item>
        <Menu.Item onClick={() => onMark(row)}>{t('log.menu.mark')}</Menu.Item>
        {row.recordId !== null && (
          <Menu.Item onClick={() => onRecord(row)}>{t('log.menu.record', { record: shorten(row.recordId) })}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
};

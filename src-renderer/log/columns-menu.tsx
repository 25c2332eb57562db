import { ActionIcon, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type ColumnLayout, defaultLayout } from '#renderer/grid/column-layout.ts';
import { columnOf } from '#renderer/grid/columns.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from './log-screen.module.css';

/** Which columns the grid shows. */
export const ColumnsMenu = ({
  layout,
  onLayout,
}: {
  layout: readonly ColumnLayout[];
  onLayout: (layout: readonly ColumnLayout[]) => void;
}): ReactNode => {
  const { t } = useI18n();
  const shown = layout.filter((column) => column.shown).length;
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon
          className={classes.columns}
          size={22}
          aria-label={t('log.grid.columns')}
          title={t('log.grid.columns')}
        >
          <IconColumns3 size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {layout.map((column) => (
          <Menu.CheckboxItem
            key={column.id}
            checked={column.shown}
            disabled={column.shown && shown === 1}
            onChange={() => onLayout(layout.map((one) => (one.id === column.id ? { ...one, shown: !one.shown } : one)))}
          >
            {t(columnOf(column.id)?.title ?? 'log.column.id')}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => onLayout(defaultLayout)}>{t('log.grid.columns-reset')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

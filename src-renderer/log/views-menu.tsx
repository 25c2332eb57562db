import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconHome, IconHomeFilled, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { emptyLogState, type LogState, logStateText, readLogState } from '#renderer/log/log-state.ts';
import { deleteView, inOrder, makeStartView, saveView, starView } from '#renderer/log/saved-views.ts';
import { useSavedViews } from '#renderer/log/use-saved-views.ts';
import classes from './views-menu.module.css';

const longestName = 80;
const mostViews = 200;

/** Saved views: open one, keep this one, star, make the start view, delete. */
export const ViewsMenu = ({ state, onOpen }: { state: LogState; onOpen: (state: LogState) => void }): ReactNode => {
  const { t } = useI18n();
  const { views, setViews } = useSavedViews();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const text = logStateText(state);

  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    setViews(saveView(views, name.trim(), text));
    setName('');
  };

  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={320} closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="default" h={30} px={10} rightSection={<IconChevronDown size={14} />}>
          {t('log.views')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => {
            onOpen(emptyLogState);
            setOpened(false);
          }}
        >
          {t('log.views.everything')}
        </Menu.Item>
        {views.length > 0 && <Menu.Divider />}
        {inOrder(views).map((view) => (
          <div key={view.name} className={classes.view}>
            <Menu.Item
              className={classes.open}
              data-current={view.state === text}
              onClick={() => {
                onOpen(readLogState(new URLSearchParams(view.state)));
                setOpened(false);
              }}
            >
              {view.name}
            </Menu.Item>
            <Menu.Item
              className={classes.act}
              data-on={view.starred}
              aria-label={t(view.starred ? 'log.views.unstar' : 'log.views.star', { name: view.name })}
              title={t('log.views.star', { name: view.name })}
              onClick={() => setViews(starView(views, view.name))}
            >
              {view.starred ? <IconStarFilled size={14} /> : <IconStar size={14} />}
            </Menu.Item>
            <Menu.Item
              className={classes.act}
              data-on={view.start}
              aria-label={t(view.start ? 'log.views.no-start' : 'log.views.start', { name: view.name })}
              title={t('log.views.start', { name: view.name })}
              onClick={() => setViews(makeStartView(views, view.name))}
            >
              {view.start ? <IconHomeFilled size={14} /> : <IconHome size={14} />}
            </Menu.Item>
            <Menu.Item
              className={classes.act}
              aria-label={t('log.views.delete', { name: view.name })}
              title={t('log.views.delete', { name: view.name })}
              onClick={() => setViews(deleteView(views, view.name))}
            >
              <IconTrash size={14} />
            </Menu.Item>
          </div>
        ))}
        <Menu.Divider />
        <form className={classes.save} onSubmit={save}>
          <input
            value={name}
            maxLength={longestName}
            placeholder={t('log.views.name')}
            aria-label={t('log.views.name')}
            onChange={(event) => setName(event.currentTarget.value)}
            // The menu jumps to items by their first letter; here letters are the name.
            onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
          />
          <Button type="submit" disabled={name.trim() === '' || views.length >= mostViews}>
            {t('log.views.save')}
          </Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
};

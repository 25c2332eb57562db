import { Spotlight } from '@mantine/spotlight';
import { IconFileSearch, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { openEntry } from '#renderer/app/route.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { type PaletteAction, useRegisteredActions } from '#renderer/palette/actions.ts';
import { matchActions, typedEntryId } from '#renderer/palette/match-actions.ts';
import classes from '#renderer/palette/palette.module.css';
import { paletteStore } from '#renderer/palette/palette-store.ts';

/** Every action of the present screen by name, and any entry by its number. */
export const Palette = (): ReactNode => {
  const { t, number } = useI18n();
  const [typed, setTyped] = useState('');
  const actions = useRegisteredActions();
  const id = typedEntryId(typed);
  const entry: readonly PaletteAction[] =
    id === null
      ? []
      : [
          {
            id: 'entry',
            label: t('palette.entry', { id: number(id) }),
            icon: <IconFileSearch size={16} stroke={1.6} />,
            run: () => openEntry(id),
          },
        ];
  const shown = [...entry, ...matchActions(actions, typed)];
  return (
    <Spotlight.Root
      store={paletteStore}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      maxHeight={380}
      scrollable
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.25, blur: 0 }}
      attributes={{ content: { 'aria-label': t('palette.title') } }}
      classNames={{ action: classes.action ?? '', search: classes.search ?? '' }}
    >
      <Spotlight.Search
        aria-label={t('palette.search')}
        placeholder={t('palette.search')}
        leftSection={<IconSearch size={16} stroke={1.6} />}
      />
      <Spotlight.ActionsList>
        {shown.map((action) => (
          <Spotlight.Action
            key={action.id}
            label={action.label}
            {...(action.detail === undefined ? {} : { description: action.detail })}
            leftSection={action.icon}
            onClick={action.run}
          />
        ))}
        {shown.length === 0 && <Spotlight.Empty>{t('palette.none')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
};

import { IconDatabaseImport, IconList, IconSettings } from '@tabler/icons-react';
import { type ComponentType, type MouseEvent, type ReactNode, useMemo } from 'react';
import classes from '#renderer/app/frame.module.css';
import { revisit, useRoute } from '#renderer/app/route.ts';
import { type Screen, screens, writeHash } from '#renderer/app/screen-hash.ts';
import { Slot, SlotProvider } from '#renderer/app/slots.tsx';
import { StatusBar } from '#renderer/app/status-bar.tsx';
import { ExportIndicator } from '#renderer/export/export-indicator.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { ImportDrop } from '#renderer/import/import-drop.tsx';
import { ImportIndicator } from '#renderer/import/import-indicator.tsx';
import { LogScreen } from '#renderer/log/log-screen.tsx';
import { useFrameActions } from '#renderer/palette/frame-actions.tsx';
import { showPalette, usePaletteWanted } from '#renderer/palette/palette-store.ts';
import { Brand } from '#renderer/ui/brand.tsx';
import { showKeyHelp, useKeyHelpWanted } from '#renderer/ui/key-help-store.ts';
import { type KeyBinding, useKeys } from '#renderer/ui/keys.ts';
import { lazyPart } from '#renderer/ui/lazy-part.tsx';
import type { Account } from '#shared/contract/access.ts';

const ImportScreen = lazyPart(async () => (await import('#renderer/import/import-screen.tsx')).ImportScreen);
const SettingsScreen = lazyPart(async () => (await import('#renderer/settings/settings-screen.tsx')).SettingsScreen);
const KeyHelp = lazyPart(async () => (await import('#renderer/ui/key-help.tsx')).KeyHelp);
const Palette = lazyPart(async () => (await import('#renderer/palette/palette.tsx')).Palette);

interface ScreenEntry {
  readonly show: ComponentType;
  /** Who the screen is for. */
  readonly admin: boolean;
}

const entries: { readonly [S in Screen]: ScreenEntry } = {
  log: { show: LogScreen, admin: false },
  import: { show: ImportScreen, admin: true },
  settings: { show: SettingsScreen, admin: false },
};

const icons = { log: IconList, import: IconDatabaseImport, settings: IconSettings } as const;

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

const Rail = ({ current, offered }: { current: Screen; offered: readonly Screen[] }): ReactNode => {
  const { t } = useI18n();
  return (
    <nav className={classes.rail} aria-label={t('app.screens')}>
      {offered.map((screen) => {
        const Icon = icons[screen];
        return (
          <a
            key={screen}
            href={writeHash(screen)}
            className={screen === 'settings' ? `${classes.screen} ${classes.last}` : classes.screen}
            aria-current={screen === current ? 'page' : undefined}
            onClick={(event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              revisit(screen);
            }}
          >
            <Icon size={19} stroke={1.6} />
            {t(`app.screen.${screen}`)}
          </a>
        );
      })}
    </nav>
  );
};

/** The window around every screen: top bar, rail, status bar, keys that work everywhere. */
export const Frame = ({ account }: { account: Account }): ReactNode => {
  const { t } = useI18n();
  const { screen } = useRoute();
  const offered = useMemo(
    () => screens.filter((name) => account.role === 'admin' || !entries[name].admin),
    [account.role],
  );
  const current = offered.includes(screen) ? screen : 'log';
  const Show = entries[current].show;

  const keys = useMemo(
    (): readonly KeyBinding[] => [
      { keys: ['mod+k'], label: 'app.keys.palette', run: showPalette },
      { keys: ['?'], label: 'app.keys.help', run: showKeyHelp },
      ...offered.map(
        (name, index): KeyBinding => ({
          keys: [`alt+${index + 1}`],
          label: `app.keys.screen-${name}`,
          run: () => revisit(name),
        }),
      ),
    ],
    [offered],
  );
  useKeys('app.keys.title', keys);
  useFrameActions(offered, icons);
  const helpWanted = useKeyHelpWanted();
  const paletteWanted = usePaletteWanted();

  return (
    <SlotProvider>
      <div className={classes.frame}>
        <button type="button" className="skip-link" onClick={() => document.getElementById('main')?.focus()}>
          {t('app.skip')}
        </button>
        <header className={classes.top}>
          <Brand className={classes.brand} />
          <Slot name="search" className={classes.search} />
          <Slot name="actions" className={classes.actions} />
        </header>
        <Rail current={current} offered={offered} />
        <main id="main" className={classes.main} tabIndex={-1}>
          {/* The other screens show their title themselves. */}
          {current === 'log' && <h1 className={classes.unseen}>{t('app.screen.log')}</h1>}
          <Show key={current} />
        </main>
        <StatusBar account={account}>
          <ImportIndicator />
          <ExportIndicator />
        </StatusBar>
      </div>
      <ImportDrop allowed={offered.includes('import')} />
      {helpWanted && <KeyHelp />}
      {paletteWanted && <Palette />}
    </SlotProvider>
  );
};

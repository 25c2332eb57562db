import { IconClock, IconKeyboard, IconLanguage, IconLetterA, IconPalette } from '@tabler/icons-react';
import { type ComponentType, useMemo } from 'react';
import { revisit } from '#renderer/app/route.ts';
import type { Screen } from '#renderer/app/screen-hash.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { systemZone } from '#renderer/i18n/zoned-time.ts';
import { type PaletteAction, usePaletteActions } from '#renderer/palette/actions.ts';
import { appearances, languages } from '#renderer/settings/stored-settings.ts';
import { useWindowSettings } from '#renderer/settings/window-settings.tsx';
import { showKeyHelp } from '#renderer/ui/key-help-store.ts';
import { languageNames } from '#renderer/ui/language-switch.tsx';

const iconSize = 16;

/** The actions that are there on every screen. */
export const useFrameActions = (
  offered: readonly Screen[],
  icons: { readonly [S in Screen]: ComponentType<{ size: number; stroke: number }> },
): void => {
  const { t } = useI18n();
  const { settings, change } = useWindowSettings();
  const actions = useMemo((): readonly PaletteAction[] => {
    const zone = systemZone();
    return [
      ...offered.map((screen) => {
        const Icon = icons[screen];
        return {
          id: `go-${screen}`,
          label: t(`palette.go-${screen}`),
          icon: <Icon size={iconSize} stroke={1.6} />,
          run: () => revisit(screen),
        };
      }),
      ...languages
        .filter((language) => language !== settings.language)
        .map((language) => ({
          id: `language-${language}`,
          label: t('palette.language', { language: languageNames[language] }),
          keywords: t('palette.language.keywords'),
          icon: <IconLanguage size={iconSize} stroke={1.6} />,
          run: () => change({ language }),
        })),
      ...appearances
        .filter((appearance) => appearance !== settings.appearance)
        .map((appearance) => ({
          id: `appearance-${appearance}`,
          label: t(`palette.appearance.${appearance}`),
          keywords: t('palette.appearance.keywords'),
          icon: <IconPalette size={iconSize} stroke={1.6} />,
          run: () => change({ appearance }),
        })),
      {
        id: 'zone-system',
        label: t('palette.zone.system', { zone }),
        icon: <IconClock size={iconSize} stroke={1.6} />,
        run: () => change({ zone: null }),
      },
      {
        id: 'zone-utc',
        label: t('palette.zone.utc'),
        icon: <IconClock size={iconSize} stroke={1.6} />,
        run: () => change({ zone: 'UTC' }),
      },
      {
        id: 'accents',
        label: settings.ignoreAccents ? t('palette.accents.mind') : t('palette.accents.ignore'),
        icon: <IconLetterA size={iconSize} stroke={1.6} />,
        run: () => change({ ignoreAccents: !settings.ignoreAccents }),
      },
      {
        id: 'keys',
        label: t('palette.keys'),
        icon: <IconKeyboard size={iconSize} stroke={1.6} />,
        run: showKeyHelp,
      },
    ];
  }, [t, offered, icons, settings, change]);
  usePaletteActions(actions);
};

import { MantineProvider, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useLayoutEffect } from 'react';
import { FaultBoundary } from '#renderer/app/fault-boundary.tsx';
import classes from '#renderer/app/frame.module.css';
import { Gate } from '#renderer/app/gate.tsx';
import { LinkBar } from '#renderer/app/link-bar.tsx';
import { Notices } from '#renderer/app/notices.tsx';
import type { Engine } from '#renderer/engine/connect-engine.ts';
import { EngineProvider } from '#renderer/engine/engine-context.tsx';
import { I18nProvider } from '#renderer/i18n/use-i18n.tsx';
import { useWindowSettings, WindowSettingsProvider } from '#renderer/settings/window-settings.tsx';
import { styleNonce } from '#renderer/ui/style-nonce.ts';
import { resolveCssVariables, theme } from '#renderer/ui/theme.ts';

/** Puts the chosen appearance on the document at once. */
const Appearance = (): ReactNode => {
  const { appearance } = useWindowSettings().settings;
  const { setColorScheme } = useMantineColorScheme();
  useLayoutEffect(() => setColorScheme(appearance === 'system' ? 'auto' : appearance), [appearance, setColorScheme]);
  return null;
};

const Localised = ({ children }: { children: ReactNode }): ReactNode => {
  const { language } = useWindowSettings().settings;
  return <I18nProvider language={language}>{children}</I18nProvider>;
};

export const App = ({ engine }: { engine: Engine }): ReactNode => (
  <WindowSettingsProvider>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveCssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <Appearance />
      <Localised>
        <FaultBoundary>
          <EngineProvider value={engine}>
            <Notices />
            <div className={classes.shell}>
              <LinkBar />
              <Gate />
            </div>
          </EngineProvider>
        </FaultBoundary>
      </Localised>
    </MantineProvider>
  </WindowSettingsProvider>
);

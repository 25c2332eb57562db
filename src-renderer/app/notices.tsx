import { createTheme, MantineThemeProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { type ReactNode, useMemo } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';

/** Where the window says things at its edge. */
export const Notices = (): ReactNode => {
  const { t } = useI18n();
  const theme = useMemo(() => {
    const closeButtonProps = { 'aria-label': t('ui.close') };
    return createTheme({ components: { Notification: { defaultProps: { closeButtonProps } } } });
  }, [t]);
  return (
    <MantineThemeProvider inherit theme={theme}>
      <Notifications position="bottom-right" limit={4} />
    </MantineThemeProvider>
  );
};

import type { ReactNode } from 'react';

export const SettingsScreen = (): ReactNode => <div />;

import type { ReactNode } from 'react';

export const LogScreen = (): ReactNode => <div />;
